import { sql, type Kysely } from 'kysely'

/**
 * The audit: append-only, to whoever has the database's password as well as to us. An entry is text, so that its hash is over what
 * stands there to the letter; what is searched by is taken from that text by the database itself.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const from = (member: string): string => `text generated always as (entry::jsonb ->> '${member}') stored`

const statements = [
  `create table audit (
    seq bigint primary key,
    hash text not null,
    entry text not null,
    at ${from('at')},
    migration ${from('migration')},
    workload ${from('workload')},
    operation ${from('operation')},
    subject ${from('by')},
    action ${from('action')}
  )`,
  `create index audit_of_workload on audit (migration, workload, seq)`,
  `create index audit_of_subject on audit (subject, seq)`,
  `create index audit_of_action on audit (action, seq)`,
  `create index audit_by_time on audit (at collate "C", seq)`,
  `create function audit_is_append_only() returns trigger language plpgsql as
    $$ begin raise exception 'the audit is append-only'; end $$`,
  `create trigger audit_is_append_only before update or delete or truncate on audit
    for each statement execute function audit_is_append_only()`,
  // who asked, to be said of everything that is then done; and the trace that the request was part of
  `alter table operations add column credential text, add column address text, add column trace text`,
]
