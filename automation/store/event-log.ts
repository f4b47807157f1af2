import { sql, type Insertable, type Kysely, type Selectable } from 'kysely'
import type { EventType, JournalEvent } from '../events.ts'
import type { Tables } from './schema.ts'

/** What an event is about: a workload, all of a migration (`name` null), or everything (both null). */
interface About {
  readonly migration: string | null
  readonly name: string | null
}

/** What is about all of a migration, or about everything, is about each part of it. */
export interface EventFilter {
  readonly migration?: string | undefined
  readonly workload?: string | undefined
  readonly operation?: string | undefined
}

export type NewEvent = Insertable<Tables['events']>

/** Everything that happened, in order. What is written is collected, and appended when its transaction ends. */
export class EventLog {
  readonly #db: Kysely<Tables>
  readonly #collected: NewEvent[]

  constructor(db: Kysely<Tables>, collected: NewEvent[]) {
    this.#db = db
    this.#collected = collected
  }

  write(about: About, operation: string | null, type: EventType, data: object): void {
    this.writeAll(about, operation, [[type, data]])
  }

  /** All of them, in this order. */
  writeAll(about: About, operation: string | null, told: readonly (readonly [type: EventType, data: object])[]): void {
    const common = { at: new Date(), migration: about.migration, workload: about.name, operation }
    this.#collected.push(...told.map(([type, data]) => ({ ...common, type, data: JSON.stringify(data) })))
  }

  /** Events after `seq`, oldest first. */
  async after(seq: number, filter: EventFilter, limit: number): Promise<JournalEvent[]> {
    const { migration, workload, operation } = filter
    if (migration !== undefined && workload !== undefined && operation === undefined) {
      return this.#afterOf(seq, migration, workload, limit)
    }
    let query = this.#db.selectFrom('events').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit)
    for (const column of ['migration', 'workload'] as const) {
      const value = filter[column]
      if (value !== undefined) query = query.where((e) => e.or([e(column, 'is', null), e(column, '=', value)]))
    }
    if (operation !== undefined) query = query.where('operation', '=', operation)
    return (await query.execute()).map(eventOf)
  }

  /** Each of the three is read in the order of an index of its own, however many other events there are. */
  async #afterOf(seq: number, migration: string, workload: string, limit: number): Promise<JournalEvent[]> {
    const after = this.#db.selectFrom('events').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit)
    const parts = [
      after.where('migration', 'is', null),
      after.where('migration', '=', migration).where('workload', 'is', null),
      after.where('migration', '=', migration).where('workload', '=', workload),
    ]
    const found = (await Promise.all(parts.map((part) => part.execute()))).flat().map(eventOf)
    return found.sort((one, other) => one.seq - other.seq).slice(0, limit)
  }

  async last(): Promise<number> {
    const row = await this.#db
      .selectFrom('events')
      .select((e) => e.fn.max('seq').as('seq'))
      .executeTakeFirst()
    return Number(row?.seq ?? 0)
  }
}

/** The channel on which a database that several services share says that there is something new. */
export const eventChannel = 'cutover_events'

/** Any number that nobody else takes on this database. */
export const appendLock = 7_246_011_402

/**
 * Appends what a transaction has collected, as the last thing in it. Whoever appends waits for all who did before to commit, so
 * that whoever has read an event has read all before it; a sequence alone does not promise that.
 */
export async function append(db: Kysely<Tables>, collected: readonly NewEvent[]): Promise<JournalEvent[]> {
  if (collected.length === 0) return []
  await sql`select pg_advisory_xact_lock(${appendLock}), pg_notify(${eventChannel}, '')`.execute(db)
  return (await db.insertInto('events').values(collected).returningAll().execute()).map(eventOf)
}

export const matches = (event: JournalEvent, filter: EventFilter): boolean =>
  (filter.migration === undefined || event.migration === null || filter.migration === event.migration) &&
  (filter.workload === undefined || event.workload === null || filter.workload === event.workload) &&
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
