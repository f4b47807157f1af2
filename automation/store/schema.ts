import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type { FoundBase, Lingering, Stage, SwitchPoint, WorkloadOutputs } from '../../infra/workloads/kind.ts'
import type { KindName } from '../../infra/workloads/kinds.ts'
import type { ClusterRecord, ClusterStateName } from '../cluster/record.ts'
import type { KeptConfig } from '../engine/stack-config.ts'
import type { Inventory, WorkloadEntry } from '../inventory.ts'
import type { Failure } from '../errors.ts'
import type { Decision } from './operations.ts'
import type { Action, ClusterAction, HoldEnd, OperationState, PhaseName, State, Unanswered } from '../migration.ts'
import type { Role } from '../rights.ts'

/** JSON goes in as text and comes out parsed, with either driver. */
type Json<T extends object | null> = JSONColumnType<T, string, string>
type JsonOrNull<T extends object> = JSONColumnType<T | null, string | null, string | null>

/** The journal's tables, as migrations/ makes them. */
export interface Tables {
  migrations: {
    name: string
    inventory: Json<Inventory>
    /** The inventory without its workloads; the database's own reading of it. */
    head: ColumnType<Omit<Inventory, 'workloads'>, never, never>
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
    credential: string | null
    address: string | null
    trace: string | null
    idempotency_key: string | null
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
    owner: string | null
    fence: Generated<number>
    decision: JsonOrNull<Decision>
    settles_at: Date | null
    unanswered: JsonOrNull<Unanswered>
  }
  events: {
    seq: Generated<number>
    at: Date
    migration: string | null
    workload: string | null
    operation: string | null
    type: string
    data: Json<object>
  }
  audit: {
    seq: number
    hash: string
    /** Canonical JSON of all of it but its hash; the columns after it are the database's own reading of it. */
    entry: string
    at: GeneratedAlways<string>
    migration: GeneratedAlways<string | null>
    workload: GeneratedAlways<string | null>
    operation: GeneratedAlways<string | null>
    subject: GeneratedAlways<string>
    action: GeneratedAlways<string>
  }
  holds: {
    id: string
    migration: string | null
    workload: string | null
    name: string
    reason: string
    holder: string
    since: Date
    until: Date | null
    at_end: HoldEnd | null
    /** Its time has come, and what is then to be done is being done. */
    ran_out: Generated<boolean>
  }
  idempotency: {
    key: string
    fingerprint: string
    status: number | null
    headers: JsonOrNull<Record<string, string>>
    body: string | null
    created_at: Date
    replica: string | null
  }
  replicas: {
    id: string
    host: string
    pid: number
    started_at: string
    since: Date
    lease_until: Date
    /** Its lease has not run out since then. */
    held_since: Generated<Date>
  }
  cli_runs: {
    stack: string
    host: string
    pid: number
    started_at: string
    begun_at: Date
    noted_at: Generated<Date>
    operation: string
    fence: number
    owner: string
  }
  readings: { migration: string; workload: string; read_at: Date; facts: Json<object> }
  tokens: {
    id: string
    prefix: string
    digest: string
    subject: string
    role: Role
    scope: JsonOrNull<readonly string[]>
    created_at: Date
    created_by: string
    expires_at: Date | null
    revoked_at: Date | null
    revoked_by: string | null
    last_used_at: Date | null
  }
}
