import { tagsFor, targetGroupNamePrefix, testHeader } from '../../names.ts'
import type { PlanBase, Stage } from '../kind.ts'
import { conditionOf, type Condition } from './conditions.ts'
import { sharesFor, type Share } from './forward.ts'
import type { FoundTargetGroup, FreePort, SwitchSite } from './found.ts'

/** What the program makes of a switch point that forwards by weight, and of green's side of it. */
export interface SwitchPlan extends PlanBase {
  readonly switchPoint: SwitchPointPlan | null
  readonly targetGroup: TargetGroupPlan | null
  readonly testRoute: TestRoutePlan | null
  readonly blueTargetGroup: string
  readonly keep: Stage['keep']
}

export interface SwitchPointPlan {
  readonly type: 'rule' | 'listener'
  readonly arn: string
  /** true: imported, everything ignored, so that no run can write. false: the shares are ours and nothing else. */
  readonly adoptedOnly: boolean
  readonly listenerArn: string
  readonly loadBalancerArn: string
  readonly port: number
  readonly protocol: string
  readonly priority: number | null
  readonly conditions: readonly Condition[]
  readonly order: number | null
  readonly shares: readonly Share[]
  readonly stickinessSeconds: number | null
}

export interface TargetGroupPlan {
  readonly namePrefix: string
  readonly targetType: 'ip' | 'instance'
  readonly port: number
  /** `traffic-port` or a number. */
  readonly healthCheckPort: string
  readonly like: FoundTargetGroup
  readonly tags: Readonly<Record<string, string>>
}

/** A way to green alone: a rule with a secret header, or a listener of a network load balancer. */
export type TestRoutePlan = TestRulePlan | GreenListenerPlan

export interface GreenListenerPlan extends FreePort {
  readonly loadBalancerArn: string
  readonly protocol: string
  readonly tags: Readonly<Record<string, string>>
}

export interface TestRulePlan {
  readonly listenerArn: string
  readonly priority: number
  readonly conditions: readonly Condition[]
  readonly header: string
  readonly tags: Readonly<Record<string, string>>
}

/** What green's target group has of its own: what stands in it, and where that listens. */
export type GreenTargets = Pick<TargetGroupPlan, 'targetType' | 'port' | 'healthCheckPort'>

export function switchPlan(site: SwitchSite, stage: Stage, kind: string, targets: GreenTargets): SwitchPlan {
  const { migration, workload, found } = site
  const present = stage.green === 'present'
  const tags = tagsFor(migration, workload, 'green')
  return {
    outputs: {
      schemaVersion: 1,
      migration,
      workload,
      kind,
      stage: stage.name,
      split: stage.split,
      frontDoor: frontDoorOf(site),
      switchPoint: found.switchPoint.arn,
    },
    switchPoint: stage.switchPoint === 'left-out' ? null : switchPointPlan(site, stage),
    targetGroup: present ? { namePrefix: targetGroupNamePrefix, ...targets, like: found.blueTargetGroup, tags } : null,
    testRoute: present && stage.testRoute ? testRoutePlan(site, tags) : null,
    blueTargetGroup: found.blueTargetGroup.arn,
    keep: stage.keep,
  }
}

function switchPointPlan({ found }: SwitchSite, stage: Stage): SwitchPointPlan {
  return {
    ...found.switchPoint,
    adoptedOnly: stage.switchPoint === 'adopted',
    listenerArn: found.listener.arn,
    loadBalancerArn: found.loadBalancer.arn,
    port: found.listener.port,
    protocol: found.listener.protocol,
    priority: found.rule?.priority ?? null,
    conditions: (found.rule?.conditions ?? []).map(conditionOf),
    order: found.forward.order,
    shares: sharesFor(found.forward, stage.split, stage),
    stickinessSeconds: found.forward.stickinessSeconds,
  }
}

/** The same conditions as the rule's and the header on top; for a default action the header alone. Or a listener like the one found. */
function testRoutePlan({ found }: SwitchSite, tags: Readonly<Record<string, string>>): TestRoutePlan | null {
  if ('none' in found.testRoute) return null
  if ('port' in found.testRoute) {
    return {
      loadBalancerArn: found.loadBalancer.arn,
      port: found.testRoute.port,
      protocol: found.listener.protocol,
      tls: found.testRoute.tls,
      tags,
    }
  }
  return {
    listenerArn: found.listener.arn,
    priority: found.testRoute.priority,
    conditions: (found.rule?.conditions ?? []).map(conditionOf),
    header: testHeader,
    tags,
  }
}

function frontDoorOf({ found }: SwitchSite): string {
  const { port, protocol } = found.listener
  const usual = (protocol === 'HTTP' && port === 80) || (protocol === 'HTTPS' && port === 443)
  return usual ? found.loadBalancer.dnsName : `${found.loadBalancer.dnsName}:${port}`
}
