import type { Properties, Value } from '../properties.ts'

/**
 * What a resource type knows about its properties, in the terms of the AWS provider's own schema. Everything that does not
 * call AWS is computed from it: checks and defaults (check.ts), what an update would make (plan.ts), what that changes
 * (diff.ts) and which of a resource's properties were inputs (inputs.ts).
 *
 * A property is an optional input unless it says otherwise.
 */
export interface Property {
  readonly type: 'string' | 'number' | 'boolean' | 'map' | 'object' | 'list' | 'set'
  /** The properties of an object, or of the elements of a list or set. Without: the elements are strings. */
  readonly fields?: Schema
  readonly required?: true
  /** AWS decides when the program does not. */
  readonly computed?: true
  /** Told by AWS, never an input. */
  readonly output?: true
  readonly default?: Value
  /** A change needs a new resource. */
  readonly replaces?: true
  /** Another value is a change in place; none before or none after needs a new resource. */
  readonly replacesWhenAddedOrRemoved?: true
  /** The official provider knows it, this one does not: refused, so that nothing is silently left out. */
  readonly unsupported?: true
  /** Longest name that is made from the resource's logical name when the program gives none. */
  readonly autoName?: number
  readonly conflictsWith?: string
  /** Another property without which this one is refused. */
  readonly requires?: string
  /** A text as the state keeps it, however the program writes it. */
  readonly canonical?: (given: string) => string
  /** Two texts that mean the same to AWS, so that the one in place of the other is no change. */
  readonly same?: (before: string, after: string) => boolean
  /** A JSON document: the program may give it as an object. */
  readonly json?: true
  /** An absent block leaves what is there as it is. */
  readonly keepsWhenAbsent?: true
  /** Smallest and largest number, or length of a text. */
  readonly range?: readonly [number, number]
  /** The texts that are accepted, in the order in which a refusal names them. */
  readonly oneOf?: readonly string[]
  /** Only matters for some resources: elsewhere a change of it is none. */
  readonly appliesTo?: (resource: Properties) => boolean
}

export type Schema = Readonly<Record<string, Property>>

/** Bookkeeping beside inputs: the names of the properties that a default filled. */
export const DEFAULTS = '__defaults'

export const text = { type: 'string' } as const satisfies Property
export const number = { type: 'number' } as const satisfies Property
export const flag = { type: 'boolean' } as const satisfies Property
export const texts = { type: 'set' } as const satisfies Property
export const map = { type: 'map' } as const satisfies Property

export const required = { required: true } as const
export const computed = { computed: true } as const
export const output = { output: true } as const
export const replaces = { replaces: true } as const

/** Every resource of the AWS provider has a region since version 7. */
export const regional = { region: { ...text, ...computed, ...replaces } } as const satisfies Schema

export const tagged = { ...regional, tags: map, tagsAll: { ...map, ...computed } } as const satisfies Schema

/** Of a service that is not regional. */
export const taggedGlobal = { tags: map, tagsAll: { ...map, ...computed } } as const satisfies Schema

export function isInput(property: Property): boolean {
  return property.output !== true
}

/** Terraform's zero values: absent and empty are the same thing to the provider. */
export function isZero(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && Object.keys(value).every((name) => name === DEFAULTS)
}
