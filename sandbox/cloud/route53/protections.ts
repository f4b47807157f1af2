import type {
  CreateResourceRecordSetProtectionsCommandInput,
  CreateResourceRecordSetProtectionsCommandOutput,
  DeleteResourceRecordSetProtectionsCommandInput,
  DeleteResourceRecordSetProtectionsCommandOutput,
  ListResourceRecordSetProtectionsCommandInput,
  ListResourceRecordSetProtectionsCommandOutput,
  ProtectionError,
  RRType,
} from '@aws-sdk/client-route-53'
import { AwsError } from '../errors.ts'
import type { Operation } from '../operation.ts'
import { pageOf } from '../page.ts'
import { findZone } from './find.ts'
import { constraintError, invalidInput, requireLength } from './invalid.ts'
import { byLabels, canonicalName, compare, isWithin } from './names.ts'
import type { HostedZone, Protection } from './state.ts'

const protectionKey = (name: string, type: RRType) => `${name}|${type}`

export const createProtections: Operation<
  CreateResourceRecordSetProtectionsCommandInput,
  CreateResourceRecordSetProtectionsCommandOutput
> = (world, { HostedZoneId, Protections = [] }) => {
  const zone = findZone(world, HostedZoneId)
  const wanted = Protections.map(({ RecordName = '', RecordType = 'A', Comment }) => {
    requireLength('protections.member.comment', Comment, 0, 256)
    return { name: canonicalName(RecordName), type: RecordType, ...(Comment && { comment: Comment }) }
  })
  requireEntries(wanted)
  const outside = wanted.filter(({ name }) => !isWithin(name, zone.name))
  if (outside.length > 0) throw batchError(outside, 'InvalidInput', `is not in the hosted zone ${zone.name}`)
  const known = wanted.filter(({ name, type }) => zone.protections.has(protectionKey(name, type)))
  if (known.length > 0) {
    const code = known.length === wanted.length ? 'ProtectionAlreadyExists' : undefined
    throw batchError(known, 'ProtectionAlreadyExists', 'is protected already', code)
  }
  for (const protection of wanted) zone.protections.set(protectionKey(protection.name, protection.type), protection)
  return {}
}

export const deleteProtections: Operation<
  DeleteResourceRecordSetProtectionsCommandInput,
  DeleteResourceRecordSetProtectionsCommandOutput
> = (world, { HostedZoneId, Protections = [] }) => {
  const zone = findZone(world, HostedZoneId)
  const named = Protections.map(({ RecordName = '', RecordType = 'A' }) => ({
    name: canonicalName(RecordName),
    type: RecordType,
  }))
  requireEntries(named)
  const missing = named.filter(({ name, type }) => !zone.protections.has(protectionKey(name, type)))
  if (missing.length > 0) throw batchError(missing, 'ProtectionNotFound', 'is not protected')
  for (const { name, type } of named) zone.protections.delete(protectionKey(name, type))
  return {}
}

function requireEntries(entries: readonly Protection[]): void {
  if (entries.length === 0 || entries.length > 100) {
    throw constraintError('protections', entries.length, 'Member must have length between 1 and 100')
  }
  const distinct = new Set(entries.map(({ name, type }) => protectionKey(name, type)))
  if (distinct.size < entries.length) throw invalidInput('Each name and type can appear only once in the list')
}

function batchError(
  entries: readonly Protection[],
  reason: string,
  words: string,
  code = 'InvalidResourceRecordSetProtectionBatch',
): AwsError {
  const Errors: ProtectionError[] = entries.map(({ name, type }) => ({
    RecordName: name,
    RecordType: type,
    Code: reason,
    Message: `${type} ${name} ${words}`,
  }))
  return new AwsError(code, Errors.map(({ Message }) => Message).join(', '), 400, { Errors })
}

export const listProtections: Operation<
  ListResourceRecordSetProtectionsCommandInput,
  ListResourceRecordSetProtectionsCommandOutput
> = (world, { HostedZoneId, StartRecordName, StartRecordType, MaxResults, NextToken }) => {
  const zone = findZone(world, HostedZoneId)
  if (StartRecordType && !StartRecordName) throw invalidInput('A start record type needs a start record name')
  const start = StartRecordName && !NextToken ? canonicalName(StartRecordName) : undefined
  const all = [...zone.protections.values()]
    .sort((a, b) => byLabels(a.name, b.name) || compare(a.type, b.type))
    .filter(({ name, type }) => {
      const order = start === undefined ? 1 : byLabels(name, start)
      return order > 0 || (order === 0 && type >= (StartRecordType ?? ''))
    })
  const page = pageOf(all, Math.min(MaxResults ?? 300, 300), NextToken)
  if (!page) throw new AwsError('InvalidPaginationToken', 'The pagination token is invalid.')
  return {
    ResourceRecordSetProtections: page.items.map(({ name, type, comment }) => ({
      RecordName: name,
      RecordType: type,
      Comment: comment,
    })),
    NextToken: page.next,
  }
}

/** Why the name and type must not be changed; undefined: it may. The API reference says what it tells, not in which words. */
export function protectionProblem(zone: HostedZone, name: string, type: RRType): string | undefined {
  const protection = zone.protections.get(protectionKey(name, type))
  if (!protection) return undefined
  const comment = protection.comment ? `: ${protection.comment}` : ''
  return `The resource record set [name='${name}', type='${type}'] is protected${comment}`
}
