import type { Kysely, Selectable } from 'kysely'
import type { EventType, JournalEvent } from '../events.ts'
import type { Tables } from './schema.ts'

export interface EventFilter {
  readonly migration?: string | undefined
  readonly workload?: string | undefined
  readonly operation?: string | undefined
}

/** Everything that happened, in order. Events written in a transaction are collected and told after it. */
export class EventLog {
  readonly #db: Kysely<Tables>
  readonly #written: JournalEvent[]

  constructor(db: Kysely<Tables>, written: JournalEvent[]) {
    this.#db = db
    this.#written = written
  }

  write(
    workload: { readonly migration: string; readonly name: string },
    operation: string | null,
    type: EventType,
    data: object,
  ): Promise<void> {
    return this.writeAll(workload, operation, [[type, data]])
  }

  /** All of them in one statement, in this order. */
  async writeAll(
    workload: { readonly migration: string; readonly name: string },
    operation: string | null,
    told: readonly (readonly [type: EventType, data: object])[],
  ): Promise<void> {
    const common = { at: new Date(), migration: workload.migration, workload: workload.name, operation }
    const values = told.map(([type, data]) => ({ ...common, type, data: JSON.stringify(data) }))
    const rows = await this.#db.insertInto('events').values(values).returningAll().execute()
    this.#written.push(...rows.map(eventOf))
  }

  /** Events after `seq`, oldest first. */
  async after(seq: number, filter: EventFilter, limit: number): Promise<JournalEvent[]> {
    let query = this.#db.selectFrom('events').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit)
    for (const column of ['migration', 'workload', 'operation'] as const) {
      const value = filter[column]
      if (value !== undefined) query = query.where(column, '=', value)
    }
    return (await query.execute()).map(eventOf)
  }

  async last(): Promise<number> {
    const row = await this.#db
      .selectFrom('events')
      .select((e) => e.fn.max('seq').as('seq'))
      .executeTakeFirst()
    return Number(row?.seq ?? 0)
  }
}

export const matches = (event: JournalEvent, filter: EventFilter): boolean =>
  (filter.migration === undefined || filter.migration === event.migration) &&
  (filter.workload === undefined || filter.workload === event.workload) &&
  (filter.operation === undefined || filter.operation === event.operation)

const eventOf = (row: Selectable<Tables['events']>): JournalEvent => ({
  seq: Number(row.seq),
  at: row.at.getTime(),
  migration: row.migration,
  workload: row.workload,
  operation: row.operation,
  type: row.type as EventType,
  data: row.data as Readonly<Record<string, unknown>>,
})
