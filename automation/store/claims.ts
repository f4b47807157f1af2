import type { Kysely } from 'kysely'
import type { Tables } from './schema.ts'

/** Which workload holds which switch point. */
export class Claims {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /** Every claim that another workload holds, with its holder as `migration/workload`. */
  async ofOthers(migration: string, workload: string): Promise<Map<string, string>> {
    const rows = await this.#db.selectFrom('claims').selectAll().execute()
    const others = rows.filter((row) => row.migration !== migration || row.workload !== workload)
    return new Map(others.map((row) => [row.id, `${row.migration}/${row.workload}`]))
  }

  /** Takes all of them or throws; what the workload holds already stays its own. Two at once: the database lets one win. */
  async take(ids: readonly string[], migration: string, workload: string): Promise<void> {
    const others = await this.ofOthers(migration, workload)
    const taken = ids.find((id) => others.has(id))
    if (taken !== undefined) throw new ClaimHeld(taken, others.get(taken) ?? '')
    const rows = ids.map((id) => ({ id, migration, workload, claimed_at: new Date() }))
    if (rows.length === 0) return
    await this.#db
      .insertInto('claims')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet({ claimed_at: new Date() })
          .where('claims.migration', '=', migration)
          .where('claims.workload', '=', workload),
      )
      .execute()
    const held = await this.#db
      .selectFrom('claims')
      .select('id')
      .where('migration', '=', migration)
      .where('workload', '=', workload)
      .execute()
    const lost = ids.find((id) => !held.some((row) => row.id === id))
    if (lost !== undefined) throw new ClaimHeld(lost, 'another workload')
  }

  async release(migration: string, workload: string): Promise<void> {
    await this.#db.deleteFrom('claims').where('migration', '=', migration).where('workload', '=', workload).execute()
  }
}

export class ClaimHeld extends Error {
  readonly id: string
  readonly holder: string

  constructor(id: string, holder: string) {
    super(`${id} is held by ${holder}`)
    this.name = 'ClaimHeld'
    this.id = id
    this.holder = holder
  }
}
