import { sql, type Kysely } from 'kysely'

/** What any service needs to run any stack: what the Pulumi CLI wrote into its file, and a passphrase that opens it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `create table stacks (
    stack text primary key,
    kept jsonb not null,
    kept_at timestamptz not null
  )`,
  // one row: what all services of this journal have to agree on
  `create table passphrase (
    one boolean primary key default true check (one),
    salt text not null,
    hash text not null
  )`,
  // a path of one machine; where others have it is theirs to say
  `alter table clusters drop column kubeconfig`,
  // Pulumi's own table, as CLI 3.259 makes it where there is none: two runs that do so at once trip over each other
  `create table if not exists pulumi_state (
    key text primary key,
    data json not null,
    updated_at timestamp with time zone not null default now()
  )`,
  `create index if not exists pulumi_state_key_prefix_idx on pulumi_state (key text_pattern_ops)`,
]
