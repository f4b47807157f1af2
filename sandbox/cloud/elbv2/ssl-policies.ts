import type {
  DescribeSSLPoliciesCommandInput,
  DescribeSSLPoliciesCommandOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { AwsError } from '../errors.ts'
import type { Operation } from '../operation.ts'
import { page } from './pages.ts'

const tls13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']
const gcm = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
]
const cbc = [
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES256-SHA384',
]
const old = ['AES128-GCM-SHA256', 'AES128-SHA256', 'AES256-GCM-SHA384', 'AES256-SHA256', 'AES128-SHA', 'AES256-SHA']

/** A choice of AWS's policies: those that tools default to and that teams have. */
const policies: Record<string, { protocols: string[]; ciphers: string[] }> = {
  'ELBSecurityPolicy-2016-08': { protocols: ['TLSv1', 'TLSv1.1', 'TLSv1.2'], ciphers: [...gcm, ...cbc, ...old] },
  'ELBSecurityPolicy-TLS-1-1-2017-01': { protocols: ['TLSv1.1', 'TLSv1.2'], ciphers: [...gcm, ...cbc, ...old] },
  'ELBSecurityPolicy-TLS-1-2-2017-01': { protocols: ['TLSv1.2'], ciphers: [...gcm, ...cbc, ...old.slice(0, 4)] },
  'ELBSecurityPolicy-TLS-1-2-Ext-2018-06': { protocols: ['TLSv1.2'], ciphers: [...gcm, ...cbc, ...old] },
  'ELBSecurityPolicy-FS-1-2-Res-2020-10': { protocols: ['TLSv1.2'], ciphers: gcm },
  'ELBSecurityPolicy-TLS13-1-2-2021-06': { protocols: ['TLSv1.2', 'TLSv1.3'], ciphers: [...tls13, ...gcm, ...cbc] },
  'ELBSecurityPolicy-TLS13-1-2-Res-2021-06': { protocols: ['TLSv1.2', 'TLSv1.3'], ciphers: [...tls13, ...gcm] },
  'ELBSecurityPolicy-TLS13-1-3-2021-06': { protocols: ['TLSv1.3'], ciphers: tls13 },
}

/** What a listener gets that names none. */
export const defaultSslPolicy = 'ELBSecurityPolicy-2016-08'

export function requireSslPolicy(name: string): void {
  if (!policies[name]) throw new AwsError('SSLPolicyNotFound', `SSL policy '${name}' not found`)
}

export const describeSSLPolicies: Operation<DescribeSSLPoliciesCommandInput, DescribeSSLPoliciesCommandOutput> = (
  _world,
  input,
) => {
  for (const name of input.Names ?? []) requireSslPolicy(name)
  const wanted = Object.entries(policies).filter(([name]) => !input.Names?.length || input.Names.includes(name))
  const { items, NextMarker } = page(wanted, input)
  const SslPolicies = items.map(([Name, { protocols, ciphers }]) => ({
    Name,
    SslProtocols: protocols,
    Ciphers: ciphers.map((cipher, index) => ({ Name: cipher, Priority: index + 1 })),
    SupportedLoadBalancerTypes: ['application', 'network'],
  }))
  return { SslPolicies, NextMarker }
}
