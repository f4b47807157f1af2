import { logical, bindingName, tagsFor, targetGroupNamePrefix, testHeader } from '../../names.ts'
import type { PlanBase, Stage } from '../kind.ts'
import { conditionOf, type Condition } from './conditions.ts'
import type { AlbConfig } from './config.ts'
import { sharesFor, type Share } from './forward.ts'
import type { AlbSite, FoundTargetGroup } from './found.ts'

/** Everything that the program will make of one workload at one stage. */
export interface AlbPlan extends PlanBase {
  readonly switchPoint: SwitchPointPlan | null
  readonly targetGroup: TargetGroupPlan | null
  readonly binding: BindingPlan | null
  readonly testRoute: TestRoutePlan | null
  readonly podIngress: readonly IngressPlan[]
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
  readonly like: FoundTargetGroup
  readonly tags: Readonly<Record<string, string>>
}

export interface BindingPlan {
  readonly namespace: string
  readonly name: string
  readonly service: AlbConfig['service']
}

export interface TestRoutePlan {
  readonly listenerArn: string
  readonly priority: number
  readonly conditions: readonly Condition[]
  readonly header: string
  readonly tags: Readonly<Record<string, string>>
}

export interface IngressPlan {
  readonly name: string
  readonly securityGroup: string
  readonly from: string
  readonly port: number
  readonly description: string
  readonly tags: Readonly<Record<string, string>>
}

export function plan(site: AlbSite, stage: Stage): AlbPlan {
  const { migration, workload, config, found } = site
  const present = stage.green === 'present'
  const tags = tagsFor(migration, workload, 'green')
  return {
    outputs: {
      schemaVersion: 1,
      migration,
      workload,
      kind: 'alb',
      stage: stage.name,
      split: stage.split,
      frontDoor: frontDoorOf(site),
      switchPoint: found.switchPoint.arn,
    },
    switchPoint: stage.switchPoint === 'left-out' ? null : switchPointPlan(site, stage),
    targetGroup: present ? { namePrefix: targetGroupNamePrefix, like: found.blueTargetGroup, tags } : null,
    binding: present
      ? { namespace: config.service.namespace, name: bindingName(migration, workload), service: config.service }
      : null,
    testRoute: present && stage.testRoute ? testRoutePlan(site, tags) : null,
    podIngress: present ? ingressPlans(site) : [],
    blueTargetGroup: found.blueTargetGroup.arn,
    keep: stage.keep,
  }
}

function switchPointPlan({ found }: AlbSite, stage: Stage): SwitchPointPlan {
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

/** The same conditions as the rule's and the header on top; for a default action the header alone. */
function testRoutePlan({ found }: AlbSite, tags: Readonly<Record<string, string>>): TestRoutePlan | null {
  if ('none' in found.testRoute) return null
  return {
    listenerArn: found.listener.arn,
    priority: found.testRoute.priority,
    conditions: (found.rule?.conditions ?? []).map(conditionOf),
    header: testHeader,
    tags,
  }
}

export function ingressPlans({ migration, workload, config, found }: AlbSite): IngressPlan[] {
  const { podIngress } = config
  if (!podIngress) return []
  return found.podIngress.map((from) => ({
    name: `${logical.podIngress}-${from}`,
    ...podIngress,
    from,
    // EC2 takes no apostrophe in a description
    description: `${workload}: from the load balancer to pods of green`,
    tags: tagsFor(migration, workload, 'green'),
  }))
}

function frontDoorOf({ found }: AlbSite): string {
  const { port, protocol } = found.listener
  const usual = (protocol === 'HTTP' && port === 80) || (protocol === 'HTTPS' && port === 443)
  return usual ? found.loadBalancer.dnsName : `${found.loadBalancer.dnsName}:${port}`
}
