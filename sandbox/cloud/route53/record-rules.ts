import type { World } from '../world.ts'
import { aliasProblem, setsOf } from './alias-target.ts'
import { policyOf, type Policy } from './change-shape.ts'
import { valueProblems } from './record-values.ts'
import type { HostedZone, RecordSet, RecordSets } from './state.ts'

const maxWeighted = 100

/** Types of which there cannot be several with one name, whatever their routing (API reference, ResourceRecordSet). */
const simpleOnly = ['NS', 'SOA', 'DS']

/** What is wrong with one set as such, seen among `records`, which contain it. */
export function setProblems(world: World, zone: HostedZone, records: RecordSets, set: RecordSet): string[] {
  const alias = aliasProblem(world, zone, records, set)
  const named = `RRSet with DNS name ${set.Name}, type ${set.Type}`
  return [
    ...valueProblems(
      set.Type,
      (set.ResourceRecords ?? []).map(({ Value = '' }) => Value),
    ),
    ...(alias === undefined ? [] : [alias]),
    ...(set.MultiValueAnswer && set.AliasTarget ? [`${named} cannot be a multivalue answer alias`] : []),
    ...(policyOf(set) && simpleOnly.includes(set.Type) ? [`${named} can only have a simple routing policy`] : []),
    ...(policyOf(set) === 'Weight' && (set.ResourceRecords?.length ?? 0) > 1
      ? [`${named}, SetIdentifier ${set.SetIdentifier} is weighted and can only have one resource record`]
      : []),
  ]
}

/** What is wrong with the given sets beside the others of their names, and with what is left of the zone's own. */
export function groupProblems(zone: HostedZone, records: RecordSets, given: readonly RecordSet[]): string[] {
  return [
    ...given.flatMap((set) => besideOthers(zone, records, set)),
    ...(setsOf(records, zone.name, 'SOA').length === 1 ? [] : ['A HostedZone must contain exactly one SOA record.']),
    ...(setsOf(records, zone.name, 'NS').length === 1
      ? []
      : ['A HostedZone must contain at least one NS record for the zone itself.']),
  ]
}

function besideOthers(zone: HostedZone, records: RecordSets, set: RecordSet): string[] {
  const namesakes = [...records.values()].filter(({ Name }) => Name === set.Name)
  const conflicting = namesakes.find(({ Type }) => Type !== set.Type && [Type, set.Type].includes('CNAME'))
  if (conflicting) {
    return [
      `RRSet of type ${set.Type} with DNS name ${set.Name} is not permitted because a conflicting RRSet of type ` +
        `${conflicting.Type} with the same DNS name already exists in zone ${zone.name}`,
    ]
  }
  const siblings = namesakes.filter(({ Type }) => Type === set.Type)
  const policy = policyOf(set)
  if (siblings.some((sibling) => policyOf(sibling) !== policy)) return [cannotBeCreated(set, policy)]
  if (siblings.some((sibling) => sibling !== set && claims(sibling) === claims(set))) {
    return [`${identified(set)} cannot be created because another RRSet of its name and type has the same ${policy}`]
  }
  if (policy === 'Weight' && siblings.length > maxWeighted) {
    return [`${identified(set)} cannot be created: ${maxWeighted} weighted RRSets have the same name and type`]
  }
  const differs = siblings.some(({ TTL }) => TTL !== undefined && TTL !== set.TTL)
  return policy === 'Weight' && set.TTL !== undefined && differs
    ? [`${identified(set)} cannot be created: all weighted RRSets of a name and type must have the same TTL`]
    : []
}

const identified = ({ Name, Type, SetIdentifier }: RecordSet): string =>
  `RRSet with DNS name ${Name}, type ${Type}${SetIdentifier === undefined ? '' : `, SetIdentifier ${SetIdentifier}`}`

/** One name and type has one routing policy. Each policy has a sentence of its own. */
function cannotBeCreated(set: RecordSet, policy: Policy | undefined): string {
  const known = 'with the same name and type already exists'
  const { ContinentCode, CountryCode } = set.GeoLocation ?? {}
  switch (policy) {
    case 'Region':
      return `${identified(set)}, and Region Name=${set.Region} cannot be created because a non-latency RRSet ${known}`
    case 'GeoLocation':
      return `${identified(set)}, and routing to ${ContinentCode ?? CountryCode} cannot be created because a non-GEO RRSet ${known}`
    case 'MultiValueAnswer':
      return `${identified(set)} cannot be created because a non multivalue answer rrset exists with the same name and type.`
    default:
      return `${identified(set)} cannot be created as other RRSets exist with the same name and type.`
  }
}

/** What only one set of a name and type may have, by policy; for the others the set itself, which nobody else has. */
function claims(set: RecordSet): unknown {
  switch (policyOf(set)) {
    case 'Region':
      return set.Region
    case 'Failover':
      return set.Failover
    case 'GeoLocation':
      return JSON.stringify(set.GeoLocation)
    case 'CidrRoutingConfig':
      return JSON.stringify(set.CidrRoutingConfig)
    default:
      return set
  }
}
