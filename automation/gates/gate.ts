import type { Grain, Split } from '../../infra/traffic.ts'
import type { BlueTraffic, Health } from '../../infra/workloads/kind.ts'
import type { ChangeTime } from '../windows.ts'
import type { Confirmation, State, Workload } from '../migration.ts'

/** Something that was read, or why it could not be. Nothing here is ever guessed. */
export type Known<T> = { readonly value: T } | { readonly unknown: string }

export const known = <T>(value: T): Known<T> => ({ value })
export const unknown = (why: string): Known<never> => ({ unknown: why })

/** How the test route answered when it was asked just now. */
export interface TestRouteReading {
  /** Why there is none, so that a person has to say that green answers. */
  readonly none?: string
  readonly leadsToGreenAlone: boolean
  readonly answers: number
  readonly asExpected: number
  /** What was wrong with the last answer that was not as expected. */
  readonly lastFault: string | null
}

/** What gates and guards look at: the world as it was just read, and the workload's own clock. */
export interface Facts {
  readonly workload: Workload
  readonly state: State
  /** green's share once the next step is taken */
  readonly nextShare: number
  /** seconds of product time since the state was entered; null where it has no beginning */
  readonly secondsInState: number | null
  /** how finely the switch can split */
  readonly grain: Grain
  /** the splits that may be in effect (phases/wanted.ts) */
  readonly wanted: readonly Split[]
  readonly split: Known<Split | null>
  readonly health: Known<Health>
  readonly greenEndpoints: Known<number>
  readonly testRoute: Known<TestRouteReading>
  /** bindings in green that name blue's target group, as namespace/name */
  readonly strangers: Known<readonly string[]>
  /** what is in the way of this switch, in sentences */
  readonly obstacles: Known<readonly string[]>
  /** what still came to blue lately, by the load balancer's own counters */
  readonly blueTraffic: Known<BlueTraffic>
  /** what a person has said in this phase */
  readonly confirmation: Confirmation | null
  /** false: green needs a healthy target in every zone where blue has one */
  readonly crossZone: boolean
  /** is it the time for changes, and until when? */
  readonly changeTime: ChangeTime
  /** what goes on after the switch, in seconds of product time */
  readonly lingerSeconds: number
}

export type GateState = 'open' | 'closed' | 'unknown'

export interface GateAnswer {
  readonly state: GateState
  readonly sentence: string
  readonly numbers: Readonly<Record<string, number>>
}

export interface GateResult extends GateAnswer {
  readonly name: string
}

/** What has to be read of the world before a gate can be asked; reads cost calls, so each gate names its own. */
export type Need = 'split' | 'health' | 'greenEndpoints' | 'testRoute' | 'strangers' | 'obstacles' | 'blueTraffic'

/** A question about the world. Pure: everything that it looks at is in the facts. Unknown is closed. */
export interface Gate {
  readonly asks: string
  readonly needs: readonly Need[]
  ask(facts: Facts): GateAnswer
}

type Numbers = Readonly<Record<string, number>>

export const open = (sentence: string, numbers: Numbers = {}): GateAnswer => ({ state: 'open', sentence, numbers })
export const closed = (sentence: string, numbers: Numbers = {}): GateAnswer => ({ state: 'closed', sentence, numbers })
export const notKnown = (sentence: string): GateAnswer => ({ state: 'unknown', sentence, numbers: {} })
