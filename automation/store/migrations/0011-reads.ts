import { sql, type Kysely } from 'kysely'

/** What reads need when the journal is full: a migration without its workloads, and the events of one migration or workload. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // the workloads of an inventory are most of it, and each has a row of its own
  `alter table migrations add column head jsonb not null generated always as (inventory - 'workloads') stored`,
  `create index events_of_workload on events (migration, workload, seq)`,
  `create index events_of_migration on events (migration, seq)`,
  `create index events_of_everything on events (seq) where migration is null`,
]
