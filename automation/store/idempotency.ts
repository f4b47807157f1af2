import { sql, type Kysely } from 'kysely'
import type { Tables } from './schema.ts'

export interface StoredAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface BecameOperation {
  /** Its id. */
  readonly operation: string
}

/** A request has arrived so long before its key is taken, at most. */
const longestRequestMs = 60_000

/** What an Idempotency-Key stands for, kept for 24 hours. */
export class Idempotency {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /**
   * Takes the key for a request, known by its fingerprint, for a replica that answers no other one with this key. `new`: go on, then
   * `keep` the answer. `running`: another replica that is alive is answering the first. `other`: the key came with another request
   * before. An operation's id: the first request became that, and whoever accepted it could not say so; `keep` this answer.
   */
  async take(
    key: string,
    fingerprint: string,
    replica: string,
  ): Promise<'new' | 'running' | 'other' | BecameOperation | StoredAnswer> {
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
    if (row.status !== null) return { status: row.status, headers: row.headers ?? {}, body: row.body ?? '' }
    if (!(await this.#takeOver(key, replica))) return 'running'
    const operation = await this.#operationOf(key, row.created_at)
    return operation === null ? 'new' : { operation }
  }

  async keep(key: string, { status, headers, body }: StoredAnswer): Promise<void> {
    const values = { status, headers: JSON.stringify(headers), body }
    await this.#db.updateTable('idempotency').set(values).where('key', '=', key).execute()
  }

  /** The request was not answered; it may be sent again with its key. */
  async letGo(key: string): Promise<void> {
    await this.#db.updateTable('idempotency').set({ replica: null }).where('key', '=', key).execute()
  }

  /** false: somebody else who is alive is answering. */
  async #takeOver(key: string, replica: string): Promise<boolean> {
    const alive = this.#db
      .selectFrom('replicas')
      .select('id')
      .where('lease_until', '>', sql<Date>`now()`)
    const taken = await this.#db
      .updateTable('idempotency')
      .set({ replica })
      .where('key', '=', key)
      .where('status', 'is', null)
      .where((e) => e.or([e('replica', 'is', null), e('replica', '=', replica), e('replica', 'not in', alive)]))
      .returning('key')
      .executeTakeFirst()
    return taken !== undefined
  }

  /** A key may have been used before, longer ago than it is kept. */
  async #operationOf(key: string, since: Date): Promise<string | null> {
    const row = await this.#db
      .selectFrom('operations')
      .select('id')
      .where('idempotency_key', '=', key)
      .where('requested_at', '>=', new Date(since.getTime() - longestRequestMs))
      .orderBy('seq', 'desc')
      .executeTakeFirst()
    return row?.id ?? null
  }

  async #forgetOld(): Promise<void> {
    const yesterday = new Date(Date.now() - 24 * 3600_000)
    await this.#db.deleteFrom('idempotency').where('created_at', '<', yesterday).execute()
  }
}
