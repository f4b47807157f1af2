import {
  DescribeTargetHealthCommand,
  type Action,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Aws } from '../../aws/clients.ts'
import { tagsFor } from '../../names.ts'
import { splitOfWeights, type Split } from '../../traffic.ts'
import type { Health, SideHealth, SwitchPoint, WorkloadOutputs } from '../kind.ts'
import { describeSwitchPoint, switchPointFrom, tagsOf } from './describe.ts'
import type { SwitchSite } from './found.ts'

/** The split in effect: one DescribeRules or DescribeListeners. */
export async function observeSplit(site: SwitchSite, outputs: WorkloadOutputs | null, aws: Aws): Promise<Split | null> {
  const described = await describeSwitchPoint(site.found.switchPoint, aws)
  const weights = weightsOf(described?.actions ?? [])
  if (!weights) return null
  const blueArn = site.found.blueTargetGroup.arn
  const others = [...weights.keys()].filter((arn) => arn !== blueArn)
  if (others.length > 1) return null
  const [other] = others
  if (other !== undefined && other !== outputs?.targetGroups.green && !(await isOurs(site, other, aws))) return null
  return splitOfWeights({ blue: weights.get(blueArn) ?? 0, green: other === undefined ? 0 : (weights.get(other) ?? 0) })
}

/** Target groups of the one forward action by weight; null when the switch point does anything else. */
export function weightsOf(actions: readonly Action[]): Map<string, number> | null {
  const [action] = actions
  if (actions.length !== 1 || action?.Type !== 'forward') return null
  const groups =
    action.ForwardConfig?.TargetGroups ?? (action.TargetGroupArn ? [{ TargetGroupArn: action.TargetGroupArn }] : [])
  return new Map(groups.map((group) => [group.TargetGroupArn ?? '', group.Weight ?? 1]))
}

/** A group that our records do not know is ours when it carries our tags: a run may have died before it could tell. */
async function isOurs(site: SwitchSite, arn: string, aws: Aws): Promise<boolean> {
  const wanted = Object.entries(tagsFor(site.migration, site.workload, 'green'))
  const tags = await tagsOf([arn], aws)
  return wanted.every(([key, value]) => tags.get(arn)?.[key] === value)
}

/** Both sides' targets by the state that the load balancer reports: one call per side. */
export async function observeHealth(site: SwitchSite, outputs: WorkloadOutputs | null, aws: Aws): Promise<Health> {
  const green = outputs?.targetGroups.green ?? null
  const [blueHealth, greenHealth] = await Promise.all([
    sideHealth(site.found.blueTargetGroup.arn, aws),
    green === null ? null : sideHealth(green, aws),
  ])
  return { blue: blueHealth, green: greenHealth }
}

const sideHealth = async (targetGroupArn: string, aws: Aws): Promise<SideHealth> =>
  countTargets(await targetsOf(targetGroupArn, aws))

/** Everything that is registered with a group, and what still drains. One call. */
export async function targetsOf(TargetGroupArn: string, aws: Aws): Promise<TargetHealthDescription[]> {
  const answer = await aws.elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn }))
  return answer.TargetHealthDescriptions ?? []
}

const zoneAsDescribed = ({ Target }: TargetHealthDescription) => Target?.AvailabilityZone

/** `zoneOf`: where a target is; AWS says so of addresses, and not of instances. */
export function countTargets(
  targets: readonly TargetHealthDescription[],
  zoneOf: (target: TargetHealthDescription) => string | undefined = zoneAsDescribed,
): SideHealth {
  const counts = { healthy: 0, unhealthy: 0, initial: 0, draining: 0, unused: 0 }
  const zones: Record<string, number> = {}
  for (const target of targets) {
    const health = target.TargetHealth
    switch (health?.State) {
      case 'healthy': {
        counts.healthy += 1
        const zone = zoneOf(target) ?? 'unknown'
        zones[zone] = (zones[zone] ?? 0) + 1
        break
      }
      case 'initial':
      case 'draining':
      case 'unused':
        counts[health.State] += 1
        break
      default:
        // `unhealthy`, `unhealthy.draining`, `unavailable` and whatever AWS may add: nothing that may be counted on
        counts.unhealthy += 1
    }
  }
  return { ...counts, zones }
}

/** The whole switch point with its tags, for comparison with what was found: two calls. Throws when it is gone. */
export async function observeSwitchPoint(site: SwitchSite, aws: Aws): Promise<SwitchPoint> {
  const { switchPoint } = site.found
  const described = await describeSwitchPoint(switchPoint, aws)
  if (!described) throw new Error(`${switchPoint.type} ${switchPoint.arn} no longer exists`)
  return switchPointFrom(described, await tagsOf([switchPoint.arn], aws), switchPoint.arn)
}

/** Is green the only group that the test rule, or green's own listener, forwards to? */
export async function observeTestRoute(_site: SwitchSite, outputs: WorkloadOutputs, aws: Aws): Promise<boolean> {
  const { testRoute: arn } = outputs
  if (!arn || !outputs.targetGroups.green) return false
  const described = await describeSwitchPoint({ type: arn.includes(':listener/') ? 'listener' : 'rule', arn }, aws)
  const weights = weightsOf(described?.actions ?? [])
  return weights?.size === 1 && weights.has(outputs.targetGroups.green)
}
