import { sql, type Kysely } from 'kysely'

/** That AWS does not answer an operation, since when, and until when it is tried: a restart goes on with the same end. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table operations add column unanswered jsonb`.execute(db)
}
