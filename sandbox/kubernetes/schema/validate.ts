import { isFields, listOf, type Fields } from '../object.ts'
import { invalidValue, notSupported, required, tooMany, typeInvalid, type FieldError } from '../status-error.ts'
import type { Schema, Schemas } from './schema.ts'

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function hasType(value: unknown, schema: Schema): boolean {
  const type = typeOf(value)
  if (value === null) return schema.nullable === true
  if (schema['x-kubernetes-int-or-string']) return type === 'integer' || type === 'string'
  return schema.type === undefined || schema.type === type || (schema.type === 'number' && type === 'integer')
}

const invalidBody = (path: string, value: unknown, words: string) =>
  invalidValue(path, value, `${path} in body ${words}`)

/** What a value of the right type may still get wrong, in the words of the API server's validator; the first of them counts. */
function valueError(value: unknown, schema: Schema, path: string): FieldError | undefined {
  const {
    minLength = 0,
    maxLength = Infinity,
    pattern,
    minimum = -Infinity,
    maximum = Infinity,
    maxItems = Infinity,
  } = schema
  if (schema.enum && !schema.enum.includes(value)) return notSupported(path, value, schema.enum)
  if (typeof value === 'string') {
    if (value.length > maxLength) return invalidBody(path, value, `should be at most ${maxLength} chars long`)
    if (value.length < minLength) return invalidBody(path, value, `should be at least ${minLength} chars long`)
    if (pattern && !new RegExp(pattern).test(value)) return invalidBody(path, value, `should match '${pattern}'`)
  }
  if (typeof value === 'number') {
    if (value > maximum) return invalidBody(path, value, `should be less than or equal to ${maximum}`)
    if (value < minimum) return invalidBody(path, value, `should be greater than or equal to ${minimum}`)
  }
  if (Array.isArray(value)) {
    const { length } = value
    if (length > maxItems) return tooMany(path, length, maxItems)
    if (length < (schema.minItems ?? 0)) {
      return invalidBody(path, length, `should have at least ${schema.minItems} items`)
    }
  }
  return undefined
}

/** What a custom resource's schema finds wrong with an object. */
export function validate(schemas: Schemas, root: Schema, object: Fields): FieldError[] {
  const errors: FieldError[] = []

  const walk = (value: unknown, schema: Schema, path: string): void => {
    if (!hasType(value, schema)) {
      errors.push(typeInvalid(path, typeOf(value), schema.type ?? 'integer or string'))
      return
    }
    const wrong = valueError(value, schema, path)
    if (wrong) errors.push(wrong)
    if (Array.isArray(value))
      listOf(value).forEach((item, index) => walk(item, schemas.items(schema), `${path}[${index}]`))
    if (isFields(value)) members(value, schema, path)
  }

  const members = (value: Fields, schema: Schema, path: string): void => {
    const pathOf = (name: string) => (path ? `${path}.${name}` : name)
    for (const name of schema.required ?? []) {
      if (value[name] === undefined) errors.push(required(pathOf(name)))
    }
    for (const [name, inner] of Object.entries(value)) {
      const member = schemas.member(schema, name)
      // The API server's own checks see to metadata.
      if (member && inner !== undefined && !(path === '' && name === 'metadata')) walk(inner, member, pathOf(name))
    }
  }

  members(object, root, '')
  return errors.sort((a, b) => (a.field < b.field ? -1 : 1))
}

/** Fills in the defaults of a custom resource's schema, below members that are there. */
export function withDefaults(schemas: Schemas, schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withDefaults(schemas, schemas.items(schema), item))
  if (!isFields(value)) return value
  const filled: Fields = { ...value }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (filled[name] === undefined && property.default !== undefined) filled[name] = structuredClone(property.default)
  }
  for (const [name, inner] of Object.entries(filled)) {
    const member = schemas.member(schema, name)
    if (member) filled[name] = withDefaults(schemas, member, inner)
  }
  return filled
}
