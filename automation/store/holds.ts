import type { Kysely, Selectable } from 'kysely'
import { freezeName, type HoldScope } from '../holds/scope.ts'
import type { Hold, Instant, NewHold, Workload } from '../migration.ts'
import { newId } from './ids.ts'
import type { Tables } from './schema.ts'

export class Holds {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /** Everything that keeps a workload from advancing: holds on it, on its migration and on everything. */
  async on({ migration, name }: Pick<Workload, 'migration' | 'name'>): Promise<Hold[]> {
    const query = this.#all.where((e) =>
      e.and([
        e.or([e('migration', 'is', null), e('migration', '=', migration)]),
        e.or([e('workload', 'is', null), e('workload', '=', name)]),
      ]),
    )
    return (await query.execute()).map(holdOf)
  }

  /** On this workload alone. */
  async of(migration: string, workload: string): Promise<Hold[]> {
    const query = this.#all.where('migration', '=', migration).where('workload', '=', workload)
    return (await query.execute()).map(holdOf)
  }

  /**
   * In the order of their making, after `after`: of a workload what keeps it from advancing, of a migration what keeps any of its
   * workloads, of everything all there are.
   */
  async page({ migration, workload }: HoldScope, after: string, limit: number): Promise<Hold[]> {
    let query = this.#db.selectFrom('holds').selectAll().where('id', '>', after).orderBy('id').limit(limit)
    if (migration !== null)
      query = query.where((e) => e.or([e('migration', 'is', null), e('migration', '=', migration)]))
    if (workload !== null) query = query.where((e) => e.or([e('workload', 'is', null), e('workload', '=', workload)]))
    return (await query.execute()).map(holdOf)
  }

  /** On a migration, on parts of it, and on everything. */
  async reaching(migration: string): Promise<Hold[]> {
    const query = this.#all.where((e) => e.or([e('migration', 'is', null), e('migration', '=', migration)]))
    return (await query.execute()).map(holdOf)
  }

  async all(): Promise<Hold[]> {
    return (await this.#all.execute()).map(holdOf)
  }

  /** null: advances are not frozen. */
  async freeze(): Promise<Hold | null> {
    const row = await this.#all.where('migration', 'is', null).where('name', '=', freezeName).executeTakeFirst()
    return row ? holdOf(row) : null
  }

  async place(hold: NewHold): Promise<Hold> {
    return holdOf(await this.#db.insertInto('holds').values(rowOf(hold)).returningAll().executeTakeFirstOrThrow())
  }

  /** As `place`; where everything is frozen already, that is what it was asked for last, since when it was first. */
  async placeFreeze(hold: Omit<NewHold, 'name' | 'migration' | 'workload'>): Promise<Hold> {
    const row = rowOf({ ...hold, name: freezeName, migration: null, workload: null })
    const { reason, holder, until, at_end } = row
    const placed = await this.#db
      .insertInto('holds')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .column('name')
          .where('migration', 'is', null)
          .where('name', '=', freezeName)
          .doUpdateSet({ reason, holder, until, at_end, ran_out: false }),
      )
      .returningAll()
      .executeTakeFirstOrThrow()
    return holdOf(placed)
  }

  /** null: there is no such hold on just this. Removing one leaves all others. */
  async remove({ migration, workload }: HoldScope, id: string): Promise<Hold | null> {
    const row = await this.#db
      .deleteFrom('holds')
      .where('id', '=', id)
      .where('migration', 'is not distinct from', migration)
      .where('workload', 'is not distinct from', workload)
      .returningAll()
      .executeTakeFirst()
    return row ? holdOf(row) : null
  }

  async removeAll(migration: string, workload: string): Promise<void> {
    await this.#db.deleteFrom('holds').where('migration', '=', migration).where('workload', '=', workload).execute()
  }

  /** Holds whose time has come, those included of which what is then to be done was begun. */
  async due(now: Instant): Promise<Hold[]> {
    return (await this.#all.where('until', '<=', new Date(now)).execute()).map(holdOf)
  }

  /** Notes that its time has come. false: that was noted before; null: it is gone, or has got more time. */
  async runOut({ id }: Hold, now: Instant): Promise<boolean | null> {
    const row = await this.#db
      .updateTable('holds')
      .set({ ran_out: true })
      .where('id', '=', id)
      .where('until', '<=', new Date(now))
      .where('ran_out', '=', false)
      .returning('id')
      .executeTakeFirst()
    if (row) return true
    const due = this.#db.selectFrom('holds').select('id').where('id', '=', id).where('until', '<=', new Date(now))
    return (await due.executeTakeFirst()) ? false : null
  }

  /** From now on it stays until somebody removes it. null: it is gone. */
  async keep({ id }: Hold): Promise<Hold | null> {
    const row = await this.#db
      .updateTable('holds')
      .set({ until: null, at_end: null, ran_out: false })
      .where('id', '=', id)
      .where('ran_out', '=', true)
      .returningAll()
      .executeTakeFirst()
    return row ? holdOf(row) : null
  }

  get #all() {
    return this.#db.selectFrom('holds').selectAll().orderBy('since').orderBy('id')
  }
}

const rowOf = ({ migration, workload, name, reason, by: holder, until = null, then = null }: NewHold) => ({
  id: newId('hold'),
  ...{ migration, workload, name, reason, holder },
  since: new Date(),
  until: until === null ? null : new Date(until),
  at_end: then,
})

const holdOf = (row: Selectable<Tables['holds']>): Hold => ({
  id: row.id,
  migration: row.migration,
  workload: row.workload,
  name: row.name,
  reason: row.reason,
  by: row.holder,
  since: row.since.getTime(),
  until: row.until?.getTime() ?? null,
  then: row.at_end,
})
