import { sql, type Kysely } from 'kysely'

/** API tokens, known by a digest. A revoked token keeps its row: it says who could do what, and since when no more. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `create table tokens (
    id text primary key,
    prefix text not null,
    digest text not null unique,
    subject text not null,
    role text not null,
    scope jsonb,
    created_at timestamptz not null,
    created_by text not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    revoked_by text,
    last_used_at timestamptz
  )`,
  `create index tokens_by_prefix on tokens (prefix)`,
]
