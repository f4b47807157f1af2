import { sameSplit, type Split } from '../../infra/traffic.ts'
import type { Workload } from '../migration.ts'
import { phaseOf } from './phases.ts'

/**
 * The splits that may be in effect: the phase's own, and after an operation that broke off the one that it was about to set,
 * which the gates had allowed.
 */
export function wantedSplits({
  state,
  stage,
  unsettled,
}: Pick<Workload, 'state' | 'stage' | 'unsettled'>): readonly Split[] {
  const ofPhase = phaseOf(state).split(state)
  const begun = unsettled ? stage?.split : undefined
  return begun && !sameSplit(begun, ofPhase) ? [ofPhase, begun] : [ofPhase]
}
