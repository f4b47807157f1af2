import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Dialect } from 'kysely'
import pg from 'pg'
import { inject } from 'vitest'
import { pgliteDialect } from '../../automation/store/pglite.ts'
import { postgresDialect } from '../../automation/store/postgres.ts'

/** A place for one journal, empty at first, which may be opened any number of times. */
export interface Database {
  dialect(): Dialect
  remove(): Promise<void>
}

export type DatabaseName = 'PGlite' | 'PostgreSQL'

/** null: there is a server; otherwise why there is none, which is why a test of it is skipped. */
export const noPostgres = (() => {
  const postgres = inject('postgres')
  return 'missing' in postgres ? postgres.missing : null
})()

/** What the journal runs on. The same tests run on all of them. */
export const databases: readonly DatabaseName[] = noPostgres === null ? ['PGlite', 'PostgreSQL'] : ['PGlite']

export const makeDatabase = (name: DatabaseName): Promise<Database> =>
  name === 'PGlite' ? inFolder() : makePostgresDatabase()

async function inFolder(): Promise<Database> {
  const folder = await mkdtemp(join(tmpdir(), 'journal-'))
  return {
    dialect: () => pgliteDialect(join(folder, 'data'), inject('pgliteTemplate')),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

export interface PostgresDatabase extends Database {
  readonly url: string
}

/** An empty database on the server that all tests share. */
export async function makePostgresDatabase(): Promise<PostgresDatabase> {
  const server = inject('postgres')
  if ('missing' in server) throw new Error(server.missing)
  const name = `test_${randomBytes(6).toString('hex')}`
  await onServer(server.url, `create database ${name}`)
  const url = Object.assign(new URL(server.url), { pathname: `/${name}` }).href
  return {
    url,
    dialect: () => postgresDialect({ url, connections: 4 }),
    remove: () => onServer(server.url, `drop database ${name} with (force)`),
  }
}

export async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
