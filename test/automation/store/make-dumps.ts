/**
 * Writes what is missing of dumps/: for each schema migration a journal as it was right after it, with rows in the tables that came
 * with it. `node test/automation/store/make-dumps.ts`, after a migration was added. A dump of a version that was released stays as it
 * is: it is what an operator may have.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { postgresDialect } from '../../../automation/store/postgres.ts'
import { schemaMigrations } from '../../../automation/store/store.ts'
import { findPostgres, startPostgres } from '../../support/postgres.ts'
import { rowsOf } from './dumped-rows.ts'

const found = findPostgres()
if ('missing' in found) throw new Error(found.missing)
const server = await startPostgres(found.binaries)
const db = new Kysely<unknown>({ dialect: postgresDialect({ url: server.url, connections: 2 }) })
try {
  const provider = { getMigrations: () => Promise.resolve({ ...schemaMigrations }) }
  for (const name of Object.keys(schemaMigrations)) {
    const { error } = await new Migrator({ db, provider }).migrateTo(name)
    if (error) throw error instanceof Error ? error : new Error(JSON.stringify(error))
    for (const statement of rowsOf[name] ?? []) await sql.raw(statement).execute(db)
    const file = fileURLToPath(new URL(`./dumps/${name}.sql`, import.meta.url))
    if (!existsSync(file)) writeFileSync(file, dump())
  }
} finally {
  await db.destroy()
  await server.stop()
}

/** As SQL that any server takes: without the commands of psql, comments, owners and settings of the session. */
function dump(): string {
  const args = ['--inserts', '--no-owner', '--no-privileges', `--dbname=${server.url}`]
  const { status, stdout, stderr } = spawnSync(`${server.binaries}/pg_dump`, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  const kept = stdout.split('\n').filter((line) => !/^(--|\\|SET |SELECT pg_catalog\.set_config|$)/.test(line))
  return `${kept.join('\n')}\n`
}
