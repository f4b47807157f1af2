import { AwsError } from '../errors.ts'
import { validationError } from './invalid.ts'

/** What one attribute starts with and takes. */
interface Attribute {
  default: string
  allows: (value: string) => boolean
}

export type Attributes = Readonly<Record<string, Attribute>>

const oneOf = (...values: string[]): Attribute => ({
  default: values[0] ?? '',
  allows: (value) => values.includes(value),
})

/** Texts that an attribute takes as they are. */
const text: Attribute = { default: '', allows: () => true }
const off: Attribute = oneOf('false', 'true')
const on: Attribute = oneOf('true', 'false')

function integer(initial: number, min: number, max: number, ...words: string[]): Attribute {
  const allows = (value: string) =>
    words.includes(value) || (/^\d+$/.test(value) && Number(value) >= min && Number(value) <= max)
  return { default: String(initial), allows }
}

const starting = (initial: string, attribute: Attribute): Attribute => ({ ...attribute, default: initial })
const logs = (name: string): Attributes => ({
  [`${name}.s3.enabled`]: off,
  [`${name}.s3.bucket`]: text,
  [`${name}.s3.prefix`]: text,
})

/** Source of all three tables: the API reference of LoadBalancerAttribute, TargetGroupAttribute and ListenerAttribute. */
export const loadBalancerAttributes: Record<'application' | 'network', Attributes> = {
  application: {
    ...logs('access_logs'),
    'idle_timeout.timeout_seconds': integer(60, 1, 4000),
    'deletion_protection.enabled': off,
    'routing.http2.enabled': on,
    'routing.http.drop_invalid_header_fields.enabled': off,
    'routing.http.xff_client_port.enabled': off,
    'routing.http.preserve_host_header.enabled': off,
    'routing.http.xff_header_processing.mode': oneOf('append', 'preserve', 'remove'),
    'load_balancing.cross_zone.enabled': oneOf('true'),
    'routing.http.desync_mitigation_mode': oneOf('defensive', 'monitor', 'strictest'),
    'client_keep_alive.seconds': integer(3600, 60, 604800),
    'waf.fail_open.enabled': off,
    'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': off,
    'zonal_shift.config.enabled': off,
    'ipv6.deny_all_igw_traffic': off,
    ...logs('connection_logs'),
    ...logs('health_check_logs'),
  },
  network: {
    ...logs('access_logs'),
    'deletion_protection.enabled': off,
    'load_balancing.cross_zone.enabled': off,
    'dns_record.client_routing_policy': oneOf(
      'any_availability_zone',
      'availability_zone_affinity',
      'partial_availability_zone_affinity',
    ),
    'secondary_ips.auto_assigned.per_subnet': integer(0, 0, 7),
    'zonal_shift.config.enabled': off,
    'ipv6.deny_all_igw_traffic': off,
  },
}

const groupHealth: Attributes = {
  'target_group_health.dns_failover.minimum_healthy_targets.count': integer(1, 1, 1000, 'off'),
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': starting('off', integer(0, 1, 100, 'off')),
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': integer(1, 1, 1000),
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': starting(
    'off',
    integer(0, 1, 100, 'off'),
  ),
}

const everyGroup: Attributes = {
  'deregistration_delay.timeout_seconds': integer(300, 0, 3600),
  'stickiness.enabled': off,
  'load_balancing.cross_zone.enabled': oneOf('use_load_balancer_configuration', 'true', 'false'),
  ...groupHealth,
}

const applicationGroup: Attributes = {
  ...everyGroup,
  'stickiness.type': oneOf('lb_cookie', 'app_cookie'),
  'stickiness.lb_cookie.duration_seconds': integer(86400, 1, 604800),
  'stickiness.app_cookie.cookie_name': { default: '', allows: (value) => !value.startsWith('AWSALB') },
  'stickiness.app_cookie.duration_seconds': integer(86400, 1, 604800),
  'slow_start.duration_seconds': {
    default: '0',
    allows: (value) => value === '0' || integer(0, 30, 900).allows(value),
  },
  'load_balancing.algorithm.type': oneOf('round_robin', 'least_outstanding_requests', 'weighted_random'),
  'load_balancing.algorithm.anomaly_mitigation': oneOf('off', 'on'),
}

const networkGroup: Attributes = {
  ...everyGroup,
  'stickiness.type': oneOf('source_ip'),
  'deregistration_delay.connection_termination.enabled': off,
  'preserve_client_ip.enabled': on,
  'proxy_protocol_v2.enabled': off,
  'target_health_state.unhealthy.connection_termination.enabled': on,
  'target_health_state.unhealthy.draining_interval_seconds': integer(0, 0, 360000),
}

const lambdaGroup: Attributes = {
  'stickiness.enabled': off,
  'stickiness.type': oneOf('lb_cookie'),
  'lambda.multi_value_headers.enabled': off,
}

export function targetGroupAttributes(group: { targetType: string; protocol?: string }): Attributes {
  if (group.targetType === 'lambda') return lambdaGroup
  if (group.protocol === 'HTTP' || group.protocol === 'HTTPS') return applicationGroup
  const udp = group.protocol === 'UDP' || group.protocol === 'TCP_UDP'
  return {
    ...networkGroup,
    'preserve_client_ip.enabled': starting(
      group.targetType === 'ip' && !udp ? 'false' : 'true',
      udp ? oneOf('true') : on,
    ),
    'deregistration_delay.connection_termination.enabled': starting(String(udp), off),
  }
}

const responseHeaders = [
  'strict_transport_security',
  'access_control_allow_origin',
  'access_control_allow_methods',
  'access_control_allow_headers',
  'access_control_allow_credentials',
  'access_control_expose_headers',
  'access_control_max_age',
  'content_security_policy',
  'x_content_type_options',
  'x_frame_options',
]

const requestHeaders = {
  x_amzn_mtls_clientcert_serial_number: 'X-Amzn-Mtls-Clientcert-Serial-Number',
  x_amzn_mtls_clientcert_issuer: 'X-Amzn-Mtls-Clientcert-Issuer',
  x_amzn_mtls_clientcert_subject: 'X-Amzn-Mtls-Clientcert-Subject',
  x_amzn_mtls_clientcert_validity: 'X-Amzn-Mtls-Clientcert-Validity',
  x_amzn_mtls_clientcert_leaf: 'X-Amzn-Mtls-Clientcert-Leaf',
  x_amzn_mtls_clientcert: 'X-Amzn-Mtls-Clientcert',
  x_amzn_tls_version: 'X-Amzn-Tls-Version',
  x_amzn_tls_cipher_suite: 'X-Amzn-Tls-Cipher-Suite',
}

const http: Attributes = {
  'routing.http.response.server.enabled': on,
  ...Object.fromEntries(responseHeaders.map((name) => [`routing.http.response.${name}.header_value`, text])),
}

const https: Attributes = {
  ...http,
  ...Object.fromEntries(
    Object.entries(requestHeaders).map(([key, name]) => [
      `routing.http.request.${key}.header_name`,
      starting(name, text),
    ]),
  ),
}

const tcp: Attributes = { 'tcp.idle_timeout.seconds': integer(350, 60, 6000) }
const byProtocol: Record<string, Attributes> = { HTTP: http, HTTPS: https, TCP: tcp, TLS: {}, UDP: {}, TCP_UDP: tcp }

export const listenerAttributes = (protocol: string): Attributes => byProtocol[protocol] ?? {}

export const defaultsOf = (attributes: Attributes): Map<string, string> =>
  new Map(Object.entries(attributes).map(([key, { default: value }]) => [key, value]))

interface Pair {
  Key?: string | undefined
  Value?: string | undefined
}

/** All or nothing: one pair that AWS refuses leaves every attribute as it was. `owner` starts the sentence: `Load balancer`. */
export function setAttributes(
  current: Map<string, string>,
  allowed: Attributes,
  pairs: readonly Pair[],
  owner: { noun: string; kind: string; known: Attributes },
): void {
  for (const { Key = '', Value = '' } of pairs) {
    const attribute = allowed[Key]
    if (!attribute && owner.known[Key]) {
      throw new AwsError(
        'InvalidConfigurationRequest',
        `${owner.noun} attribute key '${Key}' is not supported on ${owner.kind}`,
      )
    }
    if (!attribute) throw validationError(`${owner.noun} attribute key '${Key}' is not recognized`)
    if (!attribute.allows(Value)) {
      throw validationError(`${owner.noun} attribute value '${Value}' is not valid for key '${Key}'`)
    }
  }
  for (const { Key = '', Value = '' } of pairs) current.set(Key, Value)
}

export const attributeList = (attributes: Map<string, string>) =>
  [...attributes].map(([Key, Value]) => ({ Key, Value }))

/** Every key that exists on some load balancer, target group or listener: the others are not recognized at all. */
export const knownAttributes = {
  loadBalancer: { ...loadBalancerAttributes.network, ...loadBalancerAttributes.application } as Attributes,
  targetGroup: { ...networkGroup, ...applicationGroup, ...lambdaGroup } as Attributes,
  listener: { ...https, ...tcp } as Attributes,
}
