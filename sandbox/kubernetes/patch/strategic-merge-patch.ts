import { equal, fieldsOf, isFields, listOf, type Fields } from '../object.ts'
import { badRequest } from '../status-error.ts'
import type { Schema, Schemas } from '../schema/schema.ts'

/** Directives that a patch carries between the fields (kubernetes/community, strategic-merge-patch.md). */
const directive = '$patch'
const retained = '$retainKeys'
const orderOf = '$setElementOrder/'
const deletedFrom = '$deleteFromPrimitiveList/'

const isDirective = (name: string) => name.startsWith('$')

const mergesInPatch = (schema: Schema) => schema['x-kubernetes-patch-strategy']?.split(',').includes('merge') ?? false

/** Puts the items into the order that the patch asks for; items that it does not name keep their places after their predecessors. */
function ordered<T>(items: T[], order: unknown[], same: (item: T, wanted: unknown) => boolean): T[] {
  const rank = (item: T) => order.findIndex((wanted) => same(item, wanted))
  const named = items.filter((item) => rank(item) >= 0).sort((a, b) => rank(a) - rank(b))
  return items.map((item) => (rank(item) >= 0 ? (named.shift() ?? item) : item))
}

class Merge {
  readonly #schemas: Schemas

  constructor(schemas: Schemas) {
    this.#schemas = schemas
  }

  object(current: Fields, patch: Fields, schema: Schema): Fields {
    if (patch[directive] === 'replace') return this.#withoutDirectives(patch)
    if (patch[directive] === 'delete') return {}
    const merged: Fields = { ...current }
    const keep = patch[retained]
    if (Array.isArray(keep)) {
      for (const name of Object.keys(merged)) if (!keep.includes(name)) Reflect.deleteProperty(merged, name)
    }
    for (const [name, value] of Object.entries(patch)) {
      if (isDirective(name)) continue
      if (value === null) Reflect.deleteProperty(merged, name)
      else merged[name] = this.#member(merged[name], value, this.#schemas.member(schema, name) ?? {}, patch, name)
    }
    this.#listDirectives(merged, patch, schema)
    return merged
  }

  #member(current: unknown, value: unknown, schema: Schema, patch: Fields, name: string): unknown {
    const replaces = isFields(value) && value[directive] === 'replace'
    if (isFields(value) && !replaces) return this.object(fieldsOf(current), value, schema)
    if (isFields(value)) return this.#withoutDirectives(value)
    if (!Array.isArray(value) || !mergesInPatch(schema)) return value
    const key = schema['x-kubernetes-patch-merge-key']
    const order = listOf(patch[orderOf + name])
    if (key) return this.#list(listOf(current).map(fieldsOf), listOf(value).map(fieldsOf), schema, key, order)
    return ordered([...new Set([...listOf(current), ...listOf(value)])], order, equal)
  }

  #list(current: Fields[], patch: Fields[], schema: Schema, key: string, order: unknown[]): Fields[] {
    if (patch.some((item) => item[directive] === 'replace')) {
      return patch.filter((item) => item[directive] !== 'replace').map((item) => this.#withoutDirectives(item))
    }
    const items = this.#schemas.items(schema)
    let merged = [...current]
    for (const item of patch) {
      const value = item[key]
      if (value === undefined) {
        throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`)
      }
      const index = merged.findIndex((one) => equal(one[key], value))
      if (item[directive] === 'delete') merged = merged.filter((one) => !equal(one[key], value))
      else if (index < 0) merged.push(this.object({}, item, items))
      else merged[index] = this.object(fieldsOf(merged[index]), item, items)
    }
    return ordered(merged, order, (item, wanted) => equal(item[key], fieldsOf(wanted)[key]))
  }

  /** Deletions from lists of scalars, and orders of lists that the patch changes in no other way. */
  #listDirectives(merged: Fields, patch: Fields, schema: Schema): void {
    for (const [name, value] of Object.entries(patch)) {
      const field = name.slice(name.indexOf('/') + 1)
      const items = listOf(merged[field])
      if (name.startsWith(deletedFrom)) {
        merged[field] = items.filter((item) => !listOf(value).some((gone) => equal(gone, item)))
      } else if (name.startsWith(orderOf) && patch[field] === undefined && items.length > 0) {
        const key = this.#schemas.member(schema, field)?.['x-kubernetes-patch-merge-key']
        merged[field] = ordered(items, listOf(value), (item, wanted) =>
          key ? equal(fieldsOf(item)[key], fieldsOf(wanted)[key]) : equal(item, wanted),
        )
      }
    }
  }

  #withoutDirectives(fields: Fields): Fields {
    return Object.fromEntries(Object.entries(fields).filter(([name]) => !isDirective(name)))
  }
}

/** `application/strategic-merge-patch+json`: a merge patch in which lists merge under the keys that the types declare. */
export function strategicMergePatch(schemas: Schemas, schema: Schema, object: Fields, patch: Fields): Fields {
  return new Merge(schemas).object(object, patch, schema)
}
