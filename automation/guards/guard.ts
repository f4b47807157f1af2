import type { Grain, Split } from '../../infra/traffic.ts'
import type { Health } from '../../infra/workloads/kind.ts'
import type { Known } from '../gates/gate.ts'
import type { Instant } from '../migration.ts'

/** How the service's own requests were answered since the reading before. */
export interface Tally {
  readonly answers: number
  readonly faults: number
  /** What was wrong with the last that was faulty, for people. */
  readonly lastFault?: string | null
}

/** One look at a workload whose traffic green shares. */
export interface Reading {
  readonly at: Instant
  readonly split: Known<Split | null>
  readonly health: Known<Health>
  /** by the side that answered, as the marker, the test route or an undivided split tells */
  readonly probes: { readonly blue: Tally; readonly green: Tally }
}

export interface GuardFacts {
  readonly reading: Reading
  /** blue's healthy targets when it had all traffic */
  readonly blueAtHome: number
  readonly capacity: number
  readonly grain: Grain
}

export type GuardAnswer =
  | { readonly state: 'calm' | 'unknown'; readonly sentence: string }
  | { readonly state: 'alarmed'; readonly sentence: string; readonly numbers: Readonly<Record<string, number>> }

/**
 * A watch that may send traffic home, so it looks only at what can be laid at green's door, and is never alarmed when blue is
 * no healthier. Pure, one reading at a time; it fires when it is alarmed in so many readings in a row (watch.ts).
 */
export interface Guard {
  readonly watches: string
  look(facts: GuardFacts): GuardAnswer
}
