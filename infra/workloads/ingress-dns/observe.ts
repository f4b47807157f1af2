import type { Aws } from '../../aws/clients.ts'
import { listenersOf, targetGroupsOf } from '../../aws/load-balancers.ts'
import { countIn, type Window } from '../../aws/metrics.ts'
import { protectionsAt } from '../../aws/route53.ts'
import type { Split } from '../../traffic.ts'
import { sideHealth } from '../elbv2/observe.ts'
import type { BlueTraffic, Health, SideHealth, SwitchPoint, WorkloadOutputs } from '../kind.ts'
import type { IngressDnsSite } from './found.ts'
import { isOfOurMaking, routedSets, typesOf } from './read.ts'
import { switchPointOf } from './switch-point.ts'
import { splitIn } from './targets.ts'

/** By where the records lead, whoever wrote them: one call. null also while types of the name differ. */
export async function observeSplit(
  site: IngressDnsSite,
  _outputs: WorkloadOutputs | null,
  aws: Aws,
): Promise<Split | null> {
  return splitIn(await routedSets(site, aws), typesOf(site), site.found.loadBalancers)
}

/** Throws when there is no such record any more. */
export async function observeSwitchPoint(site: IngressDnsSite, aws: Aws): Promise<SwitchPoint> {
  const sets = await routedSets(site, aws)
  if (sets.length === 0) throw new Error(`${site.config.record} has no record in ${site.config.zone} any more`)
  const { own = [], foreign = [] } = Object.groupBy(sets, (set) => (isOfOurMaking(site, set) ? 'own' : 'foreign'))
  return switchPointOf(site.config, own, foreign)
}

/** The targets behind each load balancer, of all its target groups together. Green's may have come after it was found. */
export async function observeHealth(
  { found }: IngressDnsSite,
  _outputs: WorkloadOutputs | null,
  aws: Aws,
): Promise<Health> {
  const [blue, green] = await Promise.all([
    healthOf(
      found.blueGroups.map(({ arn }) => arn),
      aws,
    ),
    targetGroupsOf(found.loadBalancers.green.arn, aws).then((arns) => (arns.length > 0 ? healthOf(arns, aws) : null)),
  ])
  return { blue, green }
}

const nobody: SideHealth = { healthy: 0, unhealthy: 0, initial: 0, draining: 0, unused: 0, zones: {} }

async function healthOf(targetGroups: readonly string[], aws: Aws): Promise<SideHealth> {
  const all = await Promise.all(targetGroups.map((arn) => sideHealth(arn, aws)))
  return all.reduce(together, nobody)
}

function together(a: SideHealth, b: SideHealth): SideHealth {
  const zones = { ...a.zones }
  for (const [zone, count] of Object.entries(b.zones)) zones[zone] = (zones[zone] ?? 0) + count
  return {
    healthy: a.healthy + b.healthy,
    unhealthy: a.unhealthy + b.unhealthy,
    initial: a.initial + b.initial,
    draining: a.draining + b.draining,
    unused: a.unused + b.unused,
    zones,
  }
}

/** Green's load balancer, which has none of blue's target groups behind it. */
export async function observeTestRoute(site: IngressDnsSite, outputs: WorkloadOutputs, aws: Aws): Promise<boolean> {
  const { green } = site.found.loadBalancers
  if (outputs.testRoute !== green.arn) return false
  const groups = await targetGroupsOf(green.arn, aws)
  const ofBlue = new Set(site.found.blueGroups.map(({ arn }) => arn))
  return groups.length > 0 && groups.every((arn) => !ofBlue.has(arn))
}

/** Protections that came after `find`, and ports that clients know and green does not listen on. */
export async function observeObstacles(
  { config, found }: IngressDnsSite,
  _outputs: WorkloadOutputs | null,
  { aws }: { readonly aws: Aws },
): Promise<readonly string[]> {
  const { blue, green } = found.loadBalancers
  const [protections, blueListeners, greenListeners] = await Promise.all([
    protectionsAt(config.zone, config.record, aws),
    listenersOf(blue.arn, aws),
    listenersOf(green.arn, aws),
  ])
  const types = protections.flatMap(({ RecordType: type }) =>
    found.records.some((r) => r.type === type) ? [type] : [],
  )
  const open = new Set(greenListeners.map(({ Port }) => Port))
  const missing = blueListeners.map(({ Port }) => Port).filter((port) => !open.has(port))
  return [
    ...types.map((type) => `the ${type} record of ${config.record} is protected: remove the protection for the move`),
    ...missing.map((port) => `green's load balancer does not listen on port ${port}, as blue's does: add a listener`),
  ]
}

/**
 * What blue's load balancer counts, which a client that keeps its connection still comes to when DNS has long answered with green.
 * An NLB counts flows: those that are open, because one may last for hours and was new only once.
 */
export async function observeBlueTraffic({ found }: IngressDnsSite, window: Window, aws: Aws): Promise<BlueTraffic> {
  const { loadBalancers, sharedBy } = found
  if (sharedBy.length > 0) {
    const more = sharedBy.length > 3 ? ` and ${sharedBy.length - 3} more` : ''
    return { none: `${sharedBy.slice(0, 3).join(', ')}${more} led to blue's load balancer as well when this was found` }
  }
  const { arn, type } = loadBalancers.blue
  const dimensions = { LoadBalancer: arn.split(':loadbalancer/').at(-1) ?? '' }
  const [group = ''] = loadBalancers.blue.targetGroups
  const aliveDimensions = { ...dimensions, TargetGroup: group.split(':').at(-1) ?? '' }
  const metrics =
    type === 'application'
      ? { namespace: 'AWS/ApplicationELB', counter: 'RequestCount' }
      : { namespace: 'AWS/NetworkELB', counter: 'ActiveFlowCount' }
  return countIn({ ...metrics, alive: 'HealthyHostCount', dimensions, aliveDimensions }, window, aws)
}
