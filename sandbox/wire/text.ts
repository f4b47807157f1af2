import type { NormalizedSchema } from '@smithy/core/schema'

// Smithy's sentinels for a timestamp's format; without one, forms and XML write ISO 8601.
export const httpDate = 6
export const epochSeconds = 7

/** A scalar from a form, an element, a header or a URI; `refuse` makes the error for text that is not what was expected. */
export function readText(schema: NormalizedSchema, text: string, refuse: (expected: string) => Error): unknown {
  if (schema.isStringSchema()) return text
  if (schema.isBooleanSchema()) {
    if (text !== 'true' && text !== 'false') throw refuse('true or false')
    return text === 'true'
  }
  if (schema.isNumericSchema()) {
    if (!/^[-+]?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text)) throw refuse('a number')
    return Number(text)
  }
  if (schema.isTimestampSchema()) {
    const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text)
    if (Number.isNaN(ms)) throw refuse('a timestamp')
    return new Date(ms)
  }
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(text, 'base64'))
  throw new Error(`no text for ${String(schema.getName())}`)
}

/** The other way round. */
export function writeText(schema: NormalizedSchema, value: unknown): string {
  if (value instanceof Date) return timestampText(schema, value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new TypeError(`${String(schema.getName())} is a ${typeof value}, which no text can hold`)
}

function timestampText(schema: NormalizedSchema, value: Date): string {
  const format = schema.getSchema()
  if (format === httpDate) return value.toUTCString()
  if (format === epochSeconds) return String(value.getTime() / 1000)
  return value.toISOString()
}
