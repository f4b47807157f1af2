import type { NormalizedSchema } from '@smithy/core/schema'
import type { AwsError } from '../cloud/errors.ts'
import { requiredCount } from './model.ts'

export type Members = Iterable<readonly [name: string, schema: NormalizedSchema]>

/** In what JSON and CBOR, and the protocols on them, differ. Paths are member names joined by dots. */
export interface DocumentDialect {
  key(name: string, member: NormalizedSchema): string
  /** undefined: it is none. */
  readTimestamp(value: unknown): Date | undefined
  readBlob(value: unknown): Uint8Array | undefined
  writeTimestamp(schema: NormalizedSchema, value: Date): unknown
  writeBlob(value: Uint8Array): unknown
  malformed(path: string, expected: string): AwsError
}

/** Reads what JSON.parse or a CBOR decoder made of a body. Required members that are not there are in `missing`. */
export class DocumentReader {
  readonly missing: string[] = []
  readonly #dialect: DocumentDialect

  constructor(dialect: DocumentDialect) {
    this.#dialect = dialect
  }

  /** `required`: how many of the members, from the first on, have to be there. */
  members(members: Members, required: number, value: unknown, path = ''): Record<string, unknown> {
    if (!isObject(value)) throw this.#dialect.malformed(path, 'a structure')
    const structure: Record<string, unknown> = {}
    for (const [name, member] of members) {
      const key = this.#dialect.key(name, member)
      const content = Object.hasOwn(value, key) ? value[key] : undefined
      if (content !== undefined && content !== null) structure[name] = this.#read(member, content, join(path, key))
      else if (required > 0) this.missing.push(join(path, key))
      required -= 1
    }
    return structure
  }

  #read(schema: NormalizedSchema, value: unknown, path: string): unknown {
    if (schema.isStructSchema()) return this.members(schema.structIterator(), requiredCount(schema), value, path)
    if (schema.isListSchema()) {
      if (!Array.isArray(value)) throw this.#dialect.malformed(path, 'a list')
      const member = schema.getValueSchema()
      return value.map((item, index) => this.#read(member, item, join(path, `${index + 1}.member`)))
    }
    if (schema.isMapSchema()) {
      if (!isObject(value)) throw this.#dialect.malformed(path, 'a map')
      const member = schema.getValueSchema()
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, this.#read(member, item, join(path, key))]),
      )
    }
    return this.#scalar(schema, value, path)
  }

  #scalar(schema: NormalizedSchema, value: unknown, path: string): unknown {
    const found = this.#scalarOrUndefined(schema, value)
    if (found === undefined) throw this.#dialect.malformed(path, scalarNoun(schema))
    return found
  }

  #scalarOrUndefined(schema: NormalizedSchema, value: unknown): unknown {
    if (schema.isTimestampSchema()) return this.#dialect.readTimestamp(value)
    if (schema.isBlobSchema()) return this.#dialect.readBlob(value)
    if (schema.isBooleanSchema()) return typeof value === 'boolean' ? value : undefined
    if (schema.isNumericSchema()) return typeof value === 'number' ? value : undefined
    return typeof value === 'string' ? value : undefined
  }
}

function scalarNoun(schema: NormalizedSchema): string {
  if (schema.isTimestampSchema()) return 'a timestamp'
  if (schema.isBlobSchema()) return 'a blob'
  if (schema.isBooleanSchema()) return 'true or false'
  return schema.isNumericSchema() ? 'a number' : 'a string'
}

/** For JSON.stringify or a CBOR encoder. Members that are undefined are left out. */
export function writeDocument(schema: NormalizedSchema, value: unknown, dialect: DocumentDialect): unknown {
  if (schema.isUnitSchema()) return {}
  if (schema.isStructSchema()) return writeDocumentMembers(schema.structIterator(), value, dialect)
  if (schema.isListSchema()) {
    const member = schema.getValueSchema()
    return (value as readonly unknown[]).map((item) => writeDocument(member, item, dialect))
  }
  if (schema.isMapSchema()) {
    const member = schema.getValueSchema()
    const entries = Object.entries(value as object)
    return Object.fromEntries(entries.map(([key, item]) => [key, writeDocument(member, item, dialect)]))
  }
  if (value instanceof Date) return dialect.writeTimestamp(schema, value)
  if (value instanceof Uint8Array) return dialect.writeBlob(value)
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  throw new TypeError(`${String(schema.getName())} is a ${typeof value}, which no document can hold`)
}

export function writeDocumentMembers(
  members: Members,
  value: unknown,
  dialect: DocumentDialect,
): Record<string, unknown> {
  const structure = (value ?? {}) as Readonly<Record<string, unknown>>
  const written: Record<string, unknown> = {}
  for (const [name, member] of members) {
    const content = structure[name]
    if (content === undefined || content === null) continue
    written[dialect.key(name, member)] = writeDocument(member, content, dialect)
  }
  return written
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)
