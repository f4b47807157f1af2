import type { Properties } from './properties.ts'

/** A resource provider in plain data: what the gRPC service (provider-service.ts) asks. One instance per connection. */
export interface Provider {
  /** Secrets arrive marked and must be answered marked; without, the engine marks an answer by the inputs' names. */
  readonly acceptSecrets: boolean
  diffConfig(olds: Properties, news: Properties): Difference
  configure(config: Properties, call: Call): Promise<void>
  invoke(token: string, args: Properties, call: Call): Promise<Properties>
  check(request: CheckRequest, call: ResourceCall): Promise<Checked>
  diff(request: DiffRequest, call: ResourceCall): Promise<Difference>
  create(request: CreateRequest, call: ResourceCall): Promise<{ id: string; state: Properties }>
  /** undefined: there is no such resource. */
  read(request: ReadRequest, call: ResourceCall): Promise<ReadResult | undefined>
  update(request: UpdateRequest, call: ResourceCall): Promise<Properties>
  delete(request: DeleteRequest, call: ResourceCall): Promise<void>
  /** The connection has closed: nothing more will be asked. */
  close(): void
}

export interface Call {
  /** Aborts when the call is cancelled, when its connection closes, and when the engine says Cancel. */
  readonly signal: AbortSignal
  /** Tells the person who runs the update; never fails. */
  readonly warn: (message: string) => Promise<void>
}

export interface ResourceCall extends Call {
  readonly urn: string
  /** The type token, such as `aws:lb/listener:Listener`. */
  readonly type: string
  /** The logical name in the program. */
  readonly name: string
  /** From the resource option `customTimeouts`. */
  readonly timeoutSeconds: number | undefined
}

export interface CheckRequest {
  /** The checked inputs of last time; undefined for a resource that is new. */
  olds: Properties | undefined
  news: Properties
  /** The same for preview and update, so that both make the same random name. */
  seed: Uint8Array
  /** The name that the project's own naming rule asks for. */
  proposedName: string | undefined
}

export interface Checked {
  inputs: Properties
  failures: { property: string; reason: string }[]
}

export interface DiffRequest {
  id: string
  state: Properties
  news: Properties
  ignoreChanges: string[]
}

export interface CreateRequest {
  inputs: Properties
  preview: boolean
}

export interface ReadRequest {
  id: string
  /** Empty when the resource is being imported: it is known by its id alone. */
  state: Properties
  inputs: Properties
}

export interface ReadResult {
  id: string
  state: Properties
  inputs: Properties
}

export interface UpdateRequest extends DiffRequest {
  preview: boolean
}

export interface DeleteRequest {
  id: string
  state: Properties
}

export type DiffKind = 'add' | 'delete' | 'update' | 'add-replace' | 'delete-replace' | 'update-replace'

export interface Difference {
  /** By property path, as a plan shows it. Empty: nothing changes. */
  detailed: Record<string, DiffKind>
  deleteBeforeReplace: boolean
}

export const noDifference: Difference = { detailed: {}, deleteBeforeReplace: false }

/** The same change, now known to need a new resource. */
export function replacing(kind: DiffKind): DiffKind {
  return kind === 'add' || kind === 'delete' || kind === 'update' ? `${kind}-replace` : kind
}
