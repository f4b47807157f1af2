import { sql, type Kysely, type Selectable, type Updateable } from 'kysely'
import type { WorkloadEntry } from '../inventory.ts'
import type { PhaseName, Workload } from '../migration.ts'
import type { Tables } from './schema.ts'

/** What may be changed of a workload; each save raises its revision. */
export type WorkloadChange = Partial<
  Pick<Workload, 'entry' | 'kind' | 'state' | 'found' | 'stage' | 'outputs' | 'onRecord' | 'unsettled'>
>

export class Workloads {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  async get(migration: string, name: string): Promise<Workload | null> {
    const row = await this.#db
      .selectFrom('workloads')
      .selectAll()
      .where('migration', '=', migration)
      .where('name', '=', name)
      .executeTakeFirst()
    return row ? workloadOf(row) : null
  }

  /** As `get`; nobody else changes it before the transaction ends. */
  async lock(migration: string, name: string): Promise<Workload | null> {
    const row = await this.#db
      .selectFrom('workloads')
      .selectAll()
      .where('migration', '=', migration)
      .where('name', '=', name)
      .forUpdate()
      .executeTakeFirst()
    return row ? workloadOf(row) : null
  }

  async of(migration: string): Promise<Workload[]> {
    const query = this.#db.selectFrom('workloads').selectAll().where('migration', '=', migration).orderBy('name')
    return (await query.execute()).map(workloadOf)
  }

  /** By name, after `after`; `only`: none but these. */
  async page(migration: string, after: string, limit: number, only: readonly string[] | null): Promise<Workload[]> {
    const query = this.#db.selectFrom('workloads').selectAll().where('migration', '=', migration)
    const page = query.where('name', '>', after).orderBy('name').limit(limit)
    return (await (only === null ? page : page.where('name', 'in', only)).execute()).map(workloadOf)
  }

  /** Of all migrations, those in one of these phases. */
  async in(phases: readonly PhaseName[]): Promise<Workload[]> {
    const query = this.#db.selectFrom('workloads').selectAll().orderBy('migration').orderBy('name')
    return (await query.where(sql<string>`state ->> 'phase'`, 'in', phases).execute()).map(workloadOf)
  }

  async add(migration: string, name: string, entry: WorkloadEntry): Promise<void> {
    const row = {
      migration,
      name,
      kind: entry.kind,
      entry: JSON.stringify(entry),
      state: JSON.stringify({ phase: 'registered' }),
    }
    await this.#db.insertInto('workloads').values(row).execute()
  }

  async change(migration: string, name: string, change: WorkloadChange): Promise<Workload> {
    const row = await this.#db
      .updateTable('workloads')
      .set((e) => ({ ...columnsOf(change), revision: e('revision', '+', 1) }))
      .where('migration', '=', migration)
      .where('name', '=', name)
      .returningAll()
      .executeTakeFirstOrThrow()
    return workloadOf(row)
  }

  async remove(migration: string, name: string): Promise<void> {
    await this.#db.deleteFrom('workloads').where('migration', '=', migration).where('name', '=', name).execute()
  }
}

const json = (value: object | null): string | null => (value === null ? null : JSON.stringify(value))

function columnsOf(change: WorkloadChange): Updateable<Tables['workloads']> {
  return {
    ...(change.kind === undefined ? {} : { kind: change.kind }),
    ...(change.entry === undefined ? {} : { entry: JSON.stringify(change.entry) }),
    ...(change.state === undefined ? {} : { state: JSON.stringify(change.state) }),
    ...(change.found === undefined ? {} : { found: json(change.found) }),
    ...(change.stage === undefined ? {} : { stage: json(change.stage) }),
    ...(change.outputs === undefined ? {} : { outputs: json(change.outputs) }),
    ...(change.onRecord === undefined ? {} : { on_record: json(change.onRecord) }),
    ...(change.unsettled === undefined ? {} : { unsettled: change.unsettled }),
  }
}

const workloadOf = ({ on_record: onRecord, ...row }: Selectable<Tables['workloads']>): Workload => ({
  ...row,
  onRecord,
})
