import { actOf, type AuditAction, type AuditFact, type AuditOutcome, type PulumiUpdate } from './audit.ts'
import type { AwsWrite } from './aws-writes.ts'
import type { Engine, EngineEvent, Run, Task } from './engine/engine.ts'
import { CutoverError } from './errors.ts'
import type { EventType } from './events.ts'
import { areDead, holdersIn } from './lock-of-the-dead.ts'
import type { Instant } from './migration.ts'
import type { PassStopPoint, StopPoint } from './stop-points.ts'
import type { OperationRecord } from './store/operations.ts'
import type { Clock } from './clock.ts'
import type { StackFiles } from './engine/stack-files.ts'
import type { Store } from './store/store.ts'
import type { Connections } from './surroundings.ts'

export interface Tools {
  readonly store: Store
  readonly engine: Engine
  readonly files: StackFiles
  readonly connections: Connections
  readonly clock: Clock
  /** How long an operation that is no way home waits for AWS to answer. Product time. */
  readonly awsWaitSeconds: number
  readonly pass: PassStopPoint
}

/** Something done for an operation, as it is put on record. */
export interface Act {
  readonly action: AuditAction
  readonly outcome: AuditOutcome
  readonly update?: PulumiUpdate | null
  readonly details?: object
}

/** Whose operation it is: a workload, or green's cluster under the name of its stack. */
export interface Subject {
  readonly migration: string
  readonly name: string
}

/** One operation being carried out: the engine run under way, the ways to end it, and what is told meanwhile. */
export abstract class OperationRun {
  readonly tools: Tools
  readonly signal: AbortSignal
  /** Direct calls to AWS that write, since the last entry on record. */
  readonly writes: AwsWrite[] = []
  readonly #abort = new AbortController()
  #run: Run<unknown> | null = null
  #gone: Promise<void> = Promise.resolve()
  #brokenOffAt: Instant | null = null

  constructor(tools: Tools) {
    this.tools = tools
    this.signal = this.#abort.signal
  }

  abstract get operation(): OperationRecord
  abstract get subject(): Subject
  abstract get task(): Task

  /** When what an earlier owner, or an attempt before this one, had at work on it came to its end; null: there was nothing. */
  get brokenOffAt(): Instant | null {
    return this.#brokenOffAt
  }

  /** Ends what an earlier owner has left at work on it. */
  async takeOver(): Promise<void> {
    await this.tools.engine.clearAway(this.operation.id)
    this.brokeOff()
  }

  /** An attempt has ended without success, and another one will be made. */
  brokeOff(): void {
    this.#brokenOffAt = this.tools.clock.now()
  }

  /** An event alone. */
  tell(type: EventType, data: object): Promise<void> {
    return this.tools.store.transaction((work) => work.events.write(this.subject, this.operation.id, type, { ...data }))
  }

  /** An entry on record alone. */
  record(act: Act): Promise<void> {
    return this.tools.store.transaction((work) => work.audit.write(this.fact(act)))
  }

  /** What was done, with the direct calls that it took. They are in one entry only. */
  fact({ action, outcome, update = null, details = {} }: Act, operation = this.operation): AuditFact {
    return actOf(operation, action, outcome, { update, details, aws: this.writes.splice(0) })
  }

  pass(point: StopPoint): Promise<void> {
    return this.tools.pass(point, this.subject.name)
  }

  /** Waits for an engine run, which `kill` and `cancel` can end. */
  async engine<Result>(begin: (engine: Engine, task: Task) => Run<Result>): Promise<Result> {
    try {
      return await this.#engineOnce(begin)
    } catch (error) {
      const holders = holdersIn(error)
      const known = () => this.tools.store.read.cliRuns.of(this.task.stack)
      if (!holders || !(await areDead(holders, known, this.signal))) throw error
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

  /** Ends it at once and without grace: nothing of it may still write. For a rollback that takes its place, if nothing else is said. */
  kill(why = new CutoverError('cancelled', 'a rollback took its place')): void {
    this.#abort.abort(why)
    this.#run?.kill()
  }

  /** What is in flight may end. */
  cancel(why: CutoverError): void {
    this.#abort.abort(why)
    this.#run?.cancel()
  }

  /** Resolves when no process of the last engine run is left. */
  get gone(): Promise<void> {
    return this.#gone
  }
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
