import type { Properties } from '../properties.ts'
import type { Aws } from './aws.ts'
import type { Property, Schema } from './schema.ts'
import type { Tagging } from './tags.ts'

/** A resource type as it is written down: `State` is the SDK's own type of all its properties. */
export interface Definition<State> {
  /** Such as `aws:lb/listenerRule:ListenerRule`. */
  readonly token: string
  /** What error messages call it. */
  readonly label: string
  readonly schema: { readonly [Name in keyof State]-?: Property }
  readonly tagging?: Tagging
  /** Makes the resource and answers its id as soon as it exists. */
  create(aws: Aws, planned: State): Promise<string>
  /** The rest of the creation. When it fails the resource exists, incomplete. */
  complete?(aws: Aws, id: string, planned: State): Promise<void>
  /** From what a person imports by, where that is not the id, to the id and what else it tells. Absent: it is the id. */
  imported?(text: string): { readonly id: string; readonly known: State }
  /** All that AWS knows by the id alone; `prior` tells what AWS does not. undefined: there is none. */
  read(aws: Aws, id: string, prior: State): Promise<State | undefined>
  /** The id as a refresh answers it, where an update may change it: engines keep the old one until then. */
  refreshedId?(found: State): string
  /** Writes what changed, by the names of properties, and nothing else. Absent: every change needs a new resource. */
  update?(aws: Aws, id: string, planned: State, changed: ReadonlySet<keyof State>, prior: State): Promise<void>
  /** Succeeds when the resource is gone already. */
  delete(aws: Aws, id: string, prior: State): Promise<void>
}

/** A resource type as the provider uses it: of any state. */
export interface ResourceType extends Omit<Definition<Properties>, 'schema'> {
  readonly schema: Schema
}

/** Between the engine and a resource type properties are plain JSON; the type's schema says of what shape. */
export function resourceType<State extends object>(definition: Definition<State>): ResourceType {
  return definition as unknown as ResourceType
}
