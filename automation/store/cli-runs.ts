import { sql, type Kysely } from 'kysely'
import type { ProcessIdentity } from '../engine/processes.ts'
import type { Instant } from '../migration.ts'
import type { Tables } from './schema.ts'

/** A Pulumi CLI that was started for an operation. */
export interface CliRun extends ProcessIdentity {
  readonly stack: string
  readonly host: string
  /** By the clock of its host. */
  readonly begunAt: Instant
  readonly operation: string
  readonly fence: number
  /** The replica that started it. */
  readonly owner: string
}

/** One of them, with what the journal knows of its end. */
export interface KnownCli extends ProcessIdentity {
  readonly host: string
  readonly begunAt: Instant
  /**
   * For how long its owner has been without the lease that it was started under, by the database's clock; Infinity: its owner has
   * said that nothing of it is left, or is no replica any more. null: that lease holds. Milliseconds.
   */
  readonly leaselessMs: number | null
}

/** Which CLIs were started, so that a lock that one of them has left can be told from anybody else's. */
export class CliRuns {
  readonly #db: Kysely<Tables>

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /** A number that comes again on a host is the newest process that had it. */
  async note({ stack, host, pid, startedAt, begunAt, operation, fence, owner }: CliRun): Promise<void> {
    const run = { started_at: startedAt, begun_at: new Date(begunAt), operation, fence, owner }
    await this.#db
      .insertInto('cli_runs')
      .values({ stack, host, pid, ...run })
      .onConflict((conflict) =>
        conflict.columns(['stack', 'host', 'pid']).doUpdateSet({ ...run, noted_at: sql<Date>`now()` }),
      )
      .execute()
  }

  async of(stack: string): Promise<KnownCli[]> {
    const { rows } = await sql<Row>`
      select c.host, c.pid, c.started_at, c.begun_at,
        r.id is null or (o.owner is null and o.fence = c.fence) as over,
        extract(epoch from now() - case when c.noted_at < r.held_since then r.held_since else r.lease_until end)::float8
          * 1000 as leaseless_ms
      from cli_runs c left join replicas r on r.id = c.owner left join operations o on o.id = c.operation
      where c.stack = ${stack}`.execute(this.#db)
    return rows.map((row) => ({
      host: row.host,
      pid: row.pid,
      startedAt: row.started_at,
      begunAt: row.begun_at.getTime(),
      leaselessMs: leaselessMs(row),
    }))
  }

  /** Locks are asked about within days, if at all. */
  async forgetOld(): Promise<void> {
    await this.#db
      .deleteFrom('cli_runs')
      .where('noted_at', '<', sql<Date>`now() - interval '30 days'`)
      .execute()
  }
}

interface Row {
  readonly host: string
  readonly pid: number
  readonly started_at: string
  readonly begun_at: Date
  readonly over: boolean
  readonly leaseless_ms: number | null
}

function leaselessMs({ over, leaseless_ms: ms }: Row): number | null {
  if (over) return Infinity
  return ms !== null && ms > 0 ? ms : null
}
