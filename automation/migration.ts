/**
 * The words, as in docs/concepts.md; there are no synonyms.
 *
 * migration    one move from one blue cluster to one green cluster: an inventory of workloads and their states
 * workload     one service that is reachable from outside its cluster, with exactly one kind
 * blue, green  which cluster: the old one, the new one. Identity; never changes during a migration
 * live, candidate  what a side is doing now. Role; changes with the split
 * switch point the one AWS object whose value decides who gets the traffic
 * as found     the switch point exactly as it was before we touched it; recorded once, the target of every rollback
 * split        { blue, green } in percent, integers, sum 100; home is 100/0
 * stage        plain data that tells a Pulumi program what should exist now
 * phase        where a workload is in its migration (phases/phases.ts)
 * gate         a question about the world that must be answered before a phase may be left
 * guard        a watch that may bring traffic home by itself; stricter than a gate
 * claim        the journal's record that a switch point belongs to one workload
 * hold         a named reason, by a named holder since a time, not to advance
 * operation    one attempt at one transition
 * plan         what an operation would change, with a hash that binds a later advance to it, and with the way back beside it
 * flip         the emergency path: set the split by direct AWS calls, then reconcile with an `up`
 */
import type { Failure } from './errors.ts'
import type { KindName } from '../infra/workloads/kinds.ts'
import type { FoundBase, Lingering, Stage, SwitchPoint, WorkloadOutputs } from '../infra/workloads/kind.ts'
import type { ClusterRecord, ClusterStateName } from './cluster/record.ts'
import type { Inventory, WorkloadEntry } from './inventory.ts'

/** Milliseconds since the epoch, by the wall clock. */
export type Instant = number

export interface Migration {
  readonly name: string
  readonly inventory: Inventory
  /** Green's, if we build it and were asked to. */
  readonly cluster: ClusterRecord | null
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

/** All of a migration but what its workloads say, which is most of it and stands in a row of each. */
export type MigrationHead = Omit<Migration, 'inventory'> & { readonly inventory: Omit<Inventory, 'workloads'> }

/** Somebody says that what no reading can show is as it should be. */
export interface Confirmation {
  readonly by: string
  readonly reason: string
  readonly at: Instant
}

/** Where a workload is. Each phase carries only what exists in it; what is true in each is told in phases/. */
export type State =
  | { readonly phase: 'registered' }
  | { readonly phase: 'adopted' }
  | { readonly phase: 'prepared'; readonly confirmation: Confirmation | null }
  | {
      readonly phase: 'shifting'
      /** green's share in percent */
      readonly step: number
      readonly since: Instant
      /** blue's healthy targets when it still had all traffic: what green has to match */
      readonly blueAtHome: number
      /** that green answers, where nothing can ask it */
      readonly confirmation: Confirmation | null
    }
  | {
      readonly phase: 'soaking'
      readonly since: Instant
      readonly blueAtHome: number
      readonly confirmation: Confirmation | null
    }
  | { readonly phase: 'retired'; readonly since: Instant }
  | { readonly phase: 'released' }
  | { readonly phase: 'abandoned' }

export type PhaseName = State['phase']

export interface Workload {
  readonly migration: string
  readonly name: string
  readonly kind: KindName
  readonly entry: WorkloadEntry
  readonly state: State
  /** Counts every change of the row; a plan holds for one revision. */
  readonly revision: number
  /** Set once, when the switch point is adopted. */
  readonly found: FoundBase | null
  /** The stage that was last asked for, written before the act. null: no stack was ever touched. */
  readonly stage: Stage | null
  /** What the last finished `up` exported. */
  readonly outputs: WorkloadOutputs | null
  /** The switch point as it was read after the last finished `up`. A difference from it came from elsewhere. */
  readonly onRecord: SwitchPoint | null
  /** A flip, a kill or an interruption: Pulumi's record of the switch point may be behind AWS until it is refreshed. */
  readonly unsettled: boolean
}

/** What is done when a hold's time has come: what it is on goes home first, or it is removed and nothing else. */
export type HoldEnd = 'rollback' | 'resume'

export interface Hold {
  readonly id: string
  /** null: everything is held */
  readonly migration: string | null
  /** null: all of the migration is held */
  readonly workload: string | null
  readonly name: string
  readonly reason: string
  readonly by: string
  readonly since: Instant
  /** When it ends by itself; null: when somebody removes it. */
  readonly until: Instant | null
  /** null: it does not end by itself */
  readonly then: HoldEnd | null
}

/** One that is to be placed; without an end it stays until it is removed. */
export type NewHold = Omit<Hold, 'id' | 'since' | 'until' | 'then'> & Partial<Pick<Hold, 'until' | 'then'>>

export type Action = 'plan' | 'advance' | 'rollback' | 'abandon' | 'release'

/** What may be asked for green's cluster. */
export type ClusterAction = 'cluster-preview' | 'cluster-up' | 'cluster-destroy'

export type OperationState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'interrupted'

export type EndState = Exclude<OperationState, 'queued' | 'running'>

export const finalStates: readonly OperationState[] = ['succeeded', 'failed', 'cancelled', 'interrupted']

/** A call that AWS does not answer an operation, which waits for that. */
export interface Unanswered {
  /** e.g. `ElasticLoadBalancingV2 ModifyRule` */
  readonly call: string
  /** What came instead of an answer. */
  readonly error: string
  readonly since: Instant
  /** Until when it is tried; null: until it is answered. */
  readonly until: Instant | null
}

export interface Operation {
  readonly id: string
  readonly migration: string
  /** The workload's name; of green's cluster that of its stack, which no workload can have. */
  readonly workload: string
  readonly action: Action | ClusterAction
  readonly state: OperationState
  readonly from: PhaseName | ClusterStateName
  readonly to: PhaseName | ClusterStateName
  readonly reason: string | null
  readonly requestedBy: string
  readonly requestedAt: Instant
  readonly startedAt: Instant | null
  readonly finishedAt: Instant | null
  /** Rollback only: from the request received (for a guard: from its firing) to the switch point read back as home. */
  readonly homeMs: number | null
  /** Rollback only: until what lingers has passed. */
  readonly settledMs: number | null
  readonly lingers: Lingering | null
  /** null: AWS answers, or nothing was asked of it yet. */
  readonly unanswered: Unanswered | null
  readonly result: unknown
  readonly error: Failure | null
}

export const isActive = (operation: Operation): boolean => !finalStates.includes(operation.state)

/** The workload's key in logs, events and maps. */
export const keyOf = (workload: { readonly migration: string; readonly name: string }): string =>
  `${workload.migration}/${workload.name}`
