import { sql, type Kysely } from 'kysely'
import type { Tables } from './schema.ts'

export interface StoredAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What an Idempotency-Key stands for, kept for 24 hours. */
export class Idempotency {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /**
   * Takes the key for a request, known by its fingerprint. `new`: go on, then `keep` the answer. `running`: the first request is
   * still being answered, by a replica that is alive. `other`: the key came with another request before.
   */
  async take(key: string, fingerprint: string, replica: string): Promise<'new' | 'running' | 'other' | StoredAnswer> {
    await this.#forgetOld()
    const taken = await this.#db
      .insertInto('idempotency')
      .values({ key, fingerprint, status: null, headers: null, body: null, created_at: new Date(), replica })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .returning('key')
      .executeTakeFirst()
    if (taken) return 'new'
    const row = await this.#db.selectFrom('idempotency').selectAll().where('key', '=', key).executeTakeFirst()
    if (row?.fingerprint !== fingerprint) return 'other'
    if (row.status === null) return 'running'
    return { status: row.status, headers: row.headers ?? {}, body: row.body ?? '' }
  }

  async keep(key: string, { status, headers, body }: StoredAnswer): Promise<void> {
    const values = { status, headers: JSON.stringify(headers), body }
    await this.#db.updateTable('idempotency').set(values).where('key', '=', key).execute()
  }

  /** The request was not answered; the key may be used again. */
  async forget(key: string): Promise<void> {
    await this.#db.deleteFrom('idempotency').where('key', '=', key).execute()
  }

  /** Of yesterday, and what a replica was answering that is dead. */
  async #forgetOld(): Promise<void> {
    const yesterday = new Date(Date.now() - 24 * 3600_000)
    const alive = this.#db
      .selectFrom('replicas')
      .select('id')
      .where('lease_until', '>', sql<Date>`now()`)
    await this.#db
      .deleteFrom('idempotency')
      .where((e) =>
        e.or([e('created_at', '<', yesterday), e.and([e('status', 'is', null), e('replica', 'not in', alive)])]),
      )
      .execute()
  }
}
