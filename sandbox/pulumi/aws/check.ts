import { createHash } from 'node:crypto'
import { containsUnknown, isObject, isPresent, UNKNOWN, type Properties, type Value } from '../properties.ts'
import { formatPath, type PropertyPath } from '../property-path.ts'
import type { Checked } from '../provider.ts'
import { DEFAULTS, isInput, isZero, type Property, type Schema } from './schema.ts'

export interface Naming {
  /** The resource's logical name. */
  name: string
  seed: Uint8Array
  proposedName: string | undefined
}

/**
 * The inputs with every default filled in. A default that was filled last time is kept, so that a made-up name stays
 * and a new version of the provider changes nothing by itself.
 */
export function check(schema: Schema, olds: Properties | undefined, news: Properties, naming: Naming): Checked {
  return { inputs: fill(schema, olds, news, naming), failures: failures(schema, news) }
}

function fill(schema: Schema, olds: Properties | undefined, news: Properties, naming?: Naming): Properties {
  const filled: Properties = {}
  const defaults: string[] = []
  const oldDefaults = Array.isArray(olds?.[DEFAULTS]) ? olds[DEFAULTS] : undefined
  for (const [name, property] of Object.entries(schema)) {
    const given = news[name]
    if (isPresent(given)) {
      filled[name] = fillNested(property, olds?.[name], given)
      continue
    }
    if (property.conflictsWith !== undefined && isPresent(news[property.conflictsWith])) continue
    const usesOld = oldDefaults === undefined || oldDefaults.includes(name)
    const value = defaultOf(property, usesOld ? olds?.[name] : undefined, naming)
    if (value === undefined) continue
    filled[name] = value
    defaults.push(name)
  }
  return { ...filled, [DEFAULTS]: defaults.sort() }
}

/** A default that is zero is left out: nothing distinguishes it from an absent property. */
function defaultOf(property: Property, old: Value | undefined, naming: Naming | undefined): Value | undefined {
  const value = property.default ?? (property.autoName && naming ? autoName(property.autoName, naming) : undefined)
  if (value === undefined) return undefined
  if (isPresent(old)) return old
  return isZero(value) ? undefined : value
}

function fillNested(property: Property, old: Value | undefined, given: Value): Value {
  const { fields } = property
  if (property.json && isObject(given)) return containsUnknown(given) ? UNKNOWN : JSON.stringify(given)
  if (!fields) return given
  if (Array.isArray(given)) {
    const olds = Array.isArray(old) ? old : []
    return given.map((element, index) => fillElement(fields, olds[index], element))
  }
  return fillElement(fields, old, given)
}

function fillElement(fields: Schema, old: Value | undefined, given: Value): Value {
  return isObject(given) ? fill(fields, isObject(old) ? old : undefined, given) : given
}

/** The logical name and seven random hexadecimal digits, cut to the length that AWS allows. */
function autoName(maxLength: number, { name, seed, proposedName }: Naming): string {
  if (proposedName !== undefined) return proposedName
  const random = createHash('sha256').update(seed).update(name).digest('hex').slice(0, 7)
  return `${name.slice(0, maxLength - random.length - 1)}-${random}`
}

interface Place {
  /** undefined: the schema knows no such property. */
  property: Property | undefined
  name: string
  value: Value | undefined
  siblings: Properties
  path: PropertyPath
}

type Rule = (place: Place) => string | undefined

const isMissing: Rule = ({ property, name, value }) =>
  property?.required && !isPresent(value)
    ? `Missing required argument. The argument "${snake(name)}" is required, but no definition was found.`
    : undefined

const isUnsupported: Rule = ({ property, name, value }) =>
  isPresent(value) && name !== DEFAULTS && (!property || !isInput(property))
    ? `Invalid or unknown key. Unsupported argument "${snake(name)}".`
    : undefined

const isUnknownHere: Rule = ({ property, name, value }) =>
  property?.unsupported && isPresent(value) ? `"${snake(name)}" is not supported by this stand-in provider` : undefined

const isConflicting: Rule = ({ property, name, value, siblings }) =>
  property?.conflictsWith !== undefined && isPresent(value) && isPresent(siblings[property.conflictsWith])
    ? `Conflicting configuration arguments. "${snake(name)}": conflicts with ${snake(property.conflictsWith)}`
    : undefined

const isAlone: Rule = ({ property, name, value, siblings }) =>
  property?.requires !== undefined && isPresent(value) && !isPresent(siblings[property.requires])
    ? 'Missing required argument. ' +
      `"${snake(name)}": all of \`${[name, property.requires].map(snake).sort().join(',')}\` must be specified`
    : undefined

const isOutOfRange: Rule = ({ property, name, value }) => {
  if (!property?.range || value === UNKNOWN) return undefined
  const [least, most] = property.range
  if (typeof value === 'number' && (value < least || value > most))
    return `expected ${snake(name)} to be in the range (${least} - ${most}), got ${value}`
  if (typeof value === 'string' && (value.length < least || value.length > most))
    return `expected length of ${snake(name)} to be in the range (${least} - ${most}), got ${value}`
  return undefined
}

const isNoneOfThese: Rule = ({ property, name, value }) =>
  property?.oneOf && typeof value === 'string' && value !== UNKNOWN && !property.oneOf.includes(value)
    ? `expected ${snake(name)} to be one of [${property.oneOf.map((one) => `"${one}"`).join(' ')}], got ${value}`
    : undefined

function failures(schema: Schema, news: Properties): Checked['failures'] {
  const rules = [isMissing, isUnsupported, isUnknownHere, isConflicting, isAlone, isOutOfRange, isNoneOfThese]
  return [...places(schema, news, [])].flatMap((place) =>
    rules.flatMap((rule) => {
      const reason = rule(place)
      return reason === undefined ? [] : [{ property: formatPath(place.path), reason }]
    }),
  )
}

function* places(schema: Schema, properties: Properties, path: PropertyPath): Generator<Place> {
  for (const name of new Set([...Object.keys(schema), ...Object.keys(properties)])) {
    const [property, value] = [schema[name], properties[name]]
    yield { property, name, value, siblings: properties, path: [...path, name] }
    if (property && isPresent(value)) yield* nestedPlaces(property, value, [...path, name])
  }
}

function* nestedPlaces({ fields }: Property, value: Value, path: PropertyPath): Generator<Place> {
  if (!fields) return
  if (isObject(value)) yield* places(fields, value, path)
  if (!Array.isArray(value)) return
  for (const [index, element] of value.entries())
    if (isObject(element)) yield* places(fields, element, [...path, index])
}

/** Terraform's name of a property, which its messages use. */
function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
