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

  /**
   * Events after `seq`, oldest first. Each part is read in the order of an index of its own, however many other events there are; all in
   * one statement, because an event that comes between two would be passed over for good.
   */
  async after(seq: number, filter: EventFilter, limit: number): Promise<JournalEvent[]> {
    const [first, ...others] = partsOf(filter).map((part) => this.#part(seq, { ...filter, ...part }, limit))
    if (!first) return []
    const rows = await others.reduce((whole, part) => whole.unionAll(part), first).execute()
    return rows
      .map(eventOf)
      .sort((one, other) => one.seq - other.seq)
      .slice(0, limit)
  }

  #part(seq: number, { migration, workload, operation }: Part & Pick<EventFilter, 'operation'>, limit: number) {
    let part = this.#db.selectFrom('events').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit)
    for (const [column, value] of Object.entries({ migration, workload, operation }) as [keyof EventFilter, unknown][])
      if (value !== undefined) part = part.where(column, value === null ? 'is' : '=', value as string | null)
    return this.#db.selectFrom(part.as('part')).selectAll()
  }

  /** Those of before then, the oldest first and some at a time, so that nobody waits for long. The newest event stays: it has the number. */
  async forget(before: Date): Promise<void> {
    for (;;) {
      const oldest = this.#db.selectFrom('events').select(['seq', 'at']).orderBy('seq').limit(forgottenAtOnce)
      const old = this.#db
        .selectFrom(oldest.as('oldest'))
        .select((e) => e.fn.max('seq').as('seq'))
        .where('at', '<', before)
      const { numDeletedRows } = await this.#db
        .deleteFrom('events')
        .where('seq', '<=', old)
        .where('seq', '<', (e) => e.selectFrom('events').select((f) => f.fn.max('seq').as('seq')))
        .executeTakeFirst()
      if (numDeletedRows < forgottenAtOnce) return
    }
  }

  async last(): Promise<number> {
    const row = await this.#db
      .selectFrom('events')
      .select((e) => e.fn.max('seq').as('seq'))
      .executeTakeFirst()
    return Number(row?.seq ?? 0)
  }
}

const forgottenAtOnce = 5000

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

interface Part {
  readonly migration?: string | null | undefined
  readonly workload?: string | null | undefined
}

/** Of a part of the whole: what is about it, what is about all of its migration, and what is about everything; no event is in two. */
function partsOf({ migration, workload }: EventFilter): readonly Part[] {
  const within = workload === undefined ? [{}] : [{ workload: null }, { workload }]
  return migration === undefined ? within : [{ migration: null, workload: null }, ...within]
}

const eventOf = (row: Selectable<Tables['events']>): JournalEvent => ({
  seq: Number(row.seq),
  at: row.at.getTime(),
  migration: row.migration,
  workload: row.workload,
  operation: row.operation,
  type: row.type as EventType,
  data: row.data as Readonly<Record<string, unknown>>,
})
