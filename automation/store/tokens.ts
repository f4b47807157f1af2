import type { Insertable, Kysely, Selectable } from 'kysely'
import type { Instant } from '../migration.ts'
import type { Role } from '../rights.ts'
import type { Tables } from './schema.ts'

/** An API token as the journal knows it: everything but the token. */
export interface TokenRecord {
  readonly id: string
  /** The token's first characters, by which people tell it from others. */
  readonly prefix: string
  /** SHA-256 of the token, in hex. */
  readonly digest: string
  /** Whose it is. */
  readonly subject: string
  readonly role: Role
  /** `migration` or `migration/workload` each; null: everything. */
  readonly scope: readonly string[] | null
  readonly createdAt: Instant
  readonly createdBy: string
  readonly expiresAt: Instant | null
  readonly revokedAt: Instant | null
  readonly revokedBy: string | null
  /** To the minute. */
  readonly lastUsedAt: Instant | null
}

export type NewToken = Omit<TokenRecord, 'revokedAt' | 'revokedBy' | 'lastUsedAt'>

/** A use is written down once a minute at most, however often a token is used. */
const usedEveryMs = 60_000

export class Tokens {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  async add(token: NewToken): Promise<TokenRecord> {
    return tokenOf(await this.#db.insertInto('tokens').values(rowOf(token)).returningAll().executeTakeFirstOrThrow())
  }

  /** false: there is one of this id, so another service was first. */
  async addOnce(token: NewToken): Promise<boolean> {
    const added = await this.#db
      .insertInto('tokens')
      .values(rowOf(token))
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst()
    return added !== undefined
  }

  async any(): Promise<boolean> {
    return (await this.#db.selectFrom('tokens').select('id').limit(1).executeTakeFirst()) !== undefined
  }

  async get(id: string): Promise<TokenRecord | null> {
    const row = await this.#db.selectFrom('tokens').selectAll().where('id', '=', id).executeTakeFirst()
    return row ? tokenOf(row) : null
  }

  /** All that begin so; revoked and expired ones too. */
  async withPrefix(prefix: string): Promise<TokenRecord[]> {
    return (await this.#db.selectFrom('tokens').selectAll().where('prefix', '=', prefix).execute()).map(tokenOf)
  }

  /** By id, which is by time of making, after `after`. */
  async list(after: string, limit: number): Promise<TokenRecord[]> {
    const query = this.#db.selectFrom('tokens').selectAll().where('id', '>', after).orderBy('id').limit(limit)
    return (await query.execute()).map(tokenOf)
  }

  /** From now on it opens nothing. null: there is no such token. The first revocation stays. */
  async revoke(id: string, by: string): Promise<TokenRecord | null> {
    const row = await this.#db
      .updateTable('tokens')
      .set({ revoked_at: new Date(), revoked_by: by })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returningAll()
      .executeTakeFirst()
    return row ? tokenOf(row) : this.get(id)
  }

  async used({ id, lastUsedAt }: TokenRecord, now: Instant): Promise<void> {
    if (lastUsedAt !== null && now - lastUsedAt < usedEveryMs) return
    await this.#db
      .updateTable('tokens')
      .set({ last_used_at: new Date(now) })
      .where('id', '=', id)
      .where((e) => e.or([e('last_used_at', 'is', null), e('last_used_at', '<=', new Date(now - usedEveryMs))]))
      .execute()
  }
}

const rowOf = (token: NewToken): Insertable<Tables['tokens']> => ({
  id: token.id,
  prefix: token.prefix,
  digest: token.digest,
  subject: token.subject,
  role: token.role,
  scope: token.scope && JSON.stringify(token.scope),
  created_at: new Date(token.createdAt),
  created_by: token.createdBy,
  expires_at: token.expiresAt === null ? null : new Date(token.expiresAt),
  revoked_at: null,
  revoked_by: null,
  last_used_at: null,
})

const tokenOf = (row: Selectable<Tables['tokens']>): TokenRecord => ({
  id: row.id,
  prefix: row.prefix,
  digest: row.digest,
  subject: row.subject,
  role: row.role,
  scope: row.scope,
  createdAt: row.created_at.getTime(),
  createdBy: row.created_by,
  expiresAt: row.expires_at?.getTime() ?? null,
  revokedAt: row.revoked_at?.getTime() ?? null,
  revokedBy: row.revoked_by,
  lastUsedAt: row.last_used_at?.getTime() ?? null,
})
