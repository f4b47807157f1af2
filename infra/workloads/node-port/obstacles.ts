import { describeGroups, type GroupOfNodes } from '../../aws/auto-scaling.ts'
import type { Aws } from '../../aws/clients.ts'
import { accountLimits } from '../elbv2/network-survey.ts'
import { targetsOf } from '../elbv2/observe.ts'
import { groupsOf } from '../elbv2/target-groups.ts'
import type { Surroundings, WorkloadOutputs } from '../kind.ts'
import { strategyOf, type NodePortConfig } from './config.ts'
import type { NodePortSite } from './found.ts'
import { killing, spare } from './refusals.ts'

type Around = Pick<Surroundings, 'aws' | 'green'>

/** What has come into the way since the switch point was found: of the nodes' groups, of their pods, of the load balancer's room. */
export async function obstacles(
  site: NodePortSite,
  outputs: WorkloadOutputs | null,
  { aws, green }: Around,
): Promise<readonly string[]> {
  const groups = await describeGroups(site.config.greenNodes.autoScalingGroups, aws)
  const [silent, crowded] = await Promise.all([
    silentNodes(site, outputs, groups, { aws, green }),
    noRoom(site, outputs, groups, aws),
  ])
  return [...dangerousGroups(groups), ...silent, ...crowded]
}

export const dangerousGroups = (groups: readonly GroupOfNodes[]): string[] =>
  groups.filter(({ healthCheckType }) => healthCheckType === 'ELB').map(({ name }) => `${killing(name)}. ${spare}`)

/**
 * With `externalTrafficPolicy: Local` only nodes that hold a ready pod answer, so the others are unhealthy by design; but each that
 * does hold one has to be a healthy target, or its pods are idle while the rest carry their share.
 */
async function silentNodes(
  { config: { service } }: NodePortSite,
  outputs: WorkloadOutputs | null,
  groups: readonly GroupOfNodes[],
  { aws, green }: Around,
): Promise<string[]> {
  const group = outputs?.targetGroups.green ?? null
  const { namespace, name } = service
  const exposed = group === null ? null : await green.nodePorts(namespace, name)
  if (group === null || !exposed?.localOnly) return []
  const [nodes, targets] = await Promise.all([green.readyNodes(namespace, name), targetsOf(group, aws)])
  const ours = new Set(groups.flatMap(({ instances }) => instances.map(({ id }) => id)))
  const healthy = targets.filter(
    ({ Target, TargetHealth }) => TargetHealth?.State === 'healthy' && ours.has(Target?.Id ?? ''),
  )
  if (healthy.length >= nodes) return []
  return [
    `${nodes} nodes of green hold a ready pod of ${namespace}/${name} (externalTrafficPolicy: Local), but only ${healthy.length} of them are healthy targets. Wait for the others, or look at their health-check port.`,
  ]
}

/** Where a quota is not told. Source: quotas of Network Load Balancers; the total is as large where cross-zone balancing is on. */
const usualTargetsPerZone = 500

/** A network load balancer with cross-zone balancing takes as many targets in all as without it in one zone. */
async function noRoom(
  { config, found }: NodePortSite,
  outputs: WorkloadOutputs | null,
  groups: readonly GroupOfNodes[],
  aws: Aws,
): Promise<string[]> {
  const { loadBalancer, crossZone } = found
  const registrations = registrationsToCome(config, outputs)
  if (loadBalancer.type !== 'network' || !crossZone || registrations === 0) return []
  const [limits, registered] = await Promise.all([accountLimits(aws), targetCount(loadBalancer.arn, aws)])
  const room = limits.get('targets-per-availability-zone-per-network-load-balancer') ?? usualTargetsPerZone
  const coming = registrations * groups.reduce((sum, { instances }) => sum + instances.length, 0)
  if (registered + coming <= room) return []
  return [
    `${registered} targets of the load balancer and ${coming} registrations of green's nodes are more than the ${room} that it takes with cross-zone balancing. Turn that off, or move with fewer nodes.`,
  ]
}

/** How often green's nodes are still to be registered: for the tests, and where they share a group once more. */
function registrationsToCome(config: NodePortConfig, outputs: WorkloadOutputs | null): number {
  const joins = strategyOf(config) === 'shared' && (outputs?.split.green ?? 0) === 0
  return (outputs?.targetGroups.green ? 0 : 1) + (joins ? 1 : 0)
}

async function targetCount(loadBalancerArn: string, aws: Aws): Promise<number> {
  const groups = await groupsOf(loadBalancerArn, aws)
  const targets = await Promise.all(groups.map((arn) => targetsOf(arn, aws)))
  return targets.reduce((sum, { length }) => sum + length, 0)
}
