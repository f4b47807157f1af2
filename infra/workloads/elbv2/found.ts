import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { FoundBase, Site } from '../kind.ts'
import type { FoundForward } from './forward.ts'

/** The attributes of blue's target group that green's gets as well, because they change how traffic is served. */
export interface FoundTargetGroup {
  readonly arn: string
  readonly vpcId: string
  readonly port: number
  readonly protocol: string
  readonly protocolVersion: string
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
  readonly slowStartSeconds: number
  readonly algorithm: string
  /** `true`, `false` or `use_load_balancer_configuration` */
  readonly crossZone: string
}

/** What every kind learns whose switch point is a rule, or a listener's default action, that forwards by weight. */
export interface FoundSwitch extends FoundBase {
  readonly switchPoint: { readonly type: 'rule' | 'listener'; readonly arn: string }
  readonly listener: { readonly arn: string; readonly port: number; readonly protocol: string }
  readonly loadBalancer: {
    readonly arn: string
    readonly dnsName: string
    readonly securityGroups: readonly string[]
    readonly idleTimeoutSeconds: number
  }
  /** null: the switch point is the listener's default action. */
  readonly rule: { readonly priority: number; readonly conditions: readonly RuleCondition[] } | null
  readonly forward: FoundForward
  readonly blueTargetGroup: FoundTargetGroup
  /** The priority that is kept free for the test route, or why there can be none. */
  readonly testRoute: { readonly priority: number } | { readonly none: string }
}

export type SwitchSite = Site<object, FoundSwitch>
