import { equal, isObject, isPresent, UNKNOWN, type Properties, type Value } from '../properties.ts'
import { parsePath, restore } from '../property-path.ts'
import { isInput, isZero, type Property, type Schema } from './schema.ts'

/**
 * The resource as it will be: the inputs, what AWS decides where they say nothing (kept from `prior`, unknown for
 * something new), and the prior value wherever the difference is none to AWS.
 */
export function plan(
  schema: Schema,
  prior: Properties | undefined,
  inputs: Properties,
  ignoreChanges: string[] = [],
): Properties {
  const planned = planFields(schema, prior, inputs)
  const restored = ignoreChanges.reduce<Value | undefined>(
    (value, pattern) => restore(value, prior ?? {}, parsePath(pattern)),
    planned,
  )
  return withoutIdleChanges(schema, prior, restored as Properties)
}

function planFields(schema: Schema, prior: Properties | undefined, inputs: Properties): Properties {
  const planned: Properties = {}
  for (const [name, property] of Object.entries(schema)) {
    const value = planValue(property, prior && (prior[name] ?? null), inputs[name])
    if (isPresent(value)) planned[name] = value
  }
  return planned
}

/** `prior`: undefined for something new, null for a property that it does not have. */
function planValue(property: Property, prior: Value | undefined, input: Value | undefined): Value | undefined {
  if (isInput(property) && isPresent(input)) return planGiven(property, prior, input)
  if (property.output || property.computed) return prior === undefined ? UNKNOWN : prior
  if (property.keepsWhenAbsent && prior !== undefined) return prior
  if (property.default !== undefined) return property.default
  return isZero(prior) ? prior : undefined
}

function planGiven(property: Property, prior: Value | undefined, input: Value): Value {
  const { fields, canonical } = property
  if (input === UNKNOWN) return input
  if (canonical && typeof input === 'string') return canonical(input)
  if (!fields) return input
  if (property.type === 'object') return planElement(fields, prior, input)
  if (!Array.isArray(input)) return input
  const priors = Array.isArray(prior) ? prior : []
  if (property.type === 'list')
    return input.map((element, index) => planElement(fields, prior === undefined ? undefined : priors[index], element))
  return input.map((element) => planSetElement(fields, prior, priors, element))
}

function planElement(fields: Schema, prior: Value | undefined, input: Value): Value {
  if (!isObject(input)) return input
  return planFields(fields, isObject(prior) ? prior : undefined, input)
}

/** A set's element is the same one only when all that the program says about it is the same. */
function planSetElement(fields: Schema, prior: Value | undefined, priors: Value[], input: Value): Value {
  const matching = priors.find(
    (candidate) => identity(fields, planElement(fields, candidate, input)) === identity(fields, candidate),
  )
  return planElement(fields, matching ?? (prior === undefined ? undefined : {}), input)
}

/** What tells the elements of a set apart. Zero values say nothing. */
export function identity(fields: Schema | undefined, element: Value): string {
  return JSON.stringify(significant(fields, element))
}

function significant(fields: Schema | undefined, value: Value): unknown {
  if (!isObject(value)) return value
  const names = Object.keys(fields ?? value).sort()
  return names.flatMap((name) => {
    const member = value[name]
    const property = fields?.[name]
    if (isZero(member)) return []
    if (property?.type === 'set' && Array.isArray(member))
      return [[name, member.map((element) => identity(property.fields, element)).sort()]]
    return [
      [
        name,
        Array.isArray(member)
          ? member.map((each) => significant(property?.fields, each))
          : significant(property?.fields, member as Value),
      ],
    ]
  })
}

/** Keeps the prior value where the new one is the same to AWS, or where the property does not matter to this resource. */
function withoutIdleChanges(schema: Schema, prior: Properties | undefined, planned: Properties): Properties {
  if (!prior) return planned
  const kept = { ...planned }
  for (const [name, property] of Object.entries(schema)) {
    const [before, after] = [prior[name], planned[name]]
    if (!isIdle(property, before, after, planned)) continue
    if (before === undefined) delete kept[name]
    else kept[name] = before
  }
  return kept
}

function isIdle(property: Property, before: Value | undefined, after: Value | undefined, planned: Properties): boolean {
  if (property.appliesTo && !property.appliesTo(planned)) return true
  if (isZero(before) && isZero(after)) return true
  if (property.same && typeof before === 'string' && typeof after === 'string' && after !== UNKNOWN)
    return property.same(before, after)
  return equal(before, after)
}
