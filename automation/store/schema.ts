import type { Generated, JSONColumnType } from 'kysely'
import type { FoundBase, Lingering, Stage, SwitchPoint, WorkloadOutputs } from '../../infra/workloads/kind.ts'
import type { KindName } from '../../infra/workloads/kinds.ts'
import type { ClusterRecord, ClusterStateName } from '../cluster/record.ts'
import type { KeptConfig } from '../engine/stack-config.ts'
import type { Inventory, WorkloadEntry } from '../inventory.ts'
import type { Failure } from '../errors.ts'
import type { Action, ClusterAction, OperationState, PhaseName, State } from '../migration.ts'

/** JSON goes in as text and comes out parsed, with either driver. */
type Json<T extends object | null> = JSONColumnType<T, string, string>
type JsonOrNull<T extends object> = JSONColumnType<T | null, string | null, string | null>

/** The journal's tables, as migrations/ makes them. */
export interface Tables {
  migrations: {
    name: string
    inventory: Json<Inventory>
    created_at: Date
    updated_at: Date
  }
  workloads: {
    migration: string
    name: string
    kind: KindName
    entry: Json<WorkloadEntry>
    state: Json<State>
    revision: Generated<number>
    found: JsonOrNull<FoundBase>
    stage: JsonOrNull<Stage>
    outputs: JsonOrNull<WorkloadOutputs>
    on_record: JsonOrNull<SwitchPoint>
    unsettled: Generated<boolean>
  }
  clusters: {
    migration: string
    asked: JsonOrNull<NonNullable<ClusterRecord['asked']>>
    done: JsonOrNull<NonNullable<ClusterRecord['done']>>
    pins: JsonOrNull<NonNullable<ClusterRecord['pins']>>
    outputs: JsonOrNull<NonNullable<ClusterRecord['outputs']>>
  }
  stacks: { stack: string; kept: Json<KeptConfig>; kept_at: Date }
  passphrase: { one: Generated<boolean>; salt: string; hash: string }
  claims: { id: string; migration: string; workload: string; claimed_at: Date }
  operations: {
    id: string
    seq: Generated<number>
    migration: string
    workload: string
    action: Action | ClusterAction
    state: OperationState
    from_phase: PhaseName | ClusterStateName
    to_phase: PhaseName | ClusterStateName
    reason: string | null
    requested_by: string
    requested_at: Date
    started_at: Date | null
    finished_at: Date | null
    writes: Generated<boolean>
    home_ms: number | null
    settled_ms: number | null
    lingers: JsonOrNull<Lingering>
    request: Json<object>
    result: JsonOrNull<object>
    error: JsonOrNull<Failure>
  }
  events: {
    seq: Generated<number>
    at: Date
    migration: string
    workload: string
    operation: string | null
    type: string
    data: Json<object>
  }
  holds: { id: string; migration: string; workload: string; name: string; reason: string; holder: string; since: Date }
  idempotency: {
    key: string
    fingerprint: string
    status: number | null
    headers: JsonOrNull<Record<string, string>>
    body: string | null
    created_at: Date
  }
}
