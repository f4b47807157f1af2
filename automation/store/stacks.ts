import type { Kysely } from 'kysely'
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
