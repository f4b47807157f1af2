import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { FoundBase, Site } from '../kind.ts'
import type { AlbConfig } from './config.ts'
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

/** What `find` learns about one ALB workload; plain JSON, kept in the journal and in the stack's config. */
export interface AlbFound extends FoundBase {
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
  /** Security groups of the load balancer that green's pods do not admit yet. */
  readonly podIngress: readonly string[]
}

export type AlbSite = Site<AlbConfig, AlbFound>
