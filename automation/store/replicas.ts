import { sql, type Kysely, type Selectable } from 'kysely'
import type { ProcessIdentity } from '../engine/processes.ts'
import type { Tables } from './schema.ts'

/** A service on this journal. */
export interface ReplicaRecord extends ProcessIdentity {
  readonly id: string
  readonly host: string
}

/** The services that share the journal. All times are the database's, so that no two clocks are compared. */
export class Replicas {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /** Makes its lease last for so many seconds from now on, whether it is known or not. */
  async renew({ id, host, pid, startedAt }: ReplicaRecord, seconds: number): Promise<void> {
    const until = sql<Date>`now() + make_interval(secs => ${seconds})`
    await this.#db
      .insertInto('replicas')
      .values({ id, host, pid, started_at: startedAt, since: sql`now()`, lease_until: until })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet({
          lease_until: until,
          held_since: sql<Date>`case when replicas.lease_until < now() then now() else replicas.held_since end`,
        }),
      )
      .execute()
  }

  /** Those whose lease has not run out, by id. */
  async alive(): Promise<ReplicaRecord[]> {
    const query = this.#db
      .selectFrom('replicas')
      .selectAll()
      .where('lease_until', '>', sql<Date>`now()`)
    return (await query.orderBy('id').execute()).map(replicaOf)
  }

  /** Is known to be gone: nobody has to wait for its lease. */
  async expire(id: string): Promise<void> {
    await this.#db
      .updateTable('replicas')
      .set({ lease_until: sql`now()` })
      .where('id', '=', id)
      .execute()
  }

  /** All but this one are gone: it has the journal alone. */
  async expireOthers(id: string): Promise<void> {
    await this.#db.deleteFrom('replicas').where('id', '!=', id).execute()
  }

  /** What is no longer there and owns nothing. */
  async forgetDead(): Promise<void> {
    await this.#db
      .deleteFrom('replicas')
      .where('lease_until', '<', sql<Date>`now() - interval '1 hour'`)
      .where('id', 'not in', (e) =>
        e.selectFrom('operations').select('owner').where('owner', 'is not', null).$castTo<{ owner: string }>(),
      )
      .execute()
  }

  async remove(id: string): Promise<void> {
    await this.#db.deleteFrom('replicas').where('id', '=', id).execute()
  }
}

const replicaOf = ({ id, host, pid, started_at: startedAt }: Selectable<Tables['replicas']>): ReplicaRecord => ({
  id,
  host,
  pid,
  startedAt,
})
