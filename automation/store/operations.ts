import { sql, type Kysely, type Selectable, type Updateable } from 'kysely'
import { clusterStack } from '../../infra/names.ts'
import type { Action, Instant, Operation, OperationState } from '../migration.ts'
import type { FoundBase } from '../../infra/workloads/kind.ts'
import type { Moment, Transition } from '../phases/phase.ts'
import { newId } from './ids.ts'
import type { Tables } from './schema.ts'

/** An operation with what only the runner needs of it. */
export interface OperationRecord extends Operation {
  /** Orders operations; the key of their pages. */
  readonly seq: number
  /** It has begun to write to AWS. */
  readonly writes: boolean
  /** As of whoever asked (asker.ts). */
  readonly credential: string | null
  readonly address: string | null
  /** The W3C traceparent of the request, so that whoever carries it out belongs to the same trace; null: it was in none. */
  readonly trace: string | null
  /** Of the request, as the journal knows it; null: it came without one. */
  readonly idempotencyKey: string | null
  /** What was asked for, e.g. `{ force: true }` or `{ plan: hash }`. */
  readonly request: Readonly<Record<string, unknown>>
  /** The replica whose processes may be at work on it, also after its end; null: none. */
  readonly owner: string | null
  /** Raised by every claim; who holds an older one has lost it. */
  readonly fence: number
  readonly decision: Decision | null
}

/** What was decided about a workload's operation when it was accepted. */
export interface Decision {
  readonly moment: Moment
  readonly transition: Transition
  /** The first stage was previewed by the plan that the advance names. */
  readonly previewed: boolean
  /** What a plan of a workload that nothing was adopted of has found; of all others it stands with the workload. */
  readonly found?: FoundBase | null
}

/** An operation as its owner knows it. */
export type Held = Pick<OperationRecord, 'id' | 'fence'>

export type NewOperation = Pick<
  OperationRecord,
  'migration' | 'workload' | 'action' | 'from' | 'to' | 'reason' | 'requestedBy' | 'requestedAt' | 'request'
> &
  Partial<Pick<OperationRecord, 'credential' | 'address' | 'trace' | 'idempotencyKey'>>

export type OperationChange = Partial<
  Pick<OperationRecord, 'writes' | 'homeMs' | 'lingers' | 'unanswered' | 'result' | 'to'>
> & {
  /** When what lingers will have passed. */
  readonly settlesAt?: Instant
}

export class Operations {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  async get(id: string): Promise<OperationRecord | null> {
    const row = await this.#db.selectFrom('operations').selectAll().where('id', '=', id).executeTakeFirst()
    return row ? operationOf(row) : null
  }

  /** Throws the database's unique violation when the workload has an active operation. With an owner it is running at once. */
  async add(
    operation: NewOperation,
    decision: Decision | null = null,
    owner: string | null = null,
  ): Promise<OperationRecord> {
    const row = await this.#db
      .insertInto('operations')
      .values({
        id: newId('op'),
        migration: operation.migration,
        workload: operation.workload,
        action: operation.action,
        state: owner === null ? 'queued' : 'running',
        started_at: owner === null ? null : new Date(),
        owner,
        fence: owner === null ? 0 : 1,
        decision: decision && JSON.stringify(decision),
        from_phase: operation.from,
        to_phase: operation.to,
        reason: operation.reason,
        requested_by: operation.requestedBy,
        credential: operation.credential ?? null,
        address: operation.address ?? null,
        trace: operation.trace ?? null,
        idempotency_key: operation.idempotencyKey ?? null,
        requested_at: new Date(operation.requestedAt),
        request: JSON.stringify(operation.request),
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    return operationOf(row)
  }

  /** null: the operation has ended meanwhile, or somebody else has it, and whoever asks must stop. */
  async change({ id, fence }: Held, change: OperationChange): Promise<OperationRecord | null> {
    const row = await this.#db
      .updateTable('operations')
      .set({ ...columnsOf(change), fence })
      .where('id', '=', id)
      .where('fence', '=', fence)
      .where('state', 'in', active)
      .returningAll()
      .executeTakeFirst()
    return row ? operationOf(row) : null
  }

  /** By its owner, when no process of it is left. Ends it, once: null when it had ended before or somebody else has it. */
  async finish({ id, fence }: Held, state: OperationState, outcome: Outcome): Promise<OperationRecord | null> {
    const row = await this.#db
      .updateTable('operations')
      .set({ ...endOf(state, outcome), owner: null })
      .where('id', '=', id)
      .where('fence', '=', fence)
      .where('state', 'in', active)
      .returningAll()
      .executeTakeFirst()
    return row ? operationOf(row) : null
  }

  /** By somebody who takes its place, whoever owns it: until its owner lets it go, processes of it may be at work. */
  async cancel(id: string, outcome: Outcome): Promise<OperationRecord | null> {
    const row = await this.#db
      .updateTable('operations')
      .set(endOf('cancelled', outcome))
      .where('id', '=', id)
      .where('state', 'in', active)
      .returningAll()
      .executeTakeFirst()
    return row ? operationOf(row) : null
  }

  /** Notes for every rollback whose lingering is over how long it took. */
  async settle(): Promise<void> {
    await this.#db
      .updateTable('operations')
      .set({
        settled_ms: sql`extract(epoch from settles_at - requested_at) * 1000`,
        settles_at: null,
      })
      .where('settles_at', '<=', sql<Date>`now()`)
      .execute()
  }

  async active(): Promise<OperationRecord[]> {
    const rows = await this.#db.selectFrom('operations').selectAll().where('state', 'in', active).execute()
    return rows.map(operationOf)
  }

  async activeOf(migration: string, workload: string): Promise<OperationRecord | null> {
    const row = await this.#of(migration, workload).where('state', 'in', active).executeTakeFirst()
    return row ? operationOf(row) : null
  }

  async last(migration: string, workload: string): Promise<OperationRecord | null> {
    const row = await this.#of(migration, workload).orderBy('seq', 'desc').limit(1).executeTakeFirst()
    return row ? operationOf(row) : null
  }

  /** The last one of each of these workloads that has any, by the workload's name; of one action, where one is said. */
  async lastOf(
    migration: string,
    workloads: readonly string[],
    action?: Action,
  ): Promise<ReadonlyMap<string, OperationRecord>> {
    if (workloads.length === 0) return new Map()
    const rows = await this.#db
      .selectFrom('workloads as w')
      .innerJoinLateral(
        (e) =>
          e
            .selectFrom('operations as o')
            .selectAll('o')
            .whereRef('o.migration', '=', 'w.migration')
            .whereRef('o.workload', '=', 'w.name')
            .$if(action !== undefined, (of) => of.where('o.action', '=', action ?? 'plan'))
            .orderBy('o.seq', 'desc')
            .limit(1)
            .as('last'),
        (join) => join.onTrue(),
      )
      .selectAll('last')
      .where('w.migration', '=', migration)
      .where('w.name', 'in', workloads)
      .execute()
    return new Map(rows.map((row) => [row.workload, operationOf(row)]))
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

  /** Oldest first. */
  async all(migration: string, workload: string): Promise<OperationRecord[]> {
    return (await this.#of(migration, workload).orderBy('seq').execute()).map(operationOf)
  }

  /** Who has asked to retire it since then, whatever became of that. */
  async retirements(migration: string, workload: string, since: Instant): Promise<string[]> {
    const rows = await this.#of(migration, workload)
      .where('action', '=', 'advance')
      .where('to_phase', '=', 'retired')
      .where('requested_at', '>=', new Date(since))
      .execute()
    return rows.map(({ requested_by: by }) => by)
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

const active = ['queued', 'running'] as const satisfies readonly OperationState[]

type Outcome = OperationChange & { readonly error?: Operation['error'] }

const endOf = (state: OperationState, { error = null, ...change }: Outcome) => ({
  ...columnsOf(change),
  state,
  unanswered: null,
  finished_at: new Date(),
  error: error ? JSON.stringify(error) : null,
})

function columnsOf(change: OperationChange): Updateable<Tables['operations']> {
  return {
    ...(change.writes === undefined ? {} : { writes: change.writes }),
    ...(change.homeMs === undefined ? {} : { home_ms: change.homeMs }),
    ...(change.lingers === undefined
      ? {}
      : { lingers: change.lingers === null ? null : JSON.stringify(change.lingers) }),
    ...(change.unanswered === undefined
      ? {}
      : { unanswered: change.unanswered === null ? null : JSON.stringify(change.unanswered) }),
    ...(change.result === undefined ? {} : { result: JSON.stringify(change.result) }),
    ...(change.to === undefined ? {} : { to_phase: change.to }),
    ...(change.settlesAt === undefined ? {} : { settles_at: new Date(change.settlesAt) }),
  }
}

export const operationOf = (row: Selectable<Tables['operations']>): OperationRecord => ({
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
  credential: row.credential,
  address: row.address,
  trace: row.trace,
  idempotencyKey: row.idempotency_key,
  requestedAt: row.requested_at.getTime(),
  startedAt: row.started_at?.getTime() ?? null,
  finishedAt: row.finished_at?.getTime() ?? null,
  writes: row.writes,
  homeMs: row.home_ms,
  settledMs: row.settled_ms,
  lingers: row.lingers,
  unanswered: row.unanswered,
  request: row.request as Readonly<Record<string, unknown>>,
  result: row.result,
  error: row.error,
  owner: row.owner,
  fence: row.fence,
  decision: row.decision,
})
