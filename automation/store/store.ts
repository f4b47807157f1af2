import { Kysely, sql, type Dialect } from 'kysely'
import { Migrator, type Migration as SchemaMigration } from 'kysely/migration'
import type { AuditFact } from '../audit.ts'
import type { ProvideKubeconfig } from '../cluster/kubeconfigs.ts'
import type { Events } from '../events.ts'
import { appendAudit, Audit } from './audit.ts'
import { Claims } from './claims.ts'
import { CliRuns } from './cli-runs.ts'
import { Clusters } from './clusters.ts'
import { append, EventLog, type NewEvent } from './event-log.ts'
import { Follower, type Listen } from './follower.ts'
import { Holds } from './holds.ts'
import { Idempotency } from './idempotency.ts'
import { Migrations } from './migrations.ts'
import * as journal from './migrations/0001-journal.ts'
import * as clusters from './migrations/0002-clusters.ts'
import * as leases from './migrations/0003-leases.ts'
import * as tokens from './migrations/0004-tokens.ts'
import * as audit from './migrations/0005-audit.ts'
import * as stacks from './migrations/0007-stacks.ts'
import * as holds from './migrations/0008-holds.ts'
import * as cliRuns from './migrations/0009-cli-runs.ts'
import * as unanswered from './migrations/0010-unanswered.ts'
import * as reads from './migrations/0011-reads.ts'
import * as keys from './migrations/0012-keys.ts'
import { Operations } from './operations.ts'
import { Ownership } from './ownership.ts'
import { Passphrase } from './passphrase.ts'
import { ReadingTable } from './readings.ts'
import { Replicas } from './replicas.ts'
import type { Tables } from './schema.ts'
import { Stacks } from './stacks.ts'
import { Tokens } from './tokens.ts'
import { Workloads } from './workloads.ts'

export const schemaMigrations: Readonly<Record<string, SchemaMigration>> = {
  '0001-journal': journal,
  '0002-clusters': clusters,
  '0003-leases': leases,
  '0004-tokens': tokens,
  '0005-audit': audit,
  '0007-stacks': stacks,
  '0008-holds': holds,
  '0009-cli-runs': cliRuns,
  '0010-unanswered': unanswered,
  '0011-reads': reads,
  '0012-keys': keys,
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
  readonly ownership: Ownership
  readonly holds: Holds
  readonly replicas: Replicas
  readonly cliRuns: CliRuns
  readonly readings: ReadingTable
  readonly events: EventLog
  readonly audit: Audit
  readonly tokens: Tokens
}

interface StoreOptions {
  readonly kubeconfigs?: ProvideKubeconfig | null
  readonly listen?: Listen | undefined
}

/** The journal: what was asked for, what is true, what was done. SQL from the start, the same on PGlite and PostgreSQL. */
export class Store {
  readonly #db: Kysely<Tables>
  readonly #events: Events
  readonly #follower: Follower
  readonly #kubeconfigs: ProvideKubeconfig | null
  readonly read: Work
  readonly idempotency: Idempotency
  readonly passphrase: Passphrase

  /** `listen`: hears of what other services write on the same database. */
  constructor(dialect: Dialect, events: Events, { kubeconfigs = null, listen }: StoreOptions = {}) {
    this.#db = new Kysely<Tables>({ dialect })
    this.#events = events
    this.#kubeconfigs = kubeconfigs
    this.read = workOn(this.#db, [], [], kubeconfigs)
    this.idempotency = new Idempotency(this.#db)
    this.passphrase = new Passphrase(this.#db)
    this.#follower = new Follower(this.read.events, events, listen)
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
    await this.#follower.start()
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
  async transaction<T>(act: (work: Work) => Promise<T> | T): Promise<T> {
    const { result, appended } = await this.#db.transaction().execute(async (tx) => {
      const collected: NewEvent[] = []
      const facts: AuditFact[] = []
      const result = await act(workOn(tx, collected, facts, this.#kubeconfigs))
      await appendAudit(tx, facts)
      return { result, appended: await append(tx, collected) }
    })
    this.#follower.offer(appended)
    if (appended.length > 0) this.#events.emit('written', appended)
    return result
  }

  async close(): Promise<void> {
    await this.#follower.stop()
    await this.#db.destroy()
  }
}

const workOn = (
  db: Kysely<Tables>,
  collected: NewEvent[],
  facts: AuditFact[],
  kubeconfigs: ProvideKubeconfig | null,
): Work => ({
  migrations: new Migrations(db, kubeconfigs),
  clusters: new Clusters(db),
  stacks: new Stacks(db),
  workloads: new Workloads(db),
  claims: new Claims(db),
  operations: new Operations(db),
  ownership: new Ownership(db),
  holds: new Holds(db),
  replicas: new Replicas(db),
  cliRuns: new CliRuns(db),
  readings: new ReadingTable(db),
  events: new EventLog(db, collected),
  audit: new Audit(db, facts),
  tokens: new Tokens(db),
})

const describe = (error: unknown): string => (error instanceof Error ? error.message : JSON.stringify(error))
