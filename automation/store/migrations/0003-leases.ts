import { sql, type Kysely } from 'kysely'

/** Several services on one journal: who is there, until when it may be believed, and whose an operation is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `create table replicas (
    id text primary key,
    host text not null,
    pid integer not null,
    started_at text not null,
    since timestamptz not null,
    lease_until timestamptz not null
  )`,
  // owner: whose processes may be at work on it, also after its end; fence: raised by every claim
  `alter table operations add column owner text`,
  `alter table operations add column fence integer not null default 0`,
  `alter table operations add column decision jsonb`,
  // what lingers after a rollback has passed at this time
  `alter table operations add column settles_at timestamptz`,
  `create index operations_active on operations (seq) where state in ('queued', 'running')`,
  `create index operations_owned on operations (owner) where owner is not null`,
  `create index operations_settling on operations (settles_at) where settles_at is not null`,
  `create index workloads_by_phase on workloads ((state ->> 'phase'))`,
  `alter table idempotency add column replica text`,
  // what one service read of a workload last, for all others; nothing is lost with it
  `create unlogged table readings (
    migration text not null,
    workload text not null,
    read_at timestamptz not null,
    facts jsonb not null,
    primary key (migration, workload)
  )`,
]
