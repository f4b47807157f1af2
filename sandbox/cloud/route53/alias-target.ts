import type { AliasTarget } from '@aws-sdk/client-route-53'
import type { LoadBalancer } from '../elbv2/state.ts'
import type { World } from '../world.ts'
import { bareId } from './ids.ts'
import { canonicalName, isWithin } from './names.ts'
import type { HostedZone, RecordSet, RecordSets } from './state.ts'

/** The load balancer that answers to the name; `dualstack.` before it changes nothing. */
export function loadBalancerNamed(world: World, name: string): LoadBalancer | undefined {
  const plain = name.replace(/^dualstack\./, '')
  return [...world.elbv2.loadBalancers.values()].find(({ dnsName }) => canonicalName(dnsName) === plain)
}

/** The record sets of one name and type. */
export const setsOf = (records: RecordSets, name: string, type: string): RecordSet[] =>
  [...records.values()].filter((set) => set.Name === name && set.Type === type)

/**
 * What is wrong with where an alias points, in Route 53's words; undefined: nothing. Load balancers and records of the same
 * zone are looked for; whatever else lies in another zone than AWS's for load balancers is taken on trust.
 */
export function aliasProblem(world: World, zone: HostedZone, records: RecordSets, set: RecordSet): string | undefined {
  const target = set.AliasTarget
  if (!target) return undefined
  const name = canonicalName(target.DNSName ?? '')
  const targetZone = bareId(target.HostedZoneId)
  const tried = `Tried to create an alias that targets ${name}, type ${set.Type} in zone ${targetZone}, but`
  if (targetZone === zone.id) {
    if (!isWithin(name, zone.name)) return `${tried} the alias target name does not lie within the target zone`
    return setsOf(records, name, set.Type).length > 0 ? undefined : `${tried} that target was not found`
  }
  if (!isLoadBalancerName(name)) {
    return world.route53.zones.has(targetZone)
      ? `${tried} the alias target name does not lie within the target zone`
      : undefined
  }
  const loadBalancer = loadBalancerNamed(world, name)
  if (loadBalancer?.hostedZoneId === targetZone) return undefined
  return loadBalancer || world.route53.zones.has(targetZone)
    ? `${tried} the alias target name does not lie within the target zone`
    : `${tried} that target was not found`
}

const isLoadBalancerName = (name: string): boolean => /\.elb\.([a-z0-9-]+\.)?amazonaws\.com\.$/.test(name)

/** As AWS keeps it: the bare id of the zone, the canonical name. */
export const canonicalTarget = (target: AliasTarget): AliasTarget => ({
  HostedZoneId: bareId(target.HostedZoneId),
  DNSName: canonicalName(target.DNSName ?? ''),
  EvaluateTargetHealth: target.EvaluateTargetHealth ?? false,
})
