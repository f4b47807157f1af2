import type { lb } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { fromAttributes, toAttributes, type AttributeTable, type KeyValue } from './attributes.ts'
import { computed, flag, number, required, text } from './schema.ts'

type State = Unwrap<lb.TargetGroupState>

/** The attributes that are a property each. */
export const plainAttributes = {
  connectionTermination: { key: 'deregistration_delay.connection_termination.enabled', type: 'boolean' },
  deregistrationDelay: { key: 'deregistration_delay.timeout_seconds', type: 'number' },
  lambdaMultiValueHeadersEnabled: { key: 'lambda.multi_value_headers.enabled', type: 'boolean' },
  loadBalancingAlgorithmType: { key: 'load_balancing.algorithm.type', type: 'string' },
  loadBalancingAnomalyMitigation: { key: 'load_balancing.algorithm.anomaly_mitigation', type: 'string' },
  loadBalancingCrossZoneEnabled: { key: 'load_balancing.cross_zone.enabled', type: 'string' },
  preserveClientIp: { key: 'preserve_client_ip.enabled', type: 'string' },
  proxyProtocolV2: { key: 'proxy_protocol_v2.enabled', type: 'boolean' },
  slowStart: { key: 'slow_start.duration_seconds', type: 'number' },
} as const satisfies AttributeTable

const least = 'minimum_healthy_targets'
const failover = {
  minimumHealthyTargetsCount: { key: `target_group_health.dns_failover.${least}.count`, type: 'string' },
  minimumHealthyTargetsPercentage: { key: `target_group_health.dns_failover.${least}.percentage`, type: 'string' },
} as const satisfies AttributeTable
const routing = {
  minimumHealthyTargetsCount: { key: `target_group_health.unhealthy_state_routing.${least}.count`, type: 'number' },
  minimumHealthyTargetsPercentage: {
    key: `target_group_health.unhealthy_state_routing.${least}.percentage`,
    type: 'string',
  },
} as const satisfies AttributeTable
const geneveFailover = {
  onDeregistration: { key: 'target_failover.on_deregistration', type: 'string' },
  onUnhealthy: { key: 'target_failover.on_unhealthy', type: 'string' },
} as const satisfies AttributeTable
const healthState = {
  enableUnhealthyConnectionTermination: {
    key: 'target_health_state.unhealthy.connection_termination.enabled',
    type: 'boolean',
  },
  unhealthyDrainingInterval: { key: 'target_health_state.unhealthy.draining_interval_seconds', type: 'number' },
} as const satisfies AttributeTable
const stickiness = {
  enabled: { key: 'stickiness.enabled', type: 'boolean' },
  type: { key: 'stickiness.type', type: 'string' },
} as const satisfies AttributeTable

/** What a cookie's stickiness has beside, by the kind of cookie. */
const cookies: Readonly<Record<string, AttributeTable>> = {
  lb_cookie: { cookieDuration: { key: 'stickiness.lb_cookie.duration_seconds', type: 'number' } },
  app_cookie: {
    cookieName: { key: 'stickiness.app_cookie.cookie_name', type: 'string' },
    cookieDuration: { key: 'stickiness.app_cookie.duration_seconds', type: 'number' },
  },
}

/** The properties that hold several attributes each. */
export const blocks = {
  stickiness: {
    type: 'object',
    ...computed,
    fields: {
      cookieDuration: { ...number, default: 86_400, range: [0, 604_800] },
      cookieName: text,
      enabled: { ...flag, default: true },
      type: { ...text, ...required },
    },
  },
  targetFailovers: {
    type: 'list',
    ...computed,
    fields: { onDeregistration: { ...text, ...required }, onUnhealthy: { ...text, ...required } },
  },
  targetGroupHealth: {
    type: 'object',
    ...computed,
    fields: {
      dnsFailover: {
        type: 'object',
        fields: {
          minimumHealthyTargetsCount: { ...text, default: 'off' },
          minimumHealthyTargetsPercentage: { ...text, default: 'off' },
        },
      },
      unhealthyStateRouting: {
        type: 'object',
        fields: {
          minimumHealthyTargetsCount: { ...number, default: 1 },
          minimumHealthyTargetsPercentage: { ...text, default: 'off' },
        },
      },
    },
  },
  targetHealthStates: {
    type: 'list',
    ...computed,
    fields: {
      enableUnhealthyConnectionTermination: { ...flag, ...required },
      unhealthyDrainingInterval: { ...number, default: 0, range: [0, 360_000] },
    },
  },
} as const

/** The attributes of a target group that is new, or of what `changed` names. */
export function targetGroupAttributes(planned: State, changed?: ReadonlySet<keyof State>): KeyValue[] {
  const wanted = (name: string) => !changed || changed.has(name as keyof State)
  const plain = toAttributes(plainAttributes, planned, (name) => wanted(name) && appliesTo(name, planned))
  if (planned.targetType === 'lambda') return plain
  return [
    // A new group has what is zero already.
    ...(changed ? plain : plain.filter(({ Value }) => Value !== 'false' && Value !== '0')),
    ...Object.keys(blocks)
      .filter(wanted)
      .flatMap((name) => blockAttributes(name as keyof typeof blocks, planned)),
  ]
}

function appliesTo(name: string, { targetType }: State): boolean {
  return (name === 'lambdaMultiValueHeadersEnabled') === (targetType === 'lambda')
}

function blockAttributes(name: keyof typeof blocks, planned: State): KeyValue[] {
  const every = (table: AttributeTable, block: object | undefined) => toAttributes(table, block ?? {}, () => true)
  switch (name) {
    case 'stickiness':
      return planned.stickiness
        ? every(
            { ...stickiness, ...(isHttp(planned.protocol) && cookies[planned.stickiness.type]) },
            planned.stickiness,
          )
        : []
    case 'targetFailovers':
      return planned.protocol === 'GENEVE' ? every(geneveFailover, planned.targetFailovers?.[0]) : []
    case 'targetGroupHealth':
      return planned.protocol === 'GENEVE'
        ? []
        : [
            ...every(failover, planned.targetGroupHealth?.dnsFailover),
            ...every(routing, planned.targetGroupHealth?.unhealthyStateRouting),
          ]
    case 'targetHealthStates':
      return hasConnections(planned.protocol) ? every(healthState, planned.targetHealthStates?.[0]) : []
  }
}

/** As the official provider does, the two lists have one element even for protocols that know no such attribute: an empty one. */
export function blocksFromAttributes(attributes: KeyValue[], protocol: string | undefined): Partial<State> {
  const kept = fromAttributes(stickiness, attributes)
  const isGeneve = protocol === 'GENEVE'
  const found = {
    stickiness: { ...kept, ...(isHttp(protocol) && fromAttributes(cookies[kept.type as string] ?? {}, attributes)) },
    targetFailovers: [isGeneve ? fromAttributes(geneveFailover, attributes) : {}],
    targetGroupHealth: {
      dnsFailover: isGeneve ? {} : fromAttributes(failover, attributes),
      unhealthyStateRouting: isGeneve ? {} : fromAttributes(routing, attributes),
    },
    targetHealthStates: [hasConnections(protocol) ? fromAttributes(healthState, attributes) : {}],
  }
  return found as unknown as Partial<State>
}

function isHttp(protocol: string | undefined): boolean {
  return protocol === 'HTTP' || protocol === 'HTTPS'
}

function hasConnections(protocol: string | undefined): boolean {
  return protocol === 'TCP' || protocol === 'TLS'
}
