import { sql, type Kysely, type RawBuilder, type Selectable } from 'kysely'
import { operationOf, type Held, type OperationRecord } from './operations.ts'
import type { Tables } from './schema.ts'

/** An operation that was taken, and the replica that had it before. */
export interface Taken {
  readonly operation: OperationRecord
  readonly from: string | null
}

/** Which replica has which operation. Taking one raises its fence, so that whoever had it before can write nothing more. */
export class Ownership {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /** No process of it is left here. What has not ended may be claimed by any replica. */
  async letGo({ id, fence }: Held): Promise<void> {
    const query = this.#db.updateTable('operations').set({ owner: null }).where('id', '=', id)
    await query.where('fence', '=', fence).execute()
  }

  /**
   * Of those that nobody has (accepted and not begun, or its owner's lease has run out, or it is the asker's own and not among those
   * that it knows of): all that bring home, and of those that had begun the asker's share, as many as fall to each replica that is
   * alive. They wait for no room. The next asker takes its share of what is left; the last one has the rest.
   */
  takeBegun(owner: string, running: readonly string[]): Promise<Taken[]> {
    const free = sql`o.state in ('queued', 'running') and ${isFree(owner, running)}`
    const home = sql`select count(*) from operations o where ${free} and o.action = 'rollback'`
    const begun = sql`select count(*) from operations o where ${free} and o.action <> 'rollback' and o.state = 'running'`
    const alive = sql`select count(*) from replicas r where ${isAlive}`
    const share = sql`(${home}) + ceil((${begun})::numeric / greatest(1, (${alive})))`
    return this.#take(owner, running, sql`o.action = 'rollback' or o.state = 'running'`, sql`(${share})`)
  }

  /**
   * The next operation that nobody has, begun or not. First what brings home, then what belongs to the migration that has the least
   * under way, then the oldest. [] when there is none.
   */
  takeNext(owner: string, running: readonly string[]): Promise<Taken[]> {
    return this.#take(owner, running, sql`true`, sql`1`)
  }

  async #take(
    owner: string,
    running: readonly string[],
    which: RawBuilder<unknown>,
    most: RawBuilder<unknown>,
  ): Promise<Taken[]> {
    const { rows } = await sql<Selectable<Tables['operations']> & { from_owner: string | null }>`
      with candidate as (
        select o.id, o.owner as from_owner from operations o
        where o.state in ('queued', 'running') and ${isFree(owner, running)} and (${which})
        order by (o.action = 'rollback') desc,
          (select count(*) from operations b where b.migration = o.migration and b.state = 'running' and b.owner is not null),
          o.seq
        limit ${most}
        for update of o skip locked
      )
      update operations set owner = ${owner}, fence = fence + 1, state = 'running', started_at = coalesce(started_at, now())
      from candidate where operations.id = candidate.id
      returning operations.*, candidate.from_owner`.execute(this.#db)
    return rows.map((row) => ({ operation: operationOf(row), from: row.from_owner }))
  }

  /** Ended operations of which a dead replica may have left processes: they are the asker's from now on. */
  async takeEnded(owner: string, running: readonly string[]): Promise<OperationRecord[]> {
    const rows = await sql<Selectable<Tables['operations']>>`
      update operations set owner = ${owner}, fence = fence + 1
      where id in (
        select o.id from operations o
        where o.owner is not null and o.state not in ('queued', 'running') and ${isFree(owner, running)}
        for update of o skip locked
      )
      returning *`.execute(this.#db)
    return rows.rows.map(operationOf)
  }
}

const isAlive = sql`r.lease_until > now()`

/** `o` has no owner that is alive; or the asker is its owner, and does not know of it. */
const isFree = (owner: string, running: readonly string[]): RawBuilder<boolean> => sql`
  (o.owner is null
    or (o.owner = ${owner} and not (o.id = any(${running}::text[])))
    or not exists (select 1 from replicas r where r.id = o.owner and ${isAlive}))`
