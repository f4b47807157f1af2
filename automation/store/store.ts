import { Kysely, sql, type Dialect } from 'kysely'
import { Migrator, type Migration as SchemaMigration } from 'kysely/migration'
import type { ProvideKubeconfig } from '../cluster/kubeconfigs.ts'
import type { Events, JournalEvent } from '../events.ts'
import { Claims } from './claims.ts'
import { Clusters } from './clusters.ts'
import { EventLog } from './event-log.ts'
import { Holds } from './holds.ts'
import { Idempotency } from './idempotency.ts'
import { Migrations } from './migrations.ts'
import * as journal from './migrations/0001-journal.ts'
import * as clusters from './migrations/0002-clusters.ts'
import * as stacks from './migrations/0007-stacks.ts'
import { Operations } from './operations.ts'
import { Passphrase } from './passphrase.ts'
import type { Tables } from './schema.ts'
import { Stacks } from './stacks.ts'
import { Workloads } from './workloads.ts'

export const schemaMigrations: Readonly<Record<string, SchemaMigration>> = {
  '0001-journal': journal,
  '0002-clusters': clusters,
  '0007-stacks': stacks,
}

/** A program does not guess what a later one meant; trying again does not mend it. */
export class NewerJournal extends Error {
  constructor(unknown: readonly string[], newest: string) {
    super(
      `the journal was made by a newer program: it has the schema migrations ${unknown.join(', ')}, and this program ` +
        `knows them up to ${newest}. Start the newer program again, or go back to a backup.`,
    )
    this.name = 'NewerJournal'
  }
}

/** The tables that one unit of work sees; inside `transaction` all of it happens or nothing does. */
export interface Work {
  readonly migrations: Migrations
  readonly clusters: Clusters
  readonly stacks: Stacks
  readonly workloads: Workloads
  readonly claims: Claims
  readonly operations: Operations
  readonly holds: Holds
  readonly events: EventLog
}

/** The journal: what was asked for, what is true, what was done. SQL from the start, the same on PGlite and PostgreSQL. */
export class Store {
  readonly #db: Kysely<Tables>
  readonly #events: Events
  readonly #kubeconfig: ProvideKubeconfig | null
  readonly read: Work
  readonly idempotency: Idempotency
  readonly passphrase: Passphrase

  constructor(dialect: Dialect, events: Events, kubeconfig: ProvideKubeconfig | null = null) {
    this.#db = new Kysely<Tables>({ dialect })
    this.#events = events
    this.#kubeconfig = kubeconfig
    this.read = workOn(this.#db, [], kubeconfig)
    this.idempotency = new Idempotency(this.#db)
    this.passphrase = new Passphrase(this.#db)
  }

  /**
   * Brings the schema up to date; of services that start at once one does, and the others wait for it. Throws NewerJournal when the
   * database is newer than this program knows.
   */
  async open(): Promise<void> {
    await this.#requireKnown()
    const migrator = new Migrator({
      db: this.#db,
      provider: { getMigrations: () => Promise.resolve({ ...schemaMigrations }) },
    })
    const { error } = await migrator.migrateToLatest()
    if (error)
      throw new Error(`the journal's schema could not be brought up to date: ${describe(error)}`, { cause: error })
  }

  async #requireKnown(): Promise<void> {
    const made = await sql<{ made: boolean }>`select to_regclass('kysely_migration') is not null as made`.execute(
      this.#db,
    )
    if (!made.rows[0]?.made) return
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(this.#db)
    const known = Object.keys(schemaMigrations)
    const unknown = rows.map(({ name }) => name).filter((name) => !known.includes(name))
    if (unknown.length > 0) throw new NewerJournal(unknown, known.at(-1) ?? 'none')
  }

  /** Events written inside are told to listeners once all of it is in the journal, and never when it is not. */
  async transaction<T>(act: (work: Work) => Promise<T>): Promise<T> {
    const written: JournalEvent[] = []
    const result = await this.#db.transaction().execute((tx) => act(workOn(tx, written, this.#kubeconfig)))
    for (const event of written) this.#events.emit('event', event)
    return result
  }

  close(): Promise<void> {
    return this.#db.destroy()
  }
}

const workOn = (db: Kysely<Tables>, written: JournalEvent[], kubeconfig: ProvideKubeconfig | null): Work => ({
  migrations: new Migrations(db, kubeconfig),
  clusters: new Clusters(db),
  stacks: new Stacks(db),
  workloads: new Workloads(db),
  claims: new Claims(db),
  operations: new Operations(db),
  holds: new Holds(db),
  events: new EventLog(db, written),
})

const describe = (error: unknown): string => (error instanceof Error ? error.message : JSON.stringify(error))
