import { failureOf, type Failure } from './errors.ts'
import { Execution, type Tools } from './execution.ts'
import type { WorkloadChange } from './store/workloads.ts'
import { keyOf, type Instant, type Migration, type OperationState, type State, type Workload } from './migration.ts'
import type { Moment, Transition } from './phases/phase.ts'
import { sameJson } from './plan/plan.ts'
import { partsOf } from './parts.ts'
import { makePlan } from './planning.ts'
import { bringHome, type Preempted } from './rollback.ts'
import { runStage } from './stage-runs.ts'
import type { OperationChange, OperationRecord } from './store/operations.ts'

/** An accepted operation and everything that was decided about it. */
export interface Assignment {
  readonly operation: OperationRecord
  readonly workload: Workload
  readonly migration: Migration
  readonly transition: Transition
  readonly moment: Moment
  /** The first stage was previewed by the plan that the advance names. */
  readonly previewed: boolean
}

/**
 * Carries accepted operations out: load, decide (done by whoever accepted it), save, act, save, tell. What a phase does stands in
 * the table of phases; this is the loop over its stages. Nothing here waits for people.
 */
export class Runner {
  readonly #tools: Tools
  readonly #stopped = new AbortController()
  readonly #running = new Map<string, { execution: Execution; done: Promise<void> }>()

  constructor(tools: Tools) {
    this.#tools = tools
  }

  /** Begins; the outcome is told by the journal alone. */
  begin(assignment: Assignment, preempted: Preempted | null = null): void {
    const { operation, workload, migration } = assignment
    const execution = new Execution(this.#tools, operation, workload, migration)
    const key = keyOf(workload)
    const done = this.#carryOut(execution, assignment, preempted).finally(() => {
      if (this.#running.get(key)?.execution === execution) this.#running.delete(key)
    })
    this.#running.set(key, { execution, done })
  }

  /** Ends what runs for a workload, at once and without grace, because a rollback takes its place. */
  kill(workload: Workload): Preempted | null {
    const running = this.#running.get(keyOf(workload))
    if (!running) return null
    running.execution.kill()
    return { gone: running.done.then(() => running.execution.gone) }
  }

  /** For a graceful stop: what is in flight ends, what comes after it does not begin. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    const all = [...this.#running.values()]
    for (const { execution } of all) execution.cancel()
    await Promise.all(all.map(({ done }) => done))
  }

  async #carryOut(execution: Execution, assignment: Assignment, preempted: Preempted | null): Promise<void> {
    try {
      if (execution.operation.startedAt === null) {
        await execution.save({}, { startedAt: this.#tools.clock.now() }, { events: [['operation-started', {}]] })
      }
      await execution.pass('operation-accepted')
      const outcome = await this.#act(execution, assignment, preempted)
      await execution.pass('before-finish')
      await this.#finish(execution, 'succeeded', outcome)
    } catch (error) {
      await this.#fail(execution, error)
    }
  }

  async #act(execution: Execution, assignment: Assignment, preempted: Preempted | null): Promise<Outcome> {
    const { transition, moment, operation } = assignment
    if (operation.action === 'plan') {
      return { state: null, result: { ...(await makePlan(execution, transition, moment)) } }
    }
    if (operation.action === 'rollback') {
      await bringHome(execution, transition, preempted)
      await execution.pass('before-reconcile')
    }
    for (const [index, stage] of partsOf(execution, transition).entries()) {
      await runStage(execution, stage, {
        previewed: index === 0 && assignment.previewed,
        deleteUnreachable: operation.action === 'abandon' && operation.request['force'] === true,
      })
    }
    // what another tool that manages the switch point has to be told, once this is done
    const { outputs, onRecord: switchPoint } = execution.workload
    const result = outputs ? { outputs, switchPoint } : {}
    return { state: transition.to, result }
  }

  /** The state, the operation's end and what they mean for claims and holds, all at once. */
  async #finish(execution: Execution, state: OperationState, outcome: Outcome): Promise<void> {
    const { operation, workload } = execution
    await this.#tools.store.transaction(async (work) => {
      const progress: OperationChange = outcome.result ? { result: outcome.result } : {}
      const finished = await work.operations.finish(operation.id, state, progress)
      if (!finished) return
      const change = stateChange(workload, outcome.state, this.#tools.clock.now())
      if (change) {
        await work.workloads.change(workload.migration, workload.name, change)
        const event = { from: workload.state, to: change.state, reason: operation.reason }
        await work.events.write(workload, operation.id, 'state-changed', event)
        if (hasEnded(change.state)) {
          await work.claims.release(workload.migration, workload.name)
          await work.holds.removeAll(workload.migration, workload.name)
        }
      }
      await work.events.write(workload, operation.id, 'operation-finished', { state, error: null })
    })
    this.#settleLater(execution)
  }

  async #fail(execution: Execution, error: unknown): Promise<void> {
    const { operation, workload } = execution
    const failure = failureOf(error)
    const state = stateAfter(failure)
    try {
      await this.#tools.store.transaction(async (work) => {
        const finished = await work.operations.finish(operation.id, state, { error: failure })
        if (!finished) return
        if (failure.code === 'switch-point-changed') {
          const hold = { name: 'switch-point-changed', reason: failure.message, by: 'eks-cutover' }
          await work.holds.place({ ...hold, migration: workload.migration, workload: workload.name })
          await work.events.write(workload, operation.id, 'hold-placed', hold)
        }
        await work.events.write(workload, operation.id, 'operation-finished', { state, error: failure })
      })
    } catch {
      // the journal itself is gone: at the next start the operation is found unfinished and becomes interrupted
    }
  }

  /** What lingers after a rollback is waited for by itself; the operation has long succeeded. */
  #settleLater(execution: Execution): void {
    const { operation, site, kind } = execution
    if (operation.action !== 'rollback' || operation.homeMs === null) return
    const { clock, store } = this.#tools
    const { seconds } = kind.lingers(site, { blue: 100, green: 0 })
    const passed = clock.secondsSince(operation.requestedAt + operation.homeMs)
    clock
      .sleep(Math.max(0, seconds - passed), this.#stopped.signal)
      .then(() =>
        store.transaction((work) => work.operations.settled(operation.id, clock.now() - operation.requestedAt)),
      )
      .catch(() => undefined) // the service stopped first; nobody waits for this figure
  }
}

interface Outcome {
  readonly state: State | null
  readonly result: object | null
}

/** A rollback has saved its state at home already. Of any other, what counts from `since` counts from its end. */
function stateChange(workload: Workload, to: State | null, now: Instant): (WorkloadChange & { state: State }) | null {
  if (!to || sameJson(to, workload.state)) return null
  return { state: 'since' in to ? { ...to, since: now } : to }
}

const hasEnded = ({ phase }: State): boolean => phase === 'released' || phase === 'abandoned'

function stateAfter({ code }: Failure): OperationState {
  if (code === 'cancelled') return 'cancelled'
  return code === 'interrupted' ? 'interrupted' : 'failed'
}
