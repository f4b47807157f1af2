import { sql, type ExpressionBuilder, type Kysely } from 'kysely'
import { chained, genesis, sealedText, type AuditEntry, type AuditFact, type Link } from '../audit.ts'
import { appendLock } from './event-log.ts'
import type { Tables } from './schema.ts'

export interface AuditFilter {
  readonly migration?: string | undefined
  readonly workload?: string | undefined
  readonly operation?: string | undefined
  /** The subject who decided. */
  readonly by?: string | undefined
  readonly action?: string | undefined
  /** ISO 8601 in UTC with milliseconds; from then on. */
  readonly since?: string | undefined
  /** Likewise; before then. */
  readonly until?: string | undefined
}

/** What was decided and done. Facts written in a transaction are collected, and chained at its end. */
export class Audit {
  readonly #db: Kysely<Tables>
  readonly #facts: AuditFact[]

  constructor(db: Kysely<Tables>, facts: AuditFact[]) {
    this.#db = db
    this.#facts = facts
  }

  write(...facts: readonly AuditFact[]): void {
    this.#facts.push(...facts)
  }

  /** Newest first, before `before`. */
  async page(filter: AuditFilter, before: number | null, limit: number): Promise<AuditEntry[]> {
    const rows = await this.#where(filter, before === null ? [] : [['<', before]])
      .orderBy('seq', 'desc')
      .limit(limit)
      .execute()
    return rows.map(entryOf)
  }

  /** All of them in the order of the chain, read in pages. What is appended meanwhile is not among them. */
  async *all(filter: AuditFilter = {}, pageSize = 500): AsyncGenerator<AuditEntry> {
    const { seq: last } = await lastOf(this.#db)
    for (let after = 0; ;) {
      const rows = await this.#where(filter, [
        ['>', after],
        ['<=', last],
      ])
        .orderBy('seq')
        .limit(pageSize)
        .execute()
      yield* rows.map(entryOf)
      if (rows.length < pageSize) return
      after = Number(rows.at(-1)?.seq)
    }
  }

  #where({ by, since, until, ...equal }: AuditFilter, keys: readonly (readonly ['<' | '<=' | '>', number])[]) {
    const wanted = Object.entries({ ...equal, subject: by }).filter(([, value]) => value !== undefined)
    return this.#db
      .selectFrom('audit')
      .select(['seq', 'hash', 'entry'])
      .where((e) => e.and(keys.map(([operator, seq]) => e('seq', operator, seq))))
      .where((e) => e.and(wanted.map(([column, value]) => e(column as 'subject', '=', value ?? null))))
      .where((e) => e.and([...bound(e, '>=', since), ...bound(e, '<', until)]))
  }
}

/** Instants in this form order as their letters do. */
const bound = (e: ExpressionBuilder<Tables, 'audit'>, operator: '>=' | '<', instant: string | undefined) =>
  instant === undefined ? [] : [e(sql<string>`at collate "C"`, operator, instant)]

/** Chains what a transaction has collected, near its end. Under the lock of the events: there is one chain for all services. */
export async function appendAudit(db: Kysely<Tables>, facts: readonly AuditFact[]): Promise<void> {
  if (facts.length === 0) return
  await sql`select pg_advisory_xact_lock(${appendLock})`.execute(db)
  let last = await lastOf(db)
  const rows = facts.map((fact) => {
    const entry = chained(fact, last, Date.now())
    last = entry
    return { seq: entry.seq, hash: entry.hash, entry: sealedText(entry) }
  })
  await db.insertInto('audit').values(rows).execute()
}

async function lastOf(db: Kysely<Tables>): Promise<Link> {
  const row = await db.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst()
  return row ? { seq: Number(row.seq), hash: row.hash } : genesis
}

/** The row's own number and hash stand for themselves: where they are not the text's, the chain is broken there. */
const entryOf = ({ seq, hash, entry }: { seq: number; hash: string; entry: string }): AuditEntry => ({
  ...(JSON.parse(entry) as AuditEntry),
  seq: Number(seq),
  hash,
})
