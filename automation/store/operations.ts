import type { Kysely, Selectable, Updateable } from 'kysely'
import { clusterStack } from '../../infra/names.ts'
import type { Operation, OperationState } from '../migration.ts'
import { newId } from './ids.ts'
import type { Tables } from './schema.ts'

/** An operation with what only the runner needs of it. */
export interface OperationRecord extends Operation {
  /** Orders operations; the key of their pages. */
  readonly seq: number
  /** It has begun to write to AWS. */
  readonly writes: boolean
  /** What was asked for, e.g. `{ force: true }` or `{ plan: hash }`. */
  readonly request: Readonly<Record<string, unknown>>
}

export type NewOperation = Pick<
  OperationRecord,
  'migration' | 'workload' | 'action' | 'from' | 'to' | 'reason' | 'requestedBy' | 'requestedAt' | 'request'
>

export type OperationChange = Partial<
  Pick<OperationRecord, 'startedAt' | 'writes' | 'homeMs' | 'settledMs' | 'lingers' | 'result' | 'to'>
>

export class Operations {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  async get(id: string): Promise<OperationRecord | null> {
    const row = await this.#db.selectFrom('operations').selectAll().where('id', '=', id).executeTakeFirst()
    return row ? operationOf(row) : null
  }

  /** Throws the database's unique violation when the workload has an active operation. `running`: it begins at once. */
  async add(operation: NewOperation, state: 'queued' | 'running' = 'queued'): Promise<OperationRecord> {
    const row = await this.#db
      .insertInto('operations')
      .values({
        id: newId('op'),
        migration: operation.migration,
        workload: operation.workload,
        action: operation.action,
        state,
        started_at: state === 'running' ? new Date() : null,
        from_phase: operation.from,
        to_phase: operation.to,
        reason: operation.reason,
        requested_by: operation.requestedBy,
        requested_at: new Date(operation.requestedAt),
        request: JSON.stringify(operation.request),
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    return operationOf(row)
  }

  /** null: the operation has ended meanwhile, and whoever asks must stop. */
  async change(id: string, change: OperationChange, state?: OperationState): Promise<OperationRecord | null> {
    const set = { ...columnsOf(change), ...(state === undefined ? {} : { state }) }
    const row = await this.#db
      .updateTable('operations')
      .set(set)
      .where('id', '=', id)
      .where('state', 'in', ['queued', 'running'])
      .returningAll()
      .executeTakeFirst()
    return row ? operationOf(row) : null
  }

  /** Ends it, once: null when it had ended before. */
  async finish(
    id: string,
    state: OperationState,
    outcome: OperationChange & { readonly error?: Operation['error'] },
  ): Promise<OperationRecord | null> {
    const { error = null, ...change } = outcome
    const row = await this.#db
      .updateTable('operations')
      .set({ ...columnsOf(change), state, finished_at: new Date(), error: error ? JSON.stringify(error) : null })
      .where('id', '=', id)
      .where('state', 'in', ['queued', 'running'])
      .returningAll()
      .executeTakeFirst()
    return row ? operationOf(row) : null
  }

  /** After the operation has succeeded: what lingered has passed. */
  async settled(id: string, settledMs: number): Promise<void> {
    await this.#db.updateTable('operations').set({ settled_ms: settledMs }).where('id', '=', id).execute()
  }

  async active(): Promise<OperationRecord[]> {
    const rows = await this.#db
      .selectFrom('operations')
      .selectAll()
      .where('state', 'in', ['queued', 'running'])
      .execute()
    return rows.map(operationOf)
  }

  async activeOf(migration: string, workload: string): Promise<OperationRecord | null> {
    const row = await this.#of(migration, workload).where('state', 'in', ['queued', 'running']).executeTakeFirst()
    return row ? operationOf(row) : null
  }

  async last(migration: string, workload: string): Promise<OperationRecord | null> {
    const row = await this.#of(migration, workload).orderBy('seq', 'desc').limit(1).executeTakeFirst()
    return row ? operationOf(row) : null
  }

  /** The one before it on the same workload that was more than a plan. */
  async before({ migration, workload, seq }: OperationRecord): Promise<OperationRecord | null> {
    const row = await this.#of(migration, workload)
      .where('seq', '<', seq)
      .where('action', '!=', 'plan')
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row ? operationOf(row) : null
  }

  /** Newest first, before `before`. */
  async history(migration: string, workload: string, before: number | null, limit: number): Promise<OperationRecord[]> {
    let query = this.#of(migration, workload).orderBy('seq', 'desc').limit(limit)
    if (before !== null) query = query.where('seq', '<', before)
    return (await query.execute()).map(operationOf)
  }

  /** Every workload that was released since the cluster of the migration was first asked for, dropped from the inventory or not. */
  async released(migration: string): Promise<string[]> {
    const firstUp = this.#of(migration, clusterStack).where('action', '=', 'cluster-up').clearSelect()
    const rows = await this.#db
      .selectFrom('operations')
      .select('workload')
      .distinct()
      .where('migration', '=', migration)
      .where('action', '=', 'release')
      .where('state', '=', 'succeeded')
      .where(
        'seq',
        '>',
        firstUp.select(({ fn }) => fn.min('seq').as('first')),
      )
      .orderBy('workload')
      .execute()
    return rows.map(({ workload }) => workload)
  }

  /** The newest plan with this hash. */
  async planWith(migration: string, workload: string, hash: string): Promise<OperationRecord | null> {
    const plans = await this.#of(migration, workload)
      .where('action', '=', 'plan')
      .where('state', '=', 'succeeded')
      .orderBy('seq', 'desc')
      .limit(50)
      .execute()
    const row = plans.find(({ result }) => (result as { hash?: string } | null)?.hash === hash)
    return row ? operationOf(row) : null
  }

  #of(migration: string, workload: string) {
    return this.#db
      .selectFrom('operations')
      .selectAll()
      .where('migration', '=', migration)
      .where('workload', '=', workload)
  }
}

function columnsOf(change: OperationChange): Updateable<Tables['operations']> {
  return {
    ...(change.startedAt === undefined
      ? {}
      : { started_at: change.startedAt === null ? null : new Date(change.startedAt) }),
    ...(change.writes === undefined ? {} : { writes: change.writes }),
    ...(change.homeMs === undefined ? {} : { home_ms: change.homeMs }),
    ...(change.settledMs === undefined ? {} : { settled_ms: change.settledMs }),
    ...(change.lingers === undefined
      ? {}
      : { lingers: change.lingers === null ? null : JSON.stringify(change.lingers) }),
    ...(change.result === undefined ? {} : { result: JSON.stringify(change.result) }),
    ...(change.to === undefined ? {} : { to_phase: change.to }),
  }
}

const operationOf = (row: Selectable<Tables['operations']>): OperationRecord => ({
  id: row.id,
  seq: Number(row.seq),
  migration: row.migration,
  workload: row.workload,
  action: row.action,
  state: row.state,
  from: row.from_phase,
  to: row.to_phase,
  reason: row.reason,
  requestedBy: row.requested_by,
  requestedAt: row.requested_at.getTime(),
  startedAt: row.started_at?.getTime() ?? null,
  finishedAt: row.finished_at?.getTime() ?? null,
  writes: row.writes,
  homeMs: row.home_ms,
  settledMs: row.settled_ms,
  lingers: row.lingers,
  request: row.request as Readonly<Record<string, unknown>>,
  result: row.result,
  error: row.error,
})
