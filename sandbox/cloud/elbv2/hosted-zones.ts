import type { LoadBalancerType } from './state.ts'

/** AWS's own Route 53 zones of load balancers, from "Elastic Load Balancing endpoints and quotas" in the AWS General Reference. */
const zones: Record<string, Record<LoadBalancerType, string>> = {
  'us-east-1': { application: 'Z35SXDOTRQ7X7K', network: 'Z26RNL4JYFTOTI' },
  'us-east-2': { application: 'Z3AADJGX6KTTL2', network: 'ZLMOA37VPKANP' },
  'us-west-2': { application: 'Z1H1FL5HABSF5', network: 'Z18D5FSROUN65G' },
  'eu-west-1': { application: 'Z32O12XQLNTSW2', network: 'Z2IFOLAFXWLO4F' },
  'eu-central-1': { application: 'Z215JYRZR1TBD5', network: 'Z3F0SRJ5LGBH90' },
  'ap-northeast-1': { application: 'Z14GRHDCWA56QT', network: 'Z31USIVHYNEOWT' },
  'ap-northeast-2': { application: 'ZWKZPGTI48KDX', network: 'ZIBE1TIR4HY56' },
}

/** Other regions get an id of the right form that is not AWS's. */
const unknown: Record<LoadBalancerType, string> = { application: 'ZSANDBOXALB00A', network: 'ZSANDBOXNLB00A' }

export const hostedZoneId = (region: string, type: LoadBalancerType) => (zones[region] ?? unknown)[type]
