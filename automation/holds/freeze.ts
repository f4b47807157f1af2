import { sameSplit } from '../../infra/traffic.ts'
import type { Stage } from '../../infra/workloads/kind.ts'
import { CutoverError } from '../errors.ts'
import type { Execution } from '../execution.ts'
import { phaseOf } from '../phases/phases.ts'
import { heldSentence } from './scope.ts'

/** Brings the workload home, by the service itself; the operation that asks for it is ended by that. */
export type GoHome = (execution: Execution, reason: string) => Promise<void>

/**
 * Asked before an advance writes anything, again before each further stage. Throws `held` while everything is frozen: what was done
 * stays, and the next advance goes on from there as after a run that broke off. But where what was done has put traffic that is not
 * the phase's own, nobody would watch it: that goes home, which no freeze stops.
 *
 * `done`: the last stage that the operation may have written; null: it has written none.
 */
export async function mustNotBeFrozen(execution: Execution, done: Stage | null, goHome: GoHome): Promise<void> {
  const { operation, workload, tools } = execution
  if (operation.action !== 'advance') return
  const freeze = await tools.store.read.holds.freeze()
  if (!freeze) return
  const { state, stage } = workload
  if (done && operation.writes && !sameSplit(done.split, phaseOf(state).split(state))) {
    await goHome(execution, `an advance was stopped halfway: ${heldSentence(freeze)}`)
    throw new CutoverError('cancelled', 'a rollback took its place')
  }
  if (stage) await execution.save({ unsettled: true })
  throw new CutoverError('held', heldSentence(freeze), { holds: [freeze] })
}
