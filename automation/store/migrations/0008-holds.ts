import { sql, type Kysely } from 'kysely'

/** Holds on a migration and on everything, which may end by themselves; and events that are about more than one workload. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `alter table holds
    alter column migration drop not null,
    alter column workload drop not null,
    add column until timestamptz,
    add column at_end text,
    add column ran_out boolean not null default false,
    add constraint holds_scope check (workload is null or migration is not null),
    add constraint holds_end check ((until is null) = (at_end is null))`,
  // everything is frozen or not, whoever asked for it and however often
  `create unique index one_freeze on holds (name) where migration is null and name = 'freeze'`,
  `create index holds_until on holds (until) where until is not null`,
  `alter table events
    alter column migration drop not null,
    alter column workload drop not null`,
]
