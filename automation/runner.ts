import type { Failure } from './errors.ts'
import { Execution } from './execution.ts'
import type { Tools } from './operation-run.ts'
import { OperationRuns } from './operation-runs.ts'
import type { WorkloadChange } from './store/workloads.ts'
import { keyOf, type Instant, type Migration, type OperationState, type State, type Workload } from './migration.ts'
import type { Moment, Transition } from './phases/phase.ts'
import { sameJson } from './same-json.ts'
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
  readonly #runs = new OperationRuns()

  constructor(tools: Tools) {
    this.#tools = tools
  }

  /** Begins; the outcome is told by the journal alone. */
  begin(assignment: Assignment, preempted: Preempted | null = null): void {
    const { operation, workload, migration } = assignment
    const execution = new Execution(this.#tools, operation, workload, migration)
    this.#runs.begin(keyOf(workload), execution, {
      act: () => this.#act(execution, assignment, preempted),
      finish: (outcome) => this.#finish(execution, 'succeeded', outcome),
      fail: (failure, state) => this.#fail(execution, failure, state),
    })
  }

  /** Ends what runs for a workload, at once and without grace, because a rollback takes its place. */
  kill(workload: Workload): Preempted | null {
    return this.#runs.kill(keyOf(workload))
  }

  /** For a graceful stop: what is in flight ends, what comes after it does not begin. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#runs.stop()
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
        work.events.write(workload, operation.id, 'state-changed', event)
        if (hasEnded(change.state)) {
          await work.claims.release(workload.migration, workload.name)
          await work.holds.removeAll(workload.migration, workload.name)
        }
      }
      work.events.write(workload, operation.id, 'operation-finished', { state, error: null })
    })
    this.#settleLater(execution)
  }

  async #fail(execution: Execution, failure: Failure, state: OperationState): Promise<void> {
    const { operation, workload } = execution
    await this.#tools.store.transaction(async (work) => {
      const finished = await work.operations.finish(operation.id, state, { error: failure })
      if (!finished) return
      if (failure.code === 'switch-point-changed') {
        const hold = { name: 'switch-point-changed', reason: failure.message, by: 'eks-cutover' }
        await work.holds.place({ ...hold, migration: workload.migration, workload: workload.name })
        work.events.write(workload, operation.id, 'hold-placed', hold)
      }
      work.events.write(workload, operation.id, 'operation-finished', { state, error: failure })
    })
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
