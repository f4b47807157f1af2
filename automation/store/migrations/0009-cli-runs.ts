import { sql, type Kysely } from 'kysely'

/** Which CLI ran on which stack, where and for whom: whose lock it may be that a dead machine has left. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `create table cli_runs (
    stack text not null,
    host text not null,
    pid integer not null,
    started_at text not null,
    begun_at timestamptz not null,
    noted_at timestamptz not null default now(),
    operation text not null,
    fence integer not null,
    owner text not null,
    primary key (stack, host, pid)
  )`,
  `create index cli_runs_noted on cli_runs (noted_at)`,
  // since when its lease has not run out once
  `alter table replicas add column held_since timestamptz not null default now()`,
]
