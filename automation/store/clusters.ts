import type { Kysely, Selectable, Updateable } from 'kysely'
import type { ClusterRecord } from '../cluster/record.ts'
import type { Tables } from './schema.ts'

/** What the journal has of it: where a machine has its kubeconfig is for that machine to say. */
export type ClusterChange = Partial<Omit<ClusterRecord, 'kubeconfig'>>

export class Clusters {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /** null: nothing was ever asked for. */
  async get(migration: string): Promise<ClusterRecord | null> {
    const query = this.#db.selectFrom('clusters').selectAll().where('migration', '=', migration)
    const row = await query.executeTakeFirst()
    return row ? recordOf(row) : null
  }

  /** Of the migrations that have one. */
  async all(): Promise<Map<string, ClusterRecord>> {
    const rows = await this.#db.selectFrom('clusters').selectAll().execute()
    return new Map(rows.map((row) => [row.migration, recordOf(row)]))
  }

  async change(migration: string, change: ClusterChange): Promise<ClusterRecord> {
    const columns = columnsOf(change)
    const row = await this.#db
      .insertInto('clusters')
      .values({ migration, ...columns })
      .onConflict((conflict) => conflict.column('migration').doUpdateSet({ ...columns, migration }))
      .returningAll()
      .executeTakeFirstOrThrow()
    return recordOf(row)
  }

  async remove(migration: string): Promise<void> {
    await this.#db.deleteFrom('clusters').where('migration', '=', migration).execute()
  }
}

function columnsOf(change: ClusterChange): Updateable<Tables['clusters']> {
  const texts = Object.entries(change).map(([key, value]) => [key, value === null ? null : JSON.stringify(value)])
  return Object.fromEntries(texts) as Updateable<Tables['clusters']>
}

const recordOf = ({ migration: _migration, ...record }: Selectable<Tables['clusters']>): ClusterRecord => ({
  ...record,
  kubeconfig: null,
})
