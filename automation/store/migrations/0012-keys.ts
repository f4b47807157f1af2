import { sql, type Kysely } from 'kysely'

/** Which request an operation came with, for when it is sent again because whoever accepted it died before the answer. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table operations add column idempotency_key text`.execute(db)
  await sql`create index operations_of_key on operations (idempotency_key) where idempotency_key is not null`.execute(
    db,
  )
}
