import { isObject, type Properties, type Value } from '../properties.ts'
import { identity } from './plan.ts'
import type { Property, Schema } from './schema.ts'

/**
 * A resource's properties with the elements of every set in an order of their own, as the official provider keeps them.
 * It is not the program's order, so no one may look for a target group by its place in the list.
 */
export function inSetOrder(schema: Schema, properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => {
      const property = schema[name]
      return [name, property ? ordered(property, value) : value]
    }),
  )
}

function ordered(property: Property, value: Value): Value {
  const { fields } = property
  if (Array.isArray(value)) {
    const elements = value.map((element) => (fields && isObject(element) ? inSetOrder(fields, element) : element))
    if (property.type !== 'set') return elements
    const keyed = elements.map((element) => ({ key: identity(fields, element), element }))
    return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ element }) => element)
  }
  return fields && isObject(value) ? inSetOrder(fields, value) : value
}
