import type { Change, ChangeBatch, ResourceRecordSet } from '@aws-sdk/client-route-53'
import {
  constraintError,
  invalidChangeBatch,
  invalidInput,
  requireLength,
  requireOneOf,
  requireRange,
} from './invalid.ts'
import { canonicalName } from './names.ts'

/** The members of which a record set with an identifier has exactly one. */
const policies = [
  'Weight',
  'Region',
  'Failover',
  'GeoLocation',
  'MultiValueAnswer',
  'GeoProximityLocation',
  'CidrRoutingConfig',
] as const

export type Policy = (typeof policies)[number]

/** undefined: simple routing. */
export const policyOf = (set: ResourceRecordSet): Policy | undefined =>
  policies.find((policy) => set[policy] !== undefined)

const types = 'SOA A TXT NS CNAME MX NAPTR PTR SRV SPF AAAA CAA DS TLSA SSHFP SVCB HTTPS'.split(' ')

const maxRecords = 1000
const maxCharacters = 32_000

/** What AWS refuses before it looks at the zone: values that the API model forbids, and members that do not go together. */
export function requireShape(batch: ChangeBatch | undefined): readonly Change[] {
  const changes = batch?.Changes ?? []
  requireLength('changeBatch.comment', batch?.Comment, 0, 256)
  if (changes.length === 0) {
    throw constraintError('changeBatch.changes', '[]', 'Member must have length greater than or equal to 1')
  }
  for (const [index, { Action, ResourceRecordSet: set }] of changes.entries()) {
    const member = `changeBatch.changes.${index + 1}.member`
    requireOneOf(`${member}.action`, Action, ['CREATE', 'DELETE', 'UPSERT'])
    if (set) requireValues(`${member}.resourceRecordSet`, set)
  }
  for (const change of changes) requireMembers(change)
  requireSize(changes)
  return changes
}

function requireValues(member: string, set: ResourceRecordSet): void {
  requireOneOf(`${member}.type`, set.Type, types)
  requireLength(`${member}.name`, set.Name, 0, 1024)
  requireLength(`${member}.setIdentifier`, set.SetIdentifier, 1, 128)
  requireRange(`${member}.weight`, set.Weight, 0, 255)
  requireRange(`${member}.tTL`, set.TTL, 0, 2_147_483_647)
  requireOneOf(`${member}.failover`, set.Failover, ['PRIMARY', 'SECONDARY'])
}

function requireMembers(change: Change): void {
  const { Action, ResourceRecordSet: set } = change
  if (!set) throw invalidInput(`Invalid request: Missing field 'ResourceRecordSet' in Change with [Action=${Action}]`)
  const where =
    `in Change with [Action=${Action}, Name=${canonicalName(set.Name ?? '')}, ` +
    `Type=${set.Type}, SetIdentifier=${set.SetIdentifier ?? 'null'}]`
  const values = [
    set.AliasTarget !== undefined,
    set.TTL !== undefined && (set.ResourceRecords?.length ?? 0) > 0,
    set.TrafficPolicyInstanceId !== undefined,
  ]
  const mixed = set.AliasTarget && (set.TTL !== undefined || set.ResourceRecords?.length)
  const kinds = mixed ? 2 : values.filter(Boolean).length
  if (kinds !== 1) {
    throw invalidInput(
      'Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], ' +
        `or TrafficPolicyInstanceId], but found ${kinds === 0 ? 'none' : 'more than one'} ${where}`,
    )
  }
  const given = policies.filter((policy) => set[policy] !== undefined).length
  if (set.SetIdentifier === undefined && given > 0) {
    throw invalidInput(`Invalid request: Missing field 'SetIdentifier' ${where}`)
  }
  if (given > 1 || (given === 0 && set.SetIdentifier !== undefined)) {
    throw invalidInput(
      `Invalid request: Expected exactly one of [${policies.slice(0, -1).join(', ')}, or ${policies.at(-1)}], ` +
        `but found ${given === 0 ? 'none' : 'more than one'} ${where}`,
    )
  }
}

/** An UPSERT counts twice ("Quotas on ChangeResourceRecordSets" in Route 53's guide). */
function requireSize(changes: readonly Change[]): void {
  let records = 0
  let characters = 0
  for (const { Action, ResourceRecordSet: set } of changes) {
    const factor = Action === 'UPSERT' ? 2 : 1
    const values = set?.ResourceRecords ?? []
    records += factor * Math.max(values.length, 1)
    characters += factor * values.reduce((sum, { Value = '' }) => sum + Value.length, 0)
  }
  if (records > maxRecords) throw invalidChangeBatch([`Number of records limit of ${maxRecords} exceeded.`])
  if (characters > maxCharacters) {
    throw invalidChangeBatch([`Number of characters limit of ${maxCharacters} exceeded.`])
  }
}
