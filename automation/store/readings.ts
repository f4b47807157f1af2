import type { Kysely } from 'kysely'
import type { Facts, Need } from '../gates/gate.ts'
import type { Instant, Workload } from '../migration.ts'
import type { Tables } from './schema.ts'

/** What was read of the world for a workload. */
export type Readings = Pick<Facts, Need>

export interface Reading {
  readonly facts: Readings
  readonly at: Instant
}

/** What the replica that looks at a workload has read last, for all the others. */
export class ReadingTable {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  async save({ migration, name }: Workload, { facts, at }: Reading): Promise<void> {
    const values = { read_at: new Date(at), facts: JSON.stringify(facts) }
    await this.#db
      .insertInto('readings')
      .values({ migration, workload: name, ...values })
      .onConflict((conflict) => conflict.columns(['migration', 'workload']).doUpdateSet(values))
      .execute()
  }

  /** Of these workloads, by their names. */
  async ofAll(migration: string, workloads: readonly string[]): Promise<ReadonlyMap<string, Reading>> {
    if (workloads.length === 0) return new Map()
    const query = this.#db.selectFrom('readings').selectAll().where('migration', '=', migration)
    const rows = await query.where('workload', 'in', workloads).execute()
    return new Map(rows.map((row) => [row.workload, { facts: row.facts as Readings, at: row.read_at.getTime() }]))
  }

  async of(migration: string, workload: string): Promise<Reading | null> {
    const query = this.#db.selectFrom('readings').selectAll().where('migration', '=', migration)
    const row = await query.where('workload', '=', workload).executeTakeFirst()
    return row ? { facts: row.facts as Readings, at: row.read_at.getTime() } : null
  }
}
