import { equal, fieldsOf, isFields, listOf, type Fields } from '../object.ts'
import { isMap, listForm, type Schema, type Schemas } from '../schema/schema.ts'
import { FieldSet } from './field-set.ts'

/** Values read with their schema: which fields they set, how two of them differ, and how one merges into another. */

export class UntypableError extends Error {}

/** How a value is taken apart: not at all, by its members, or by the items of a list under their keys. */
type Parts = { kind: 'leaf' } | { kind: 'members' } | { kind: 'items'; element: (item: unknown) => string }

function partsOf(schemas: Schemas, schema: Schema, path: string): Parts {
  const form = schema.type === 'array' || schema.items ? listForm(schema) : undefined
  if (form?.form === 'set') return { kind: 'items', element: (item) => `v:${JSON.stringify(item)}` }
  if (form?.form === 'map') {
    const items = schemas.items(schema)
    const keys = [...form.keys].sort()
    const keyOf = (item: Fields, key: string): unknown => {
      const value = item[key] ?? schemas.member(items, key)?.default
      if (value === undefined) {
        throw new UntypableError(
          `${path}: element 0: associative list with keys has an element that omits key field "${key}"`,
        )
      }
      return value
    }
    return {
      kind: 'items',
      element: (item) =>
        `k:${JSON.stringify(Object.fromEntries(keys.map((key) => [key, keyOf(fieldsOf(item), key)])))}`,
    }
  }
  const granular = !form && schema.type === 'object' && schema['x-kubernetes-map-type'] !== 'atomic'
  return granular ? { kind: 'members' } : { kind: 'leaf' }
}

interface Part {
  element: string
  value: unknown
  schema: Schema
  /** The part stands for itself in a set, beside what is in it: an item of a list, a key of a map. */
  named: boolean
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'list' : isFields(value) ? 'map' : typeof value)

/** The words of structured-merge-diff for what each type wants, and whether a value is that. */
const expectations: Record<string, [string, (value: unknown) => boolean]> = {
  string: ['string', (value) => typeof value === 'string'],
  boolean: ['boolean', (value) => typeof value === 'boolean'],
  integer: ['numeric (int or float)', (value) => typeof value === 'number'],
  number: ['numeric (int or float)', (value) => typeof value === 'number'],
  array: ['list', Array.isArray],
  object: ['map', isFields],
}

function check(schema: Schema, value: unknown, path: string): void {
  if (value === null || value === undefined || schema['x-kubernetes-int-or-string']) return
  const [wanted, holds] = expectations[schema.type ?? ''] ?? []
  if (holds && !holds(value)) throw new UntypableError(`${path}: expected ${wanted}, got ${kindOf(value)}`)
}

/** The parts of a value by path element, undefined for a value that is one whole. */
function split(schemas: Schemas, schema: Schema, value: unknown, path: string): Part[] | undefined {
  check(schema, value, path)
  const parts = partsOf(schemas, schema, path)
  if (parts.kind === 'items' && Array.isArray(value)) {
    const items = schemas.items(schema)
    return listOf(value).map((item) => ({ element: parts.element(item), value: item, schema: items, named: true }))
  }
  if (parts.kind !== 'members' || !isFields(value)) return undefined
  return Object.entries(value).map(([name, inner]) => {
    const member = schemas.member(schema, name)
    if (!member) throw new UntypableError(`${path}.${name}: field not declared in schema`)
    return { element: `f:${name}`, value: inner, schema: member, named: isMap(schema) }
  })
}

const pathBelow = (path: string, element: string) => (element.startsWith('f:') ? `${path}.${element.slice(2)}` : path)

/** The fields that a configuration sets. */
export function fieldSetOf(schemas: Schemas, schema: Schema, value: unknown, path = ''): FieldSet {
  const set = new FieldSet()
  const parts = split(schemas, schema, value, path)
  if (!parts) set.member = true
  for (const part of parts ?? []) {
    const child = fieldSetOf(schemas, part.schema, part.value, pathBelow(path, part.element))
    child.member ||= part.named || (isFields(part.value) && Object.keys(part.value).length === 0)
    set.children.set(part.element, child)
  }
  return set
}

export interface Comparison {
  /** Added or given another value. */
  changed: FieldSet
  removed: FieldSet
}

/** `sections`: an object within the value came or went as such, too, not just what is in it. */
export function compare(
  schemas: Schemas,
  root: Schema,
  before: unknown,
  after: unknown,
  sections: boolean,
): Comparison {
  const changed = new FieldSet()
  const removed = new FieldSet()

  const walk = (
    schema: Schema,
    old: unknown,
    now: unknown,
    named: boolean,
    trail: [FieldSet, FieldSet],
    path: string,
  ) => {
    const [added, gone] = trail
    const oldParts = split(schemas, schema, old, path)
    const nowParts = split(schemas, schema, now, path)
    const parted = (oldParts?.length ?? 0) + (nowParts?.length ?? 0) > 0
    if (!parted || (old !== undefined && !oldParts) || (now !== undefined && !nowParts)) {
      if (now === undefined) gone.member = true
      else if (!equal(old, now)) added.member = true
      return
    }
    // Fields of a type are always there; what a user put into a list or a map came or went as such.
    if (named && old === undefined) added.member = true
    if (named && now === undefined) gone.member = true
    const all = new Map<string, { old?: unknown; now?: unknown; schema: Schema; named: boolean }>()
    for (const part of oldParts ?? [])
      all.set(part.element, { old: part.value, schema: part.schema, named: part.named })
    for (const part of nowParts ?? []) {
      all.set(part.element, { ...all.get(part.element), now: part.value, schema: part.schema, named: part.named })
    }
    for (const [element, part] of all) {
      const below: [FieldSet, FieldSet] = [added.child(element), gone.child(element)]
      const container = sections || part.named || isMap(part.schema) || part.schema.type === 'array'
      walk(part.schema, part.old, part.now, container, below, pathBelow(path, element))
    }
  }

  walk(root, before, after, false, [changed, removed], '')
  const tidy = (set: FieldSet) => set.union(new FieldSet())
  return { changed: tidy(changed), removed: tidy(removed) }
}

/** Lays a configuration over a live value: members merge, lists merge by their keys, the rest is replaced. */
export function merge(schemas: Schemas, schema: Schema, live: unknown, config: unknown): unknown {
  const parts = partsOf(schemas, schema, '')
  if (parts.kind === 'members' && isFields(live) && isFields(config)) {
    const merged: Fields = { ...live }
    for (const [name, value] of Object.entries(config)) {
      merged[name] = merge(schemas, schemas.member(schema, name) ?? {}, live[name], value)
    }
    return merged
  }
  if (parts.kind !== 'items' || !Array.isArray(live) || !Array.isArray(config)) return config
  const items = schemas.items(schema)
  const merged = new Map(listOf(live).map((item) => [parts.element(item), item]))
  for (const item of listOf(config)) {
    const element = parts.element(item)
    merged.set(element, merged.has(element) ? merge(schemas, items, merged.get(element), item) : item)
  }
  return [...merged.values()]
}

/** Takes out what `last` set and nobody in `owned` holds. A container that is left without anything goes, too. */
export function prune(schemas: Schemas, schema: Schema, value: unknown, last: FieldSet, owned: FieldSet): unknown {
  const parts = partsOf(schemas, schema, '')
  const kept = (inner: unknown, innerSchema: Schema, element: string): { keep: boolean; value: unknown } => {
    const before = last.children.get(element)
    if (!before) return { keep: true, value: inner }
    const holders = owned.children.get(element)
    if (before.member && (!holders || holders.empty)) return { keep: false, value: undefined }
    const pruned = prune(schemas, innerSchema, inner, before, holders ?? new FieldSet())
    const hollow = isFields(pruned) ? Object.keys(pruned).length === 0 : Array.isArray(pruned) && pruned.length === 0
    return { keep: !hollow || (holders !== undefined && !holders.empty) || equal(pruned, inner), value: pruned }
  }
  if (parts.kind === 'members' && isFields(value)) {
    const results = Object.entries(value).map(
      ([name, inner]) => [name, kept(inner, schemas.member(schema, name) ?? {}, `f:${name}`)] as const,
    )
    return Object.fromEntries(results.filter(([, { keep }]) => keep).map(([name, { value: inner }]) => [name, inner]))
  }
  if (parts.kind === 'items' && Array.isArray(value)) {
    const items = schemas.items(schema)
    return listOf(value)
      .map((item) => kept(item, items, parts.element(item)))
      .filter(({ keep }) => keep)
      .map((result) => result.value)
  }
  return value
}
