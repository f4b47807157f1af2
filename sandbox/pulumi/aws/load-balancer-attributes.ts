import type { lb } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import type { Properties } from '../properties.ts'
import { fromAttributes, toAttributes, type AttributeTable, type KeyValue } from './attributes.ts'
import { computed, flag, number, required, text, type Property } from './schema.ts'

type State = Unwrap<lb.LoadBalancerState>

/** Which kinds of load balancer have an attribute. */
const forTypes = (...types: string[]) => ({
  appliesTo: ({ loadBalancerType }: Properties) => types.includes(loadBalancerType as string),
})
const application = forTypes('application')
const network = forTypes('network')

const plain = {
  clientKeepAlive: { key: 'client_keep_alive.seconds', type: 'number' },
  desyncMitigationMode: { key: 'routing.http.desync_mitigation_mode', type: 'string' },
  dnsRecordClientRoutingPolicy: { key: 'dns_record.client_routing_policy', type: 'string' },
  dropInvalidHeaderFields: { key: 'routing.http.drop_invalid_header_fields.enabled', type: 'boolean' },
  enableCrossZoneLoadBalancing: { key: 'load_balancing.cross_zone.enabled', type: 'boolean' },
  enableDeletionProtection: { key: 'deletion_protection.enabled', type: 'boolean' },
  enableHttp2: { key: 'routing.http2.enabled', type: 'boolean' },
  enableTlsVersionAndCipherSuiteHeaders: {
    key: 'routing.http.x_amzn_tls_version_and_cipher_suite.enabled',
    type: 'boolean',
  },
  enableWafFailOpen: { key: 'waf.fail_open.enabled', type: 'boolean' },
  enableXffClientPort: { key: 'routing.http.xff_client_port.enabled', type: 'boolean' },
  enableZonalShift: { key: 'zonal_shift.config.enabled', type: 'boolean' },
  idleTimeout: { key: 'idle_timeout.timeout_seconds', type: 'number' },
  preserveHostHeader: { key: 'routing.http.preserve_host_header.enabled', type: 'boolean' },
  secondaryIpsAutoAssignedPerSubnet: { key: 'secondary_ips.auto_assigned.per_subnet', type: 'number' },
  xffHeaderProcessingMode: { key: 'routing.http.xff_header_processing.mode', type: 'string' },
} as const satisfies AttributeTable

const logs = {
  accessLogs: 'access_logs',
  connectionLogs: 'connection_logs',
  healthCheckLogs: 'health_check_logs',
} as const

function logAttributes(prefix: string): AttributeTable {
  return {
    bucket: { key: `${prefix}.s3.bucket`, type: 'string' },
    enabled: { key: `${prefix}.s3.enabled`, type: 'boolean' },
    prefix: { key: `${prefix}.s3.prefix`, type: 'string' },
  }
}

const logBlock = {
  type: 'object',
  keepsWhenAbsent: true,
  fields: { bucket: { ...text, ...required }, enabled: { ...flag, default: false }, prefix: text },
} as const

export const attributeSchema = {
  accessLogs: logBlock,
  clientKeepAlive: { ...number, default: 3600, ...application },
  connectionLogs: logBlock,
  desyncMitigationMode: { ...text, default: 'defensive', ...application },
  dnsRecordClientRoutingPolicy: { ...text, default: 'any_availability_zone', ...network },
  dropInvalidHeaderFields: { ...flag, default: false, ...application },
  enableCrossZoneLoadBalancing: { ...flag, default: false, ...forTypes('network', 'gateway') },
  enableDeletionProtection: { ...flag, default: false },
  enableHttp2: { ...flag, default: true, ...application },
  enableTlsVersionAndCipherSuiteHeaders: { ...flag, default: false, ...application },
  enableWafFailOpen: { ...flag, default: false, ...application },
  enableXffClientPort: { ...flag, default: false, ...application },
  enableZonalShift: { ...flag, default: false, ...forTypes('application', 'network') },
  healthCheckLogs: logBlock,
  idleTimeout: { ...number, default: 60, ...application },
  preserveHostHeader: { ...flag, default: false, ...application },
  secondaryIpsAutoAssignedPerSubnet: { ...number, ...computed, ...network, range: [0, 7] },
  xffHeaderProcessingMode: { ...text, default: 'append', ...application },
} as const satisfies Record<string, Property>

/** The attributes of a load balancer that is new, or of what `changed` names. */
export function loadBalancerAttributes(planned: State, changed?: ReadonlySet<keyof State>): KeyValue[] {
  const wanted = (name: string) => !changed || changed.has(name as keyof State)
  const applies = (name: string) => {
    const property: Property | undefined = attributeSchema[name as keyof typeof attributeSchema]
    return property?.appliesTo?.(planned) ?? true
  }
  return [
    ...Object.entries(logs).flatMap(([name, prefix]) => {
      const block = planned[name as keyof typeof logs]
      return block && wanted(name)
        ? toAttributes(logAttributes(prefix), block, (member) => member === 'enabled' || block.enabled === true)
        : []
    }),
    ...toAttributes(plain, planned, (name) => wanted(name) && applies(name)),
  ]
}

export function propertiesFromAttributes(attributes: KeyValue[], type: string | undefined): Partial<State> {
  const blocks = Object.entries(logs).filter(([name]) => name === 'accessLogs' || type === 'application')
  return {
    ...Object.fromEntries(
      blocks.map(([name, prefix]) => [
        name,
        { bucket: '', enabled: false, ...fromAttributes(logAttributes(prefix), attributes) },
      ]),
    ),
    ...fromAttributes(plain, attributes),
  }
}
