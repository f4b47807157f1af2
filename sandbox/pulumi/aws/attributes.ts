import type { Properties, Value } from '../properties.ts'

/** ELBv2 keeps many settings of a resource as attributes, texts by key: `deregistration_delay.timeout_seconds` = `300`. */
interface Attribute {
  readonly key: string
  readonly type: 'string' | 'number' | 'boolean'
}

export type AttributeTable = Readonly<Record<string, Attribute>>

export interface KeyValue {
  Key?: string | undefined
  Value?: string | undefined
}

/** The attributes of those properties that `wanted` names and that have a value. */
export function toAttributes(table: AttributeTable, properties: object, wanted: (name: string) => boolean): KeyValue[] {
  return Object.entries(table).flatMap(([name, { key }]) => {
    const value = (properties as Properties)[name]
    if (value === undefined || value === null || value === '' || typeof value === 'object' || !wanted(name)) return []
    return [{ Key: key, Value: String(value) }]
  })
}

export function fromAttributes(table: AttributeTable, attributes: KeyValue[]): Properties {
  const values = new Map(attributes.map(({ Key, Value }) => [Key, Value]))
  return Object.fromEntries(
    Object.entries(table).flatMap(([name, { key, type }]) => {
      const value = values.get(key)
      return value === undefined ? [] : [[name, parse(type, value)]]
    }),
  )
}

function parse(type: Attribute['type'], value: string): Value {
  if (type === 'number') return Number(value)
  return type === 'boolean' ? value === 'true' : value
}
