import { home, sameSplit } from '../../infra/traffic.ts'
import type { ErrorCode } from '../errors.ts'
import type { GateResult } from '../gates/gate.ts'
import { describeHold } from '../holds/scope.ts'
import type { Action, Hold, PhaseName, State, Workload } from '../migration.ts'
import { numbered } from './attempt.ts'
import type { Moment, NoWay, Phase, Transition } from './phase.ts'
import { phaseOf } from './phases.ts'

/** What is asked for. A plan is asked for as the advance that it would be. */
export type Request =
  | { readonly action: 'advance' }
  | { readonly action: 'rollback'; readonly force: boolean }
  | { readonly action: 'abandon' }
  | { readonly action: 'release' }

/** Everything besides the workload that the answer depends on. */
export interface Circumstances extends Moment {
  readonly holds: readonly Hold[]
  readonly active: ActiveOperation | null
  /** The leaving gates, just asked. Only an advance needs them. */
  readonly gates: readonly GateResult[]
  /** Is every target of blue known to be unhealthy? A stale or missing reading is not known. */
  readonly blueAllUnhealthy: boolean
}

export interface ActiveOperation {
  readonly id: string
  readonly action: Action
  readonly since: number
  readonly from: PhaseName
  /** Has it begun to write to AWS? */
  readonly writes: boolean
}

export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
}

export type Decision =
  { readonly transition: Transition; readonly replaces: ActiveOperation | null } | { readonly refusal: Refusal }

/** May this be done now, and what is to be done? Pure. */
export function decide(workload: Workload, request: Request, circumstances: Circumstances): Decision {
  switch (request.action) {
    case 'advance':
      return decideAdvance(workload, circumstances)
    case 'rollback':
      return decideRollback(workload, request.force, circumstances)
    case 'abandon':
    case 'release':
      return whenIdle(workload, circumstances, phaseOf(workload.state)[request.action])
  }
}

/** The way itself, for what was decided once and goes on. Nothing but the phase is asked. */
export const wayOf = (workload: Workload, action: 'advance' | 'abandon' | 'release', moment: Moment): Decision =>
  follow(workload, moment, phaseOf(workload.state)[action === 'advance' ? 'forward' : action])

function decideAdvance(workload: Workload, circumstances: Circumstances): Decision {
  const decision = whenIdle(workload, circumstances, phaseOf(workload.state).forward)
  if ('refusal' in decision) return decision
  const { holds, gates } = circumstances
  if (holds.length > 0) {
    return refuse('held', `held: ${holds.map(describeHold).join('; ')}. Remove the holds to go on.`, { holds })
  }
  const closed = gates.filter(({ state }) => state !== 'open')
  if (closed.length === 0) return decision
  const sentences = closed.map(({ name, sentence }) => `${name}: ${sentence}`)
  return refuse('gate-closed', sentences.join('; '), { gates: closed })
}

/** Has green traffic of it, or may it get some by what runs? */
export function isAway(state: State, active: Pick<ActiveOperation, 'action'> | null): boolean {
  const phase = phaseOf(state)
  return !sameSplit(phase.split(state), home) || (active?.action === 'advance' && typeof phase.undo === 'function')
}

/** No gate, no hold and no running operation stops a rollback. */
function decideRollback(workload: Workload, force: boolean, circumstances: Circumstances): Decision {
  const { active, blueAllUnhealthy } = circumstances
  const decision = wayBack(workload, circumstances)
  if ('refusal' in decision) return decision
  if (blueAllUnhealthy && !force) {
    const message = 'every target of blue is unhealthy, so home is no healthy side; force: true goes there all the same'
    return refuse('blue-unhealthy', message, {})
  }
  return { ...decision, replaces: active }
}

function wayBack(workload: Workload, circumstances: Circumstances): Decision {
  const { active } = circumstances
  const phase = phaseOf(workload.state)
  if (!active) return follow(workload, circumstances, phase.rollback)
  const { action, from, writes } = active
  if (action === 'plan') return follow(workload, circumstances, phase.rollback)
  if (action !== 'advance') return refuse('operation-in-progress', inProgress(active), { operation: active })
  if (from === 'soaking' && writes) {
    const because = 'blue is being taken out of the switch; wait until the operation has ended'
    return refuse('past-point-of-no-return', because, { operation: active })
  }
  return follow(workload, circumstances, phase.undo)
}

function whenIdle(workload: Workload, circumstances: Circumstances, way: Phase['forward']): Decision {
  const { active } = circumstances
  if (active) return refuse('operation-in-progress', inProgress(active), { operation: active })
  return follow(workload, circumstances, way)
}

function follow(workload: Workload, moment: Moment, way: Phase['forward']): Decision {
  if (typeof way === 'function') {
    return { transition: numbered(way(workload.state, workload, moment), workload), replaces: null }
  }
  return refuseWay(workload, way)
}

const refuseWay = ({ name, state }: Workload, { code, because }: NoWay): Decision =>
  refuse(code, `${name} is ${state.phase}: ${because}`, { phase: state.phase })

const inProgress = ({ action, id }: ActiveOperation): string => `${action} ${id} is under way; wait for it or roll back`

const refuse = (code: ErrorCode, message: string, details: Readonly<Record<string, unknown>>): Decision => ({
  refusal: { code, message, details },
})
