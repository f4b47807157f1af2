import { equal, isObject, isPresent, type Properties, type Value } from '../properties.ts'
import { DEFAULTS, isInput, isZero, type Property, type Schema } from './schema.ts'

/** After a refresh: the inputs of last time with the values that AWS has now. What was no input stays none. */
export function refreshedInputs(schema: Schema, inputs: Properties, state: Properties): Properties {
  const refreshed: Properties = {}
  for (const [name, old] of Object.entries(inputs)) {
    if (name === DEFAULTS) continue
    const current = state[name]
    if (isPresent(current)) refreshed[name] = refreshedValue(schema[name], old, current)
  }
  return refreshed
}

function refreshedValue(property: Property | undefined, old: Value, current: Value): Value {
  const { fields } = property ?? {}
  if (!fields) return current
  if (isObject(old) && isObject(current)) return refreshedInputs(fields, old, current)
  if (!Array.isArray(old) || !Array.isArray(current)) return current
  const unmatched = [...current]
  return old.flatMap((element, index) => {
    const match = property?.type === 'set' ? bestMatch(element, unmatched) : index
    const found = property?.type === 'set' ? unmatched[match] : current[match]
    if (found === undefined) return []
    if (property?.type === 'set') unmatched.splice(match, 1)
    return isObject(element) && isObject(found) ? [refreshedInputs(fields, element, found)] : [found]
  })
}

/** The element of a set that has most in common with the one of last time, because AWS answers in any order. */
function bestMatch(element: Value, candidates: Value[]): number {
  const scores = candidates.map((candidate) =>
    isObject(element) && isObject(candidate)
      ? Object.entries(element).filter(([name, value]) => equal(value, candidate[name])).length
      : Number(equal(element, candidate)),
  )
  return scores.indexOf(Math.max(...scores))
}

/**
 * After an import: everything that could be an input and is neither zero nor the default. As with the official provider
 * that includes what AWS answers but does not accept, such as a stickiness of 0 seconds in every forward without one, or
 * the empty lists of a target group: whoever ignores changes of all of them (`*`) fails in `check`.
 */
export function importedInputs(schema: Schema, state: Properties): Properties {
  const inputs: Properties = {}
  for (const [name, property] of Object.entries(schema)) {
    const value = state[name]
    if (!isPresent(value) || !isInput(property)) continue
    const input = importedValue(property, value)
    if (property.required || !isDefaultOrZero(property, input)) inputs[name] = input
  }
  return { ...withoutConflicts(schema, inputs), [DEFAULTS]: [] }
}

function importedValue(property: Property, value: Value): Value {
  const { fields } = property
  if (!fields) return value
  if (isObject(value)) return importedInputs(fields, value)
  if (!Array.isArray(value)) return value
  return value.map((element) => (isObject(element) ? importedInputs(fields, element) : element))
}

function isDefaultOrZero(property: Property, value: Value): boolean {
  return property.default === undefined ? isZero(value) : equal(property.default, value)
}

function withoutConflicts(schema: Schema, inputs: Properties): Properties {
  return Object.fromEntries(
    Object.entries(inputs).filter(([name]) => {
      const { conflictsWith } = schema[name] ?? {}
      return conflictsWith === undefined || !isPresent(inputs[conflictsWith]) || name < conflictsWith
    }),
  )
}
