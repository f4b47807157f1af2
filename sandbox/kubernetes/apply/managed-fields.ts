import { fieldsOf, textOf, timestamp, type Draft, type Fields, type ManagedFieldsEntry } from '../object.ts'
import type { Schema, Schemas } from '../schema/schema.ts'
import { applyConflict, StatusError, type Cause } from '../status-error.ts'
import { FieldSet } from './field-set.ts'
import { compare, fieldSetOf, merge, prune, UntypableError, type Comparison } from './typed-value.ts'

/** Who writes, and through which door. */
export interface Writer {
  manager: string
  apiVersion: string
  /** `status` or `scale` when the write goes through that subresource. */
  subresource?: string | undefined
}

/** What the object is, and which of its fields this door opens. */
export interface Typed {
  schemas: Schemas
  schema: Schema
  /** The resource has a status subresource, so status is written through that door alone. */
  statusApart: boolean
  /** An object starts from nothing, so that even its sections have an owner; a built-in one starts with its fields in place. */
  custom: boolean
}

interface Entry extends Omit<ManagedFieldsEntry, 'fieldsV1' | 'fieldsType'> {
  set: FieldSet
}

/** Fields that nobody manages: the API server's own. */
const unmanaged = [
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'generation',
  'managedFields',
  'resourceVersion',
]

const read = ({ fieldsV1, fieldsType: _, ...entry }: ManagedFieldsEntry): Entry => ({
  ...entry,
  set: FieldSet.fromJson(fieldsOf(fieldsV1)),
})

const write = ({ set, subresource, ...entry }: Entry): ManagedFieldsEntry => ({
  ...entry,
  fieldsType: 'FieldsV1',
  fieldsV1: set.toJson(),
  ...(subresource && { subresource }),
})

const identity = ({ manager, operation, apiVersion, subresource }: Omit<Entry, 'set'>): string =>
  [manager, operation, operation === 'Update' ? apiVersion : '', subresource ?? ''].join('\n')

/** Applies come before updates, each in order of time. */
const order = (a: Entry, b: Entry): number =>
  a.operation.localeCompare(b.operation) ||
  (a.time ?? '').localeCompare(b.time ?? '') ||
  a.manager.localeCompare(b.manager)

function manageable(set: FieldSet, typed: Typed, subresource: string | undefined): FieldSet {
  if (subresource === 'status') return set.only('f:status')
  let own = set.without('f:apiVersion').without('f:kind')
  for (const field of unmanaged) own = own.without('f:metadata', `f:${field}`)
  const metadata = own.children.get('f:metadata')
  if (metadata) metadata.member = false
  if (metadata?.empty) own = own.without('f:metadata')
  return typed.statusApart ? own.without('f:status') : own
}

/** Managed fields are a matter of their own, never a managed field. */
function withoutManagedFields(object: Fields): Fields {
  const { managedFields: _, ...metadata } = fieldsOf(object.metadata)
  return { ...object, metadata }
}

/** The entries of the object as it will be: a client may hand in others than the live ones, an empty entry resets them. */
function entriesOf(live: Draft | undefined, next: Draft): Entry[] {
  const given = next.metadata.managedFields
  if (given?.length === 1 && !given[0]?.operation) return []
  return (given?.length ? given : (live?.metadata.managedFields ?? [])).map(read)
}

function settle(entries: Entry[], before: Entry[], now: string): ManagedFieldsEntry[] {
  const known = new Map(before.map((entry) => [identity(entry), entry]))
  return entries
    .filter(({ set }) => !set.empty)
    .map((entry) => {
      const old = known.get(identity(entry))
      const same = old && JSON.stringify(old.set.toJson()) === JSON.stringify(entry.set.toJson())
      return { ...entry, time: (same ? old.time : undefined) ?? now }
    })
    .sort(order)
    .map(write)
}

/** Undefined when a value does not fit its type: the managed fields stay as they are, and validation will say what is wrong. */
function differenceOf({ schemas, schema, custom }: Typed, before: Fields, after: Fields): Comparison | undefined {
  try {
    return compare(schemas, schema, before, after, custom)
  } catch (error) {
    if (error instanceof UntypableError) return undefined
    throw error
  }
}

/** Managed fields after a create, an update or a patch: the writer takes over whatever it changed. */
export function trackUpdate(typed: Typed, live: Draft | undefined, next: Draft, writer: Writer): ManagedFieldsEntry[] {
  const before = entriesOf(live, next)
  // Who resets the managed fields ends the book-keeping, until somebody applies.
  if (live && before.length === 0) return []
  const difference = differenceOf(typed, withoutManagedFields(live ?? {}), withoutManagedFields(next))
  if (!difference) return live?.metadata.managedFields ?? []
  const { changed, removed } = difference
  const mine: Entry = { ...writer, operation: 'Update', set: new FieldSet() }
  const own = before.find((entry) => identity(entry) === identity(mine)) ?? mine
  const others = before
    .filter((entry) => entry !== own)
    .map((entry) => ({ ...entry, set: entry.set.difference(changed).difference(removed) }))
  const taken = own.set.difference(removed).union(manageable(changed, typed, writer.subresource))
  return settle([...others, { ...own, set: taken }], before, timestamp())
}

function holder({ manager, operation, apiVersion, subresource }: Entry): string {
  const name = JSON.stringify(manager) + (subresource ? ` with subresource ${JSON.stringify(subresource)}` : '')
  return operation === 'Apply' ? name : `${name} using ${apiVersion}`
}

function conflictOf(entries: { entry: Entry; paths: string[] }[]): StatusError {
  const causes: Cause[] = entries.flatMap(({ entry, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${holder(entry)}`, field })),
  )
  const [first] = causes
  if (causes.length === 1 && first) {
    return applyConflict(`Apply failed with 1 conflict: ${first.message}: ${first.field ?? ''}`, causes)
  }
  const groups = entries.flatMap(({ entry, paths }) => [
    `conflicts with ${holder(entry)}:`,
    ...paths.map((path) => `- ${path}`),
  ])
  return applyConflict(`Apply failed with ${causes.length} conflicts: ${groups.join('\n')}`, causes)
}

/** The fields of a configuration; one that does not fit its type is refused whole, whatever the field validation. */
function configured({ schemas, schema }: Typed, config: Draft, namespace: unknown): FieldSet {
  try {
    return fieldSetOf(schemas, schema, config)
  } catch (error) {
    if (!(error instanceof UntypableError)) throw error
    const { apiVersion, kind, metadata } = config
    const groupVersion = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`
    const what = `${textOf(namespace)}/${metadata.name ?? ''}; ${groupVersion}, Kind=${kind}`
    // A plain error inside the real API server, so its clients get a 500 with no reason.
    throw new StatusError(500, '', `failed to create typed patch object (${what}): ${error.message}`)
  }
}

/** The managers of a live object; all of an object without any belongs to one that was before the first apply. */
function appliedBefore(typed: Typed, live: Draft, base: Fields, { apiVersion }: Writer): Entry[] {
  const entries = (live.metadata.managedFields ?? []).map(read)
  if (entries.length > 0) return entries
  const set = manageable(fieldSetOf(typed.schemas, typed.schema, base), typed, undefined)
  return [{ manager: 'before-first-apply', operation: 'Update', apiVersion, set }]
}

/**
 * Server-side apply: lays `config` over the live object, takes out what this manager applied before and no longer
 * does, and refuses to change what others own unless `force`. `namespace` is the one in the body, for messages.
 */
export function applyConfiguration(
  typed: Typed,
  live: Draft | undefined,
  config: Draft,
  writer: Writer,
  options: { force: boolean; namespace: unknown },
): Draft {
  const { schemas, schema } = typed
  const set = manageable(configured(typed, config, options.namespace), typed, writer.subresource)
  const base = withoutManagedFields(live ?? { apiVersion: config.apiVersion, kind: config.kind, metadata: {} })
  const before = live ? appliedBefore(typed, live, base, writer) : []
  const mine: Entry = { ...writer, operation: 'Apply', set }
  const last = before.find((entry) => identity(entry) === identity(mine))
  const others = before.filter((entry) => entry !== last)

  const merged = merge(schemas, schema, base, config)
  const owned = others.reduce((all, entry) => all.union(entry.set), set)
  const next = (last ? prune(schemas, schema, merged, last.set, owned) : merged) as Draft

  const { changed, removed } = compare(schemas, schema, base, next, typed.custom)
  const conflicts = others
    .map((entry) => ({ entry, paths: entry.set.intersection(changed).paths() }))
    .filter(({ paths }) => paths.length > 0)
  if (conflicts.length > 0 && !options.force) throw conflictOf(conflicts)

  const yielded = others.map((entry) => ({ ...entry, set: entry.set.difference(changed).difference(removed) }))
  return { ...next, metadata: { ...next.metadata, managedFields: settle([...yielded, mine], before, timestamp()) } }
}
