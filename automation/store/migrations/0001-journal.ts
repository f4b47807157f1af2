import { sql, type Kysely } from 'kysely'

/** The first journal. Migrations are forward-only: a later shape is a later file. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `create table migrations (
    name text primary key,
    inventory jsonb not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
  )`,
  `create table workloads (
    migration text not null references migrations (name),
    name text not null,
    kind text not null,
    entry jsonb not null,
    state jsonb not null,
    revision integer not null default 1,
    found jsonb,
    stage jsonb,
    outputs jsonb,
    on_record jsonb,
    unsettled boolean not null default false,
    primary key (migration, name)
  )`,
  // one holder per switch point, whatever asks for it
  `create table claims (
    id text primary key,
    migration text not null,
    workload text not null,
    claimed_at timestamptz not null
  )`,
  `create table operations (
    id text primary key,
    seq bigint generated always as identity,
    migration text not null,
    workload text not null,
    action text not null,
    state text not null,
    from_phase text not null,
    to_phase text not null,
    reason text,
    requested_by text not null,
    requested_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz,
    writes boolean not null default false,
    home_ms double precision,
    settled_ms double precision,
    lingers jsonb,
    request jsonb not null,
    result jsonb,
    error jsonb
  )`,
  // one active operation per workload, on any number of services
  `create unique index one_active_operation on operations (migration, workload) where state in ('queued', 'running')`,
  `create index operations_of_workload on operations (migration, workload, seq)`,
  `create table events (
    seq bigint generated always as identity primary key,
    at timestamptz not null,
    migration text not null,
    workload text not null,
    operation text,
    type text not null,
    data jsonb not null
  )`,
  `create index events_of_operation on events (operation, seq)`,
  `create table holds (
    id text primary key,
    migration text not null,
    workload text not null,
    name text not null,
    reason text not null,
    holder text not null,
    since timestamptz not null
  )`,
  `create index holds_of_workload on holds (migration, workload)`,
  `create table idempotency (
    key text primary key,
    fingerprint text not null,
    status integer,
    headers jsonb,
    body text,
    created_at timestamptz not null
  )`,
]
