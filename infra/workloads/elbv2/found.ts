import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { FoundBase, Site } from '../kind.ts'
import type { FoundForward } from './forward.ts'

/** The attributes of blue's target group that green's gets as well, because they change how traffic is served. */
export interface FoundTargetGroup {
  readonly arn: string
  readonly vpcId: string
  readonly port: number
  readonly protocol: string
  /** null, as slow start and algorithm: a network load balancer's group has none. */
  readonly protocolVersion: string | null
  readonly ipAddressType: string
  readonly healthCheck: {
    readonly path: string | null
    readonly port: string
    readonly protocol: string
    readonly matcher: string | null
    readonly intervalSeconds: number
    readonly timeoutSeconds: number
    readonly healthyThreshold: number
    readonly unhealthyThreshold: number
  }
  readonly deregistrationDelaySeconds: number
  readonly slowStartSeconds: number | null
  readonly algorithm: string | null
  /** `true`, `false` or `use_load_balancer_configuration` */
  readonly crossZone: string
  /** null: an application load balancer's group, which has none of them. */
  readonly flows: FoundFlows | null
}

/** How a network load balancer's group treats the connections of its targets. */
export interface FoundFlows {
  readonly preserveClientIp: boolean
  readonly proxyProtocolV2: boolean
  /** Connections are cut when the deregistration delay ends. */
  readonly terminatedOnDeregistration: boolean
  /** null: those that the group's protocol does not know. */
  readonly whenUnhealthy: { readonly terminated: boolean; readonly drainingSeconds: number } | null
}

/** A port of a network load balancer that is kept free for the test route; `tls`: what a TLS listener there needs to be like blue's. */
export interface FreePort {
  readonly port: number
  readonly tls: {
    readonly certificateArn: string
    readonly sslPolicy: string
    readonly alpnPolicy: string | null
  } | null
}

/** What every kind learns whose switch point is a rule, or a listener's default action, that forwards by weight. */
export interface FoundSwitch extends FoundBase {
  readonly switchPoint: { readonly type: 'rule' | 'listener'; readonly arn: string }
  readonly listener: { readonly arn: string; readonly port: number; readonly protocol: string }
  readonly loadBalancer: {
    readonly type: 'application' | 'network'
    readonly arn: string
    readonly dnsName: string
    readonly securityGroups: readonly string[]
    /** A network load balancer's is that of the listener. */
    readonly idleTimeoutSeconds: number
  }
  /** null: the switch point is the listener's default action. */
  readonly rule: { readonly priority: number; readonly conditions: readonly RuleCondition[] } | null
  readonly forward: FoundForward
  readonly blueTargetGroup: FoundTargetGroup
  /** The priority, or the port of a network load balancer, that is kept free for the test route; or why there can be none. */
  readonly testRoute: { readonly priority: number } | FreePort | { readonly none: string }
}

export type SwitchSite = Site<object, FoundSwitch>
