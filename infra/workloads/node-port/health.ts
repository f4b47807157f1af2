import type { Aws } from '../../aws/clients.ts'
import { zonesOfInstances } from '../../aws/places.ts'
import { countTargets, targetsOf } from '../elbv2/observe.ts'
import type { Health, WorkloadOutputs } from '../kind.ts'
import type { NodePortSite } from './found.ts'

/**
 * Both groups' nodes by the state that the load balancer reports: a call per side. AWS does not say in which zone an instance is that
 * is a target, so EC2 is asked where it matters: without cross-zone balancing.
 */
export async function observeNodes(site: NodePortSite, outputs: WorkloadOutputs | null, aws: Aws): Promise<Health> {
  const green = outputs?.targetGroups.green ?? null
  const [blueTargets, greenTargets] = await Promise.all([
    targetsOf(site.found.blueTargetGroup.arn, aws),
    green === null ? null : targetsOf(green, aws),
  ])
  const ids = [...blueTargets, ...(greenTargets ?? [])].flatMap(({ Target }) => Target?.Id ?? [])
  const zones = site.found.crossZone ? null : await zonesOfInstances([...new Set(ids)], aws)
  const count = (targets: typeof blueTargets) => countTargets(targets, ({ Target }) => zones?.get(Target?.Id ?? ''))
  return { blue: count(blueTargets), green: greenTargets && count(greenTargets) }
}
