import { essenceOf } from './audit.ts'
import type { Failure } from './errors.ts'
import { Execution } from './execution.ts'
import type { Tools } from './operation-run.ts'
import type { OperationRuns } from './operation-runs.ts'
import type { WorkloadChange } from './store/workloads.ts'
import type { EndState, Instant, Migration, State, Workload } from './migration.ts'
import { sameJson } from './same-json.ts'
import type { Stage } from '../infra/workloads/kind.ts'
import { mustNotBeFrozen } from './holds/freeze.ts'
import { partsOf } from './parts.ts'
import { makePlan } from './planning.ts'
import { bringHome, type Preempted } from './rollback.ts'
import { runStage } from './stage-runs.ts'
import { beginAgain, goOn, type RecoveryDependencies } from './recovery.ts'
import type { Decision, OperationChange, OperationRecord } from './store/operations.ts'
import { patiently } from './unanswered.ts'

/** An operation that this replica has, and whose it is. */
export interface Assignment {
  readonly operation: OperationRecord
  readonly workload: Workload
  readonly migration: Migration
}

export interface RunnerDependencies extends Tools, RecoveryDependencies {
  readonly runs: OperationRuns
}

/**
 * Carries accepted operations out: load, decide (done by whoever accepted it), save, act, save, tell. What a phase does stands in
 * the table of phases; this is the loop over its stages. Nothing here waits for people.
 */
export class Runner {
  readonly #deps: RunnerDependencies

  constructor(deps: RunnerDependencies) {
    this.#deps = deps
  }

  /** Begins; the outcome is told by the journal alone. */
  begin({ operation, workload, migration }: Assignment, preempted: Preempted | null = null): void {
    const found = workload.found ?? operation.decision?.found ?? null
    const execution = new Execution(this.#deps, operation, { ...workload, found }, migration)
    this.#deps.runs.begin(execution, {
      act: () => this.#act(execution, preempted),
      finish: (outcome) => this.#finish(execution, 'succeeded', outcome),
      fail: (failure, state) => this.#fail(execution, failure, state),
    })
  }

  async #act(execution: Execution, preempted: Preempted | null): Promise<Outcome> {
    const { operation } = execution
    const { transition, moment, previewed } = await this.#decisionOf(execution)
    if (operation.action === 'plan') {
      return { state: null, result: { ...(await patiently(execution, () => makePlan(execution, transition, moment))) } }
    }
    if (operation.action === 'rollback') {
      await bringHome(execution, transition, preempted)
      await execution.pass('before-reconcile')
    }
    let done: Stage | null = null
    for (const [index, stage] of partsOf(execution, transition).entries()) {
      const mayGoOn = (): Promise<void> => mustNotBeFrozen(execution, done, this.#deps.goHome)
      await mayGoOn()
      await patiently(execution, async (attempt) => {
        if (attempt > 1) await beginAgain(execution, this.#deps)
        await runStage(execution, stage, {
          mayGoOn,
          previewed: index === 0 && previewed && attempt === 1,
          deleteUnreachable: operation.action === 'abandon' && operation.request['force'] === true,
        })
      })
      done = stage
    }
    // what another tool that manages the switch point has to be told, once this is done
    const { outputs, onRecord: switchPoint } = execution.workload
    const result = outputs ? { outputs, switchPoint } : {}
    return { state: transition.to, result }
  }

  /** As it was accepted, unless somebody had it before and did not end it. */
  async #decisionOf(execution: Execution): Promise<Decision> {
    const { operation } = execution
    const begun = operation.fence > 1
    if (operation.decision && !begun) return operation.decision
    return goOn(execution, this.#deps)
  }

  /** The state, the operation's end and what they mean for claims and holds, all at once. */
  async #finish(execution: Execution, state: EndState, outcome: Outcome): Promise<void> {
    const { operation, workload } = execution
    await this.#deps.store.transaction(async (work) => {
      const progress = { ...(outcome.result ? { result: outcome.result } : {}), ...this.#settling(execution) }
      const finished = await work.operations.finish(operation, state, progress)
      if (!finished) return
      const change = stateChange(workload, outcome.state, this.#deps.clock.now())
      const details = { state: change && { from: workload.state, to: change.state } }
      work.audit.write(execution.fact({ action: 'end', outcome: state, details }, finished))
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
  }

  async #fail(execution: Execution, failure: Failure, state: EndState): Promise<void> {
    const { operation, workload } = execution
    await this.#deps.store.transaction(async (work) => {
      const finished = await work.operations.finish(operation, state, { error: failure })
      if (!finished) return
      const details = { error: essenceOf(failure) }
      work.audit.write(execution.fact({ action: 'end', outcome: state, details }, finished))
      if (failure.code === 'switch-point-changed') {
        const hold = { name: 'switch-point-changed', reason: failure.message, by: 'eks-cutover' }
        await work.holds.place({ ...hold, migration: workload.migration, workload: workload.name })
        work.events.write(workload, operation.id, 'hold-placed', hold)
      }
      work.events.write(workload, operation.id, 'operation-finished', { state, error: failure })
    })
  }

  /** When what lingers after a rollback will have passed. */
  #settling(execution: Execution): OperationChange {
    const { operation } = execution
    if (operation.action !== 'rollback' || operation.homeMs === null) return {}
    const { seconds } = execution.kind.lingers(execution.site, { blue: 100, green: 0 })
    return { settlesAt: operation.requestedAt + operation.homeMs + this.#deps.clock.wallMs(seconds) }
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
