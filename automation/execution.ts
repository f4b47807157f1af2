import type { Aws } from '../infra/aws/clients.ts'
import type { AnyKind, Site, Stage } from '../infra/workloads/kind.ts'
import { kindOf } from '../infra/workloads/kinds.ts'
import type { Clock } from './clock.ts'
import type { Engine, EngineEvent, Run, Task } from './engine/engine.ts'
import { identify } from './engine/processes.ts'
import { isOfThisHost, type LockHolder } from './engine/pulumi-errors.ts'
import type { StackFiles, WriteOptions } from './engine/stack-files.ts'
import { CutoverError } from './errors.ts'
import type { EventType } from './events.ts'
import type { Hold, Migration, Workload } from './migration.ts'
import type { PassStopPoint, StopPoint } from './stop-points.ts'
import type { OperationChange, OperationRecord } from './store/operations.ts'
import type { Store } from './store/store.ts'
import type { WorkloadChange } from './store/workloads.ts'
import { siteOf, type Connections } from './surroundings.ts'

export interface Tools {
  readonly store: Store
  readonly engine: Engine
  readonly files: StackFiles
  readonly connections: Connections
  readonly clock: Clock
  readonly pass: PassStopPoint
}

/**
 * One operation being carried out: the workload as last saved, the engine run under way, and the ways to end it. Every write to
 * the journal goes through here and stops an operation that has been ended by another meanwhile.
 */
export class Execution {
  readonly tools: Tools
  readonly migration: Migration
  readonly signal: AbortSignal
  readonly #abort = new AbortController()
  #operation: OperationRecord
  #workload: Workload
  #run: Run<unknown> | null = null
  #gone: Promise<void> = Promise.resolve()

  constructor(tools: Tools, operation: OperationRecord, workload: Workload, migration: Migration) {
    this.tools = tools
    this.migration = migration
    this.#operation = operation
    this.#workload = workload
    this.signal = this.#abort.signal
  }

  get operation(): OperationRecord {
    return this.#operation
  }

  get workload(): Workload {
    return this.#workload
  }

  get kind(): AnyKind {
    return kindOf(this.#workload.kind)
  }

  get site(): Site {
    return siteOf(this.#workload, this.migration)
  }

  get aws(): Aws {
    return this.tools.connections.aws(this.migration.inventory.aws.region)
  }

  get task(): Task {
    const { action, id } = this.#operation
    return this.tools.files.task(this.#workload, id, action === 'rollback')
  }

  /** Saves a change of the workload and of the operation together. Throws `cancelled` when the operation has ended meanwhile. */
  async save(change: WorkloadChange, progress: OperationChange = {}, also: Also = {}): Promise<void> {
    const { migration, name } = this.#workload
    const saved = await this.tools.store.transaction(async (work) => {
      const operation = await work.operations.change(this.#operation.id, progress, 'running')
      if (!operation) return null
      const changes = Object.keys(change).length > 0
      const workload = changes ? await work.workloads.change(migration, name, change) : this.#workload
      const { hold, events = [] } = also
      const placed = hold ? [['hold-placed', await work.holds.place(hold)] as const] : []
      const told = [...events, ...placed]
      if (told.length > 0) await work.events.writeAll(workload, operation.id, told)
      return { operation, workload }
    })
    if (!saved) throw new CutoverError('cancelled', 'the operation was ended')
    this.#operation = saved.operation
    this.#workload = saved.workload
  }

  /** An event alone. */
  tell(type: EventType, data: object): Promise<void> {
    return this.tools.store.transaction((work) =>
      work.events.write(this.#workload, this.#operation.id, type, { ...data }),
    )
  }

  pass(point: StopPoint): Promise<void> {
    return this.tools.pass(point, this.#workload.name)
  }

  writeConfig(stage: Stage, options?: WriteOptions): Promise<string> {
    return this.tools.files.write(this.#workload, this.migration, stage, options)
  }

  /** Waits for an engine run, which `kill` and `cancel` can end. */
  async engine<Result>(begin: (engine: Engine, task: Task) => Run<Result>): Promise<Result> {
    try {
      return await this.#engineOnce(begin)
    } catch (error) {
      if (!isLockOfTheDead(error)) throw error
      await this.tell('message', { severity: 'info', text: 'the lock of a run that is dead was removed' })
      await this.#engineOnce((engine, task) => engine.unlock(task))
      return await this.#engineOnce(begin)
    }
  }

  async #engineOnce<Result>(begin: (engine: Engine, task: Task) => Run<Result>): Promise<Result> {
    this.signal.throwIfAborted()
    const run = begin(this.tools.engine, this.task)
    this.#run = run
    this.#gone = run.gone
    try {
      return await run.result
    } catch (error) {
      // until it is gone it may still write; whatever comes next has to see all of that
      await run.gone
      // whoever ended it said why
      this.signal.throwIfAborted()
      throw error
    } finally {
      this.#run = null
    }
  }

  /** The engine's events as ours. Steps that change nothing are not told. */
  readonly listen = (event: EngineEvent): void => {
    const told = toldOf(event)
    if (told) this.tell(...told).catch(() => undefined) // the journal is gone: the operation finds out by itself
  }

  /** For a rollback that takes its place: nothing of it may still write. */
  kill(): void {
    this.#abort.abort(new CutoverError('cancelled', 'a rollback took its place'))
    this.#run?.kill()
  }

  /** For a stop of the service: what is in flight may end. */
  cancel(): void {
    this.#abort.abort(new CutoverError('interrupted', 'the service is stopping'))
    this.#run?.cancel()
  }

  /** Resolves when no process of the last engine run is left. */
  get gone(): Promise<void> {
    return this.#gone
  }
}

/** What is written with a change, all or nothing. */
interface Also {
  readonly events?: readonly (readonly [EventType, object])[]
  readonly hold?: Omit<Hold, 'id' | 'since'>
}

/** Every holder of the lock ran on this machine and is provably gone. */
function isLockOfTheDead(error: unknown): boolean {
  if (!(error instanceof CutoverError) || error.code !== 'stack-locked') return false
  const holders = error.details['holders'] as readonly LockHolder[]
  return holders.every((holder) => isOfThisHost(holder) && identify(holder.pid) === null)
}

function toldOf(event: EngineEvent): [EventType, object] | null {
  switch (event.type) {
    case 'step': {
      const { type, name, op } = event.step
      return op === 'same' ? null : ['resource-step', { type, name, op }]
    }
    case 'step-done':
      return event.op === 'same'
        ? null
        : ['resource-step-done', { name: nameOf(event.urn), op: event.op, ok: event.ok }]
    case 'message':
      return ['message', { severity: event.severity, text: event.text }]
  }
}

const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf('::') + 2)
