import { usedGroups } from '../elbv2/references.ts'
import type { LoadBalancer, TargetGroup } from '../elbv2/state.ts'
import { inZoneOf } from '../elbv2/target-health.ts'
import type { World } from '../world.ts'
import { loadBalancerNamed, setsOf } from './alias-target.ts'
import type { HostedZone, RecordSet } from './state.ts'

/** Whether Route 53 may answer with the set. Without EvaluateTargetHealth, and without health checks, always. */
export function isHealthy(world: World, zone: HostedZone, set: RecordSet): boolean {
  const target = set.AliasTarget
  if (!target?.EvaluateTargetHealth) return true
  const name = target.DNSName ?? ''
  if (target.HostedZoneId === zone.id) {
    return setsOf(zone.served, name, set.Type).some((other) => other !== set && isHealthy(world, zone, other))
  }
  const loadBalancer = loadBalancerNamed(world, name)
  return loadBalancer !== undefined && isLoadBalancerHealthy(world, loadBalancer)
}

/**
 * One group without a healthy target makes the whole load balancer unhealthy, and so does an empty one
 * (API reference, AliasTarget, EvaluateTargetHealth).
 */
function isLoadBalancerHealthy(world: World, loadBalancer: LoadBalancer): boolean {
  if (loadBalancer.state !== 'active') return false
  const groups = [...usedGroups(world.elbv2)].filter(([, user]) => user === loadBalancer).map(([arn]) => arn)
  return groups
    .map((arn) => world.elbv2.targetGroups.get(arn))
    .every((group) => !group || hasHealthyTarget(group, loadBalancer))
}

function hasHealthyTarget(group: TargetGroup, loadBalancer: LoadBalancer): boolean {
  const registered = [...group.targets.values()].filter(
    (target) => target.health.state !== 'draining' && inZoneOf(loadBalancer, target),
  )
  return registered.some(({ health }) => health.state === 'healthy' || !group.healthCheck.enabled)
}
