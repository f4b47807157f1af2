import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import { plainName } from '../../aws/route53.ts'
import { refuseByFirst, type Refusal } from '../elbv2/refusals.ts'
import type { Survey } from './survey.ts'
import { targetsOf, type Routed } from './targets.ts'

export type Surveyed = Survey

type Check = (surveyed: Surveyed) => Refusal

/** A day: whoever has asked just before a change acts on the old answer for as long. */
const longTtlSeconds = 86_400

/** Why a record is refused, in the order in which they are asked. The kind's README has the same list for people. */
const checks: readonly Check[] = [
  protectedFromChanges,
  ownedByExternalDns,
  ownedByTrafficPolicy,
  routedOtherwise,
  weightedSiblings,
  servesNobody,
  healthChecked,
  notALoadBalancer,
  leadsElsewhere,
  sameLoadBalancer,
  otherScheme,
  withoutIpv6,
  longTtl,
]

/** Throws Refused for the first reason that applies. */
export const refuseWhatCannotMove = (surveyed: Surveyed): void => refuseByFirst(checks, surveyed)

function protectedFromChanges({ protectedTypes, sets }: Surveyed): Refusal {
  const type = sets.map(({ Type }) => Type).find((one) => protectedTypes.includes(one))
  if (type === undefined) return null
  const reason = `its ${type} record is protected, so Route 53 would refuse every change of it`
  return ['record', reason, 'Remove the protection for the move (DeleteResourceRecordSetProtections).']
}

/** Its registry says so in a text beside the record: same name, or one before it that ends in a dash, as its versions write it. */
function ownedByExternalDns({ config, zone }: Surveyed): Refusal {
  if (config.managedElsewhere === 'paused') return null
  const mine = (name: string): boolean =>
    name === config.record || (name.endsWith(config.record) && name.at(-config.record.length - 1) === '-')
  const text = zone.find((set) => set.Type === 'TXT' && mine(plainName(set.Name)) && heritageOf(set) !== undefined)
  if (!text) return null
  const [, owner = 'unknown'] = /external-dns\/owner=([^,"]*)/.exec(heritageOf(text) ?? '') ?? []
  const reason = `external-dns owns it (owner ${owner}, by the text ${plainName(text.Name)}): it would set it back, and one in green with the same owner would delete it`
  const wayOut =
    'Let external-dns of both clusters leave the name alone and delete its text, or scale both to 0 for the move and say managedElsewhere: paused.'
  return ['record', reason, wayOut]
}

const heritageOf = ({ ResourceRecords = [] }: ResourceRecordSet): string | undefined =>
  ResourceRecords.map(({ Value = '' }) => Value).find((value) => value.includes('heritage=external-dns'))

const firstOf = (sets: readonly Routed[], test: (set: Routed) => boolean): Routed | undefined => sets.find(test)

function ownedByTrafficPolicy({ sets }: Surveyed): Refusal {
  const set = firstOf(sets, ({ TrafficPolicyInstanceId: id }) => id !== undefined)
  if (!set) return null
  const reason = `a traffic policy makes it (instance ${set.TrafficPolicyInstanceId})`
  return ['record', reason, 'Replace the policy instance by a record of your own first.']
}

const otherPolicies = [
  'Region',
  'Failover',
  'GeoLocation',
  'GeoProximityLocation',
  'MultiValueAnswer',
  'CidrRoutingConfig',
] as const

function routedOtherwise({ sets }: Surveyed): Refusal {
  for (const set of sets) {
    const policy = otherPolicies.find((one) => set[one] !== undefined)
    if (!policy) continue
    const reason = `its ${set.Type} record is routed by ${policy}, beside which Route 53 takes no weights`
    return ['record', reason, 'Name a record that this one leads to, simple or weighted, or move the workload by hand.']
  }
  return null
}

function weightedSiblings({ sets }: Surveyed): Refusal {
  for (const [type, ofType] of Map.groupBy(sets, ({ Type }) => Type)) {
    if (ofType.length < 2) continue
    const reason = `it already divides traffic between ${ofType.length} weighted ${type} records`
    return ['record', reason, 'Bring it to one record first; a split that is not ours cannot be told from ours.']
  }
  return null
}

function servesNobody({ sets }: Surveyed): Refusal {
  if (!sets.some(({ Weight }) => Weight === 0)) return null
  const reason = 'its only weighted record has weight 0, and Route 53 serves it all the same as long as it is alone'
  return ['record', reason, 'Give it a weight first.']
}

function healthChecked({ sets }: Surveyed): Refusal {
  const set = firstOf(sets, ({ HealthCheckId: id }) => id !== undefined)
  if (!set) return null
  const reason = `a health check decides whether it answers (${set.HealthCheckId}), past any weight`
  return ['record', reason, 'Take the health check off the record for the move.']
}

function notALoadBalancer({ sets }: Surveyed): Refusal {
  const set = firstOf(sets, ({ Type, AliasTarget }) => Type !== 'CNAME' && !AliasTarget)
  if (!set) return null
  const reason = `its ${set.Type} record has addresses, not the name of a load balancer`
  return ['record', reason, 'Make it an alias to the load balancer first.']
}

function leadsElsewhere({ sets, loadBalancers: { blue } }: Surveyed): Refusal {
  const name = plainName(blue.described.DNSName)
  const set = firstOf(sets, (one) => targetsOf(one).join() !== name)
  if (!set) return null
  const reason = `the ${set.Type} record leads to ${targetsOf(set).join(', ')}, not to it (${name})`
  return ['blueLoadBalancer', reason, 'Name the load balancer that the record leads to.']
}

function sameLoadBalancer({ config }: Surveyed): Refusal {
  if (config.greenLoadBalancer !== config.blueLoadBalancer) return null
  return ['greenLoadBalancer', "it is blue's", "Name the load balancer of green's own ingress controller."]
}

function otherScheme({ loadBalancers: { blue, green } }: Surveyed): Refusal {
  const [was, is] = [blue.described.Scheme, green.described.Scheme]
  if (was === is) return null
  const reason = `it is ${is}, and blue's is ${was}: the clients of one may not reach the other`
  return ['greenLoadBalancer', reason, "Make green's load balancer of the same scheme."]
}

function withoutIpv6({ sets, loadBalancers: { green } }: Surveyed): Refusal {
  if (!sets.some(({ Type }) => Type === 'AAAA') || green.described.IpAddressType !== 'ipv4') return null
  const reason = 'it has no IPv6 addresses, and the name has an AAAA record'
  return ['greenLoadBalancer', reason, 'Make it dualstack, or take the AAAA record away first.']
}

function longTtl({ sets, config }: Surveyed): Refusal {
  const longest = Math.max(...sets.map(({ TTL = 0 }) => TTL))
  if (longest < longTtlSeconds || config.acknowledge?.longTtl) return null
  const reason = `resolvers may keep its answer for ${longest} s, and so long the move waits once before it begins`
  return ['record', reason, 'Lower the TTL ahead, or say lowerTtl and acknowledge: { longTtl: true }.']
}
