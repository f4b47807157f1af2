import type { Split } from '../../infra/traffic.ts'
import type { Stage } from '../../infra/workloads/kind.ts'
import type { GateName } from '../gates/gates.ts'
import type { Instant, PhaseName, State, Workload } from '../migration.ts'
import { prepared } from './stages.ts'

/** One legal change: the stages to run, one staged `up` each, and the state that is true after the last. */
export interface Transition {
  readonly stages: readonly Stage[]
  readonly to: State
}

/** What a transition is made for. */
export interface Moment {
  readonly now: Instant
  /** blue's healthy targets as last read */
  readonly blueHealthy: number
}

/** Why there is no such way, for people; `code` for programs. */
export interface NoWay {
  readonly code: 'wrong-phase' | 'past-point-of-no-return' | 'roll-back-first'
  readonly because: string
}

type Way<P extends PhaseName> = NoWay | ((state: StateOf<P>, workload: Workload, moment: Moment) => Transition)

export type StateOf<P extends PhaseName> = Extract<State, { phase: P }>

/** One row of the table of phases: what is true, what has to be asked before it is left, and the ways out. */
export interface Phase<P extends PhaseName = PhaseName> {
  readonly name: P
  /** What is true in it, in one sentence. */
  readonly truth: string
  /** The split that is wanted in it. */
  split(state: StateOf<P>): Split
  /** Gates that must be open before it may be left forward. */
  readonly gates: readonly GateName[]
  /** What the observer watches while a workload is in it; guards watch where green has traffic. */
  readonly watched: 'no' | 'gates' | 'gates and guards'
  /**
   * What becomes of an advance out of it when whoever carried it out is dead: it is finished; or, where it moves traffic to green, the
   * gates that look at the world are asked again, and only if they are open it is finished, else undone.
   */
  readonly brokenOff: 'finish' | 'asks again'
  readonly forward: Way<P>
  readonly rollback: Way<P>
  /** A rollback while an advance out of this phase runs. */
  readonly undo: Way<P>
  readonly abandon: Way<P>
  readonly release: Way<P>
}

export const noWay = (code: NoWay['code'], because: string): NoWay => ({ code, because })

/** Home, with green's side still there: the way back from every phase in which green has traffic. */
export const backToPrepared = (): Transition => ({
  stages: [prepared],
  to: { phase: 'prepared', confirmation: null },
})
