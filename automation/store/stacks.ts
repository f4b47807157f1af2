import { sql, type Kysely } from 'kysely'
import type { KeptConfig } from '../engine/stack-config.ts'
import type { Tables } from './schema.ts'

/** What the Pulumi CLI wrote into the stacks' files, so that any service can make them anew. */
export class Stacks {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  async get(stack: string): Promise<KeptConfig | null> {
    const row = await this.#db.selectFrom('stacks').select('kept').where('stack', '=', stack).executeTakeFirst()
    return row?.kept ?? null
  }

  /** Of each stack whose state is in this database the history of the newest `keep` updates stays; the state itself is none of it. */
  async forgetUpdates(keep: number): Promise<void> {
    await sql`
      delete from pulumi_state where key in (
        select key from (
          select key, dense_rank() over (
            partition by substring(key from '^(.*)/') order by substring(key from '-([0-9]+)[.](?:history|checkpoint)[.]json') desc
          ) as age
          from pulumi_state where key like '.pulumi/history/%' and key ~ '-[0-9]+[.](history|checkpoint)[.]json'
        ) updates where age > ${keep}
      )`.execute(this.#db)
  }

  /** Once: what was kept first stays, and is what everybody gets. */
  async keep(stack: string, kept: KeptConfig): Promise<KeptConfig> {
    await this.#db
      .insertInto('stacks')
      .values({ stack, kept: JSON.stringify(kept), kept_at: new Date() })
      .onConflict((conflict) => conflict.column('stack').doNothing())
      .execute()
    return (await this.get(stack)) ?? kept
  }
}
