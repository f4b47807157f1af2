import type { WorkloadOutputs } from '../../infra/workloads/kind.ts'

/** One step that the engine takes or would take. Secret values are `[secret]`. */
export interface EngineStep {
  readonly urn: string
  readonly type: string
  readonly name: string
  /** the object's id in AWS or Kubernetes; null: it is not made yet */
  readonly id: string | null
  /** Pulumi's own word: create, update, delete, replace, same, import, refresh, … */
  readonly op: string
  readonly changes: readonly PropertyChange[]
  /** The resource leaves the state and stays in AWS. */
  readonly retained: boolean
}

export interface PropertyChange {
  /** e.g. `actions[0].forward.targetGroups[1].weight` */
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

/** What the engine tells while it works. */
export type EngineEvent =
  | { readonly type: 'step'; readonly step: EngineStep }
  | { readonly type: 'step-done'; readonly urn: string; readonly op: string; readonly ok: boolean }
  | { readonly type: 'message'; readonly severity: 'info' | 'warning' | 'error'; readonly text: string }

/** What Pulumi's record of a stack holds. */
export interface Inspection {
  readonly urns: readonly string[]
  /** Something in it may not be deleted. */
  readonly isProtected: boolean
  /** A create was under way when its run died: the object may or may not exist. */
  readonly pendingCreates: boolean
  readonly pending: readonly PendingCreate[]
}

export interface PendingCreate {
  readonly urn: string
  readonly type: string
  /** What the provider was asked for, names that it chose included. */
  readonly inputs: Readonly<Record<string, unknown>>
}

/** An object that exists and belongs to what a dead run was creating. */
export interface Adoption {
  readonly urn: string
  readonly id: string
}

/** Everything that one engine run needs. Runs on one stack come one after the other. */
export interface Task {
  /** Marks every process of the run, so that what is left of it can be found. */
  readonly operation: string
  readonly stack: string
  /** The stack's folder: Pulumi.yaml, Pulumi.<stack>.yaml. */
  readonly folder: string
  /** Rollbacks go before everything that waits. */
  readonly urgent: boolean
  /** Another config than the stack's own, for a preview of what has not begun. */
  readonly configFile?: string
  /** How long a run may be without a sign of life, where that is longer than usual. Milliseconds. */
  readonly patienceMs?: number
}

export interface PreviewResult {
  readonly steps: readonly EngineStep[]
}

export interface UpResult {
  readonly steps: readonly EngineStep[]
  readonly outputs: WorkloadOutputs | null
  /** Everything that the stack exports; secret values are `[secret]`. */
  readonly exports: Readonly<Record<string, unknown>>
}

/** A run under way. */
export interface Run<Result> {
  /** Rejects with CutoverError. After `kill` it rejects with code `cancelled`. */
  readonly result: Promise<Result>
  /** Ends the whole process group at once, without grace. For a rollback: nothing of the run may still write. */
  kill(): void
  /** SIGINT, a grace for what is in flight, then SIGKILL. */
  cancel(): void
  /** Resolves when no process of the run is left. */
  readonly gone: Promise<void>
}

export interface Engine {
  /** Makes the stack unless it exists; `secrets` are encrypted into its config and never on a command line. */
  create(task: Task, secrets: Readonly<Record<string, string>>): Run<null>
  preview(task: Task, listen: (event: EngineEvent) => void): Run<PreviewResult>
  up(task: Task, listen: (event: EngineEvent) => void): Run<UpResult>
  /** Deletes everything in the stack's state, but what is retained. */
  destroy(task: Task, listen: (event: EngineEvent) => void): Run<PreviewResult>
  /** Of these URNs alone. Pending creates are adopted where it says so; all others are forgotten. */
  refresh(task: Task, targets: readonly string[], adoptions?: readonly Adoption[]): Run<null>
  inspect(task: Task): Run<Inspection>
  /** Lets everything in the record be deleted. For what a run that did not come to its end had left protected. */
  unprotect(task: Task): Run<null>
  /** Removes the stack's lock. Only for a lock whose holder is known to be dead: it protects nobody's run. */
  unlock(task: Task): Run<null>
  /** Ends what an earlier service left of an operation. Resolves when nothing of it is left. */
  clearAway(operation: string): Promise<void>
  /** null: ready; otherwise why not, for people. */
  notReady(): string | null
  start(): Promise<void>
  stop(): Promise<void>
}
