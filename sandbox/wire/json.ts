import type { NormalizedSchema } from '@smithy/core/schema'
import { AwsError } from '../cloud/errors.ts'
import type { DocumentDialect } from './document.ts'
import { epochSeconds, writeText } from './text.ts'

/** Smithy's sentinel of a timestamp without a format of its own, which JSON writes in seconds. */
const anyFormat = 4

const secondsOf = (date: Date): number => date.getTime() / 1000

const base: Omit<DocumentDialect, 'key'> = {
  readTimestamp(value) {
    if (typeof value === 'number') return new Date(Math.round(value * 1000))
    const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
    return Number.isNaN(ms) ? undefined : new Date(ms)
  },
  readBlob: (value) => (typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : undefined),
  writeTimestamp(schema, value) {
    const format = schema.getSchema()
    return format === anyFormat || format === epochSeconds ? secondsOf(value) : writeText(schema, value)
  },
  writeBlob: (value) => Buffer.from(value).toString('base64'),
  malformed: (path, expected) => new AwsError('SerializationException', `The value at '${path}' is not ${expected}.`),
}

/** restJson1, which calls members by their `jsonName`. */
export const restJsonDialect: DocumentDialect = { ...base, key: jsonKey }

/** awsJson 1.0 and 1.1, which do not. */
export const awsJsonDialect: DocumentDialect = { ...base, key: (name) => name }

function jsonKey(name: string, member: NormalizedSchema): string {
  return member.getMergedTraits().jsonName ?? name
}

/** A body; an empty one is an empty object. */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {}
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON.')
  }
}
