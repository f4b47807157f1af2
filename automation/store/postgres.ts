import { PostgresAdapter, PostgresDialect, sql, type Dialect, type Kysely } from 'kysely'
import pg from 'pg'
import type { Listen } from './follower.ts'

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`, with `sslmode` as libpq understands it. */
  readonly url: string
  /** How many connections are opened at most. */
  readonly connections: number
}

/** The database cannot be worked with; trying again does not mend it. */
export class DatabaseUnusable extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DatabaseUnusable'
  }
}

/** The oldest that is tested against, in the numbers of `server_version_num`. */
const oldestServer = 150_000

/**
 * How long one statement may take, wait for a lock, leave a transaction open, and wait for a connection, of which an unused one is
 * closed after a while. Milliseconds.
 */
const patience = { statement: 60_000, lock: 20_000, idleInTransaction: 60_000, connect: 30_000, idle: 60_000 }

/** A numeric type of PostgreSQL that `pg` gives as text, because not all of it fits a number. Ours are counters, which do. */
const int8 = 20

/** The journal on a server that others may share: the same SQL as on PGlite. */
export function postgresDialect(options: PostgresOptions): Dialect {
  return new JournalDialect({ pool: () => openPool(options) })
}

class JournalDialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new MigratingAdapter()
  }
}

/** Schema migrations wait for another service's, and take as long as they take. */
class MigratingAdapter extends PostgresAdapter {
  override async acquireMigrationLock(...[db, options]: LockArguments): Promise<void> {
    await sql`set statement_timeout = 0`.execute(db)
    await sql`set lock_timeout = 0`.execute(db)
    await super.acquireMigrationLock(db, options)
  }

  override async releaseMigrationLock(...[db, options]: LockArguments): Promise<void> {
    await super.releaseMigrationLock(db, options)
    await sql`reset lock_timeout`.execute(db)
    await sql`reset statement_timeout`.execute(db)
  }
}

type LockArguments = [
  db: Kysely<any>, // eslint-disable-line @typescript-eslint/no-explicit-any -- as the class says it
  options: Parameters<PostgresAdapter['acquireMigrationLock']>[1],
]

/** Throws DatabaseUnusable for a server that is too old. Whatever breaks later fails the statement that needed it, and no more. */
async function openPool({ url, connections }: PostgresOptions): Promise<pg.Pool> {
  const pool = new pg.Pool({
    connectionString: asLibpqUnderstands(url),
    max: connections,
    application_name: 'eks-cutover',
    keepAlive: true,
    connectionTimeoutMillis: patience.connect,
    idleTimeoutMillis: patience.idle,
    statement_timeout: patience.statement,
    lock_timeout: patience.lock,
    idle_in_transaction_session_timeout: patience.idleInTransaction,
    types: { getTypeParser },
  })
  // a connection that breaks tells whoever uses it; here it would end the process, idle or between two statements
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  try {
    await requireVersion(pool)
  } catch (error) {
    await pool.end()
    throw error
  }
  return pool
}

async function requireVersion(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ number: string; version: string }>(
    `select current_setting('server_version_num') as number, current_setting('server_version') as version`,
  )
  const [{ number = '0', version = 'unknown' } = {}] = rows
  if (Number(number) >= oldestServer) return
  throw new DatabaseUnusable(
    `the journal needs PostgreSQL ${Math.floor(oldestServer / 10_000)} or newer; the server of DATABASE_URL is ${version}`,
  )
}

function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  return oid === int8 ? Number : (pg.types.getTypeParser(oid, format) as (text: string) => unknown)
}

/** `pg` has meanings of its own for `sslmode`; Pulumi's driver, which may share the URL, and every other client have libpq's. */
function asLibpqUnderstands(url: string): string {
  const asked = new URL(url)
  asked.searchParams.set('uselibpqcompat', 'true')
  return asked.href
}

/** Between two attempts to listen again after the connection broke. Milliseconds. */
const listenAgainMs = 1_000

/** Hears of notices over a connection of its own. */
export const postgresListen =
  (url: string): Listen =>
  async (channel, onNotice) => {
    let closed = false
    let client: pg.Client | null = null
    let timer: NodeJS.Timeout | undefined
    const open = async (): Promise<void> => {
      const opened = new pg.Client({
        connectionString: asLibpqUnderstands(url),
        application_name: 'eks-cutover listens',
      })
      client = opened
      const again = (): void => {
        if (closed || client !== opened) return
        client = null
        void opened.end().catch(() => undefined)
        timer = setTimeout(() => void open().catch(() => undefined), listenAgainMs).unref()
      }
      opened.on('error', again)
      opened.on('end', again)
      opened.on('notification', onNotice)
      try {
        await opened.connect()
        await opened.query(`listen ${opened.escapeIdentifier(channel)}`)
        onNotice() // of what came while nobody listened
      } catch {
        again()
      }
    }
    await open()
    return {
      close: async () => {
        closed = true
        clearTimeout(timer)
        await client?.end().catch(() => undefined)
      },
    }
  }
