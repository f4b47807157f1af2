import { addressesOf } from '../elbv2/addresses.ts'
import type { LoadBalancer } from '../elbv2/state.ts'
import type { World } from '../world.ts'
import { loadBalancerNamed, setsOf } from './alias-target.ts'
import { canonicalName, isWithin } from './names.ts'
import { choose } from './routing.ts'
import type { HostedZone, RecordSet } from './state.ts'
import { loadBalancerTtlSeconds } from './timing.ts'

/** One resource record: `value` as Route 53 writes it. */
export interface Answer {
  readonly name: string
  readonly type: string
  readonly ttl: number
  readonly value: string
}

export interface Resolution {
  readonly code: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL'
  readonly answers: readonly Answer[]
  /** Of the zone that was asked last: it says how long nothing may be remembered as nothing. */
  readonly soa: Answer | undefined
}

/** Longer chains of names are given up, as resolvers do. */
const longestChain = 8

/**
 * What a resolver in the VPC answers: from the zones' served records, through CNAMEs and aliases, down to the addresses of
 * load balancers. Names outside the account do not exist. `name` is canonical.
 */
export function resolve(world: World, name: string, type: string): Resolution {
  const answers: Answer[] = []
  for (let asked = name, links = 0; links <= longestChain; links += 1) {
    const found = resolveOnce(world, asked, type)
    answers.push(...found.answers)
    const [link] = found.answers
    if (type === 'CNAME' || link?.type !== 'CNAME') return { ...found, answers }
    asked = canonicalName(link.value)
  }
  return { code: 'SERVFAIL', answers: [], soa: undefined }
}

/** What the name servers of one zone answer: a CNAME is not followed. */
export function resolveOnce(world: World, name: string, type: string): Resolution {
  const loadBalancer = loadBalancerNamed(world, name)
  if (loadBalancer) {
    const code = loadBalancer.state === 'active' ? 'NOERROR' : 'NXDOMAIN'
    return { code, answers: loadBalancerAnswers(world, loadBalancer, name, type), soa: undefined }
  }
  const zone = zoneFor(world, name)
  return zone ? resolveIn(world, zone, name, type) : { code: 'NXDOMAIN', answers: [], soa: undefined }
}

/** The zone with the longest name; a private one hides a public one of the same name. */
function zoneFor(world: World, name: string): HostedZone | undefined {
  return [...world.route53.zones.values()]
    .filter((zone) => isWithin(name, zone.name))
    .sort((a, b) => b.name.length - a.name.length || Number(b.private) - Number(a.private))[0]
}

/** What the name servers of this zone answer. */
export function resolveIn(world: World, zone: HostedZone, name: string, type: string): Resolution {
  const [soa] = setsOf(zone.served, zone.name, 'SOA').flatMap((set) => ownAnswers(set, zone.name))
  const owner = ownerOf(zone, name)
  if (owner === undefined) return { code: 'NXDOMAIN', answers: [], soa }
  const asked = setsOf(zone.served, owner, type)
  const sets = asked.length > 0 ? asked : setsOf(zone.served, owner, 'CNAME')
  const answers = choose(world, zone, sets).flatMap((set) => answersOf(world, zone, set, name))
  return { code: 'NOERROR', answers, soa }
}

/** The name whose sets answer: itself, or the wildcard at the closest name above it that exists. undefined: none. */
function ownerOf(zone: HostedZone, name: string): string | undefined {
  const names = [...zone.served.values()].map((set) => set.Name)
  const exists = (candidate: string) => names.some((known) => isWithin(known, candidate))
  if (exists(name)) return name
  for (let above = parent(name); isWithin(above, zone.name); above = parent(above)) {
    const wildcard = `\\052.${above}`
    if (names.includes(wildcard)) return wildcard
    if (exists(above)) return undefined
  }
  return undefined
}

const parent = (name: string): string => name.slice(name.indexOf('.') + 1)

function answersOf(world: World, zone: HostedZone, set: RecordSet, name: string, links = 0): Answer[] {
  const target = set.AliasTarget
  if (!target) return ownAnswers(set, name)
  const targetName = target.DNSName ?? ''
  const loadBalancer = loadBalancerNamed(world, targetName)
  if (loadBalancer) return loadBalancerAnswers(world, loadBalancer, name, set.Type)
  if (target.HostedZoneId !== zone.id || links === longestChain) return []
  return choose(world, zone, setsOf(zone.served, targetName, set.Type)).flatMap((next) =>
    answersOf(world, zone, next, name, links + 1),
  )
}

const ownAnswers = (set: RecordSet, name: string): Answer[] =>
  (set.ResourceRecords ?? []).map(({ Value = '' }) => ({ name, type: set.Type, ttl: set.TTL ?? 0, value: Value }))

/** A load balancer has no IPv6 addresses here, dual-stack or not. */
function loadBalancerAnswers(world: World, loadBalancer: LoadBalancer, name: string, type: string): Answer[] {
  if (type !== 'A' || loadBalancer.state !== 'active') return []
  return addressesOf(world, loadBalancer).map((value) => ({ name, type, ttl: loadBalancerTtlSeconds, value }))
}
