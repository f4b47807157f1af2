import type { Kysely, Selectable } from 'kysely'
import type { Hold } from '../migration.ts'
import { newId } from './ids.ts'
import type { Tables } from './schema.ts'

export class Holds {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  async of(migration: string, workload: string): Promise<Hold[]> {
    const rows = await this.#db
      .selectFrom('holds')
      .selectAll()
      .where('migration', '=', migration)
      .where('workload', '=', workload)
      .orderBy('since')
      .execute()
    return rows.map(holdOf)
  }

  async all(): Promise<Hold[]> {
    return (await this.#db.selectFrom('holds').selectAll().orderBy('since').execute()).map(holdOf)
  }

  async place(hold: Omit<Hold, 'id' | 'since'>): Promise<Hold> {
    const row = { id: newId('hold'), since: new Date(), holder: hold.by, ...withoutBy(hold) }
    return holdOf(await this.#db.insertInto('holds').values(row).returningAll().executeTakeFirstOrThrow())
  }

  /** null: there is no such hold on the workload. Removing one leaves all others. */
  async remove(migration: string, workload: string, id: string): Promise<Hold | null> {
    const row = await this.#db
      .deleteFrom('holds')
      .where('id', '=', id)
      .where('migration', '=', migration)
      .where('workload', '=', workload)
      .returningAll()
      .executeTakeFirst()
    return row ? holdOf(row) : null
  }

  async removeAll(migration: string, workload: string): Promise<void> {
    await this.#db.deleteFrom('holds').where('migration', '=', migration).where('workload', '=', workload).execute()
  }
}

function withoutBy({ migration, workload, name, reason }: Omit<Hold, 'id' | 'since'>) {
  return { migration, workload, name, reason }
}

const holdOf = ({ holder, since, ...row }: Selectable<Tables['holds']>): Hold => ({
  ...row,
  by: holder,
  since: since.getTime(),
})
