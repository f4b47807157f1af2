import { containsUnknown, isObject, isPresent, reveal, UNKNOWN, type Properties, type Value } from '../properties.ts'
import type { Monitor, Registered } from './monitor.ts'
import { urnOf } from './references.ts'

/** What one component under construction has to work with. */
export interface Construction {
  readonly monitor: Monitor
  readonly name: string
  readonly args: Properties
  /** The component's own URN, the parent of all that it registers. */
  readonly urn: string
  /** `urn::id` of the provider that the program gave for a package. */
  readonly provider: (name: string) => string | undefined
  /** URNs of what the program said that this component comes after. */
  readonly dependencies: readonly string[]
  readonly warn: (message: string) => Promise<void>
}

/** Registers the component's resources and answers its outputs. */
export type Component = (construction: Construction) => Promise<Properties>

export interface Child {
  readonly type: string
  readonly name: string
  readonly inputs: Properties
  /** Another parent than the component. */
  readonly parent?: string
  readonly dependsOn?: readonly { readonly urn: string }[]
  readonly ignoreChanges?: readonly string[]
}

/** A resource of the aws or kubernetes provider, by that of the program. */
export function child(construction: Construction, { dependsOn = [], parent, ...rest }: Child): Promise<Registered> {
  const { monitor, urn, provider, dependencies } = construction
  const isProvider = rest.type.startsWith('pulumi:providers:')
  return monitor.custom({
    ...rest,
    parent: parent ?? urn,
    inputs: given(rest.inputs),
    provider: isProvider ? undefined : provider(rest.type.split(':')[0] ?? ''),
    dependencies: [...new Set([...dependencies, ...dependsOn.map((each) => each.urn)])],
  })
}

/** Without what has no value. */
export function given(properties: Record<string, Value | undefined>): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => isPresent(value))) as Properties
}

/** A value made of others, once all of them are known. */
export function computedOf(values: readonly (Value | undefined)[], make: () => Value): Value {
  return values.some(containsUnknown) ? UNKNOWN : make()
}

/** A member somewhere inside, UNKNOWN where something on the way is not known yet. */
export function member(value: Value | undefined, ...path: (string | number)[]): Value | undefined {
  let at: Value | undefined = value === undefined ? undefined : reveal(value)
  for (const key of path) {
    if (at === UNKNOWN) return UNKNOWN
    at = typeof key === 'number' ? (Array.isArray(at) ? at[key] : undefined) : isObject(at) ? at[key] : undefined
  }
  return at
}

/** The properties of a resource that an argument refers to, or of the data that it is. */
export async function properties(
  { monitor }: Pick<Construction, 'monitor'>,
  argument: Value | undefined,
): Promise<Properties> {
  const value = argument === undefined ? undefined : reveal(argument)
  const urn = urnOf(value)
  if (urn === undefined) return isObject(value) ? value : {}
  const { state, id } = await monitor.invoke('pulumi:pulumi:getResource', { urn })
  return { ...(isObject(state) ? state : {}), ...(isPresent(id) && id !== '' && { id }) }
}

/** A plain value as text; lists and objects as JSON. */
export function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}

/** Fails for what the official component can do and this one cannot, so that nothing is silently left out. */
export function refuse(args: Properties, names: readonly string[]): void {
  const name = names.find((each) => isPresent(args[each]))
  if (name !== undefined) throw new Error(`"${name}" is not supported by this stand-in of the eks package`)
}
