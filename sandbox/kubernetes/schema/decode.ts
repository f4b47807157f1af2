import { isFields, listOf, type Fields } from '../object.ts'
import { isMap, isOpen, type Schema, type Schemas } from './schema.ts'

export interface Decoded {
  value: Fields
  /** Paths of members that the schema does not know; they were left out. */
  unknown: string[]
  /** Values of a wrong type, in the words of Go's JSON decoder. */
  mistyped: string[]
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value)

function fits(value: unknown, schema: Schema): boolean {
  if (schema['x-kubernetes-int-or-string']) return typeof value === 'string' || Number.isInteger(value)
  switch (schema.type) {
    case 'object':
      return isFields(value)
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    case undefined:
      return true
    default:
      return typeof value === schema.type
  }
}

/** Go's `omitempty`: optional fields that hold nothing are not there. (Numbers and booleans may be pointers, so they stay.) */
function isEmpty(value: unknown, member: Schema, schema: Schema, name: string): boolean {
  if (!schema.properties?.[name] || schema.required?.includes(name)) return false
  if (Array.isArray(value)) return value.length === 0
  if (isFields(value)) return isMap(member) && Object.keys(value).length === 0
  return value === ''
}

/**
 * Keeps what the schema knows, as decoding into the API's own types does. `null` counts as absent; so does an empty
 * list, map or text where `omits`, which is so for built-in types.
 */
export function decode(schemas: Schemas, root: Schema, input: Fields, omits: boolean): Decoded {
  const result: Decoded = { value: {}, unknown: [], mistyped: [] }

  const walk = (value: unknown, schema: Schema, path: string): unknown => {
    if (!fits(value, schema)) {
      const wanted = schema.format && schema.type === 'integer' ? schema.format : (schema.type ?? 'int-or-string')
      result.mistyped.push(`json: cannot unmarshal ${kindOf(value)} into Go struct field .${path} of type ${wanted}`)
      return value
    }
    if (Array.isArray(value)) {
      const items = schemas.items(schema)
      return listOf(value).map((item, index) => (item === null ? item : walk(item, items, `${path}[${index}]`)))
    }
    return isFields(value) ? members(value, schema, path) : value
  }

  const members = (value: Fields, schema: Schema, path: string): Fields => {
    const kept: Fields = {}
    for (const [name, inner] of Object.entries(value)) {
      if (inner === undefined) continue
      const member = schemas.member(schema, name)
      const innerPath = path ? `${path}.${name}` : name
      if (!member) result.unknown.push(innerPath)
      else if (inner === null) {
        // An object without a schema keeps its nulls: a default in a CustomResourceDefinition may be one.
        if (isOpen(schema) && !schema.properties?.[name]) kept[name] = null
      } else if (!omits || !isEmpty(inner, member, schema, name)) kept[name] = walk(inner, member, innerPath)
    }
    return kept
  }

  result.value = members(input, root, '')
  return result
}
