import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import type { TestProject } from 'vitest/node'
import { findPostgres, startPostgres, type PostgresServer } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A dumped, empty PGlite data directory: a journal starts from it in a second instead of five. */
    pgliteTemplate: string
    /** A server that all tests share, each with databases of its own; or why there is none. */
    postgres: { readonly url: string; readonly binaries: string } | { readonly missing: string }
  }
}

/** Every process that a test starts inherits it, so that one that outlives the run is found. */
const runMark = 'CUTOVER_TEST_RUN'

const run = `${process.pid}-${Date.now()}`

const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = join(root, 'node_modules/.cache')

export async function setup(project: TestProject): Promise<void> {
  process.env[runMark] = run
  // services, workers and plugins are started by the dozen, and compile the same code each time
  process.env['NODE_COMPILE_CACHE'] ??= join(cache, 'compiled')
  const [made] = await Promise.all([template(), providePostgres(project)])
  project.provide('pgliteTemplate', made)
}

export async function teardown(): Promise<void> {
  await postgres?.stop()
  const left = await processesWith(`${runMark}=${run}`)
  if (left.length > 0) throw new Error(`processes that outlived the tests:\n${left.join('\n')}`)
}

let postgres: PostgresServer | undefined

async function providePostgres(project: TestProject): Promise<void> {
  const found = findPostgres()
  if ('missing' in found) {
    if (process.env['CI'] === 'true') throw new Error(`the tests need PostgreSQL: ${found.missing}`)
    return project.provide('postgres', found)
  }
  postgres = await startPostgres(found.binaries)
  project.provide('postgres', { url: postgres.url, binaries: postgres.binaries })
}

async function template(): Promise<string> {
  const { version } = JSON.parse(
    readFileSync(join(root, 'node_modules/@electric-sql/pglite/package.json'), 'utf8'),
  ) as { version: string }
  const file = join(cache, `pglite-${version}.tar`)
  if (existsSync(file)) return file
  const db = await PGlite.create()
  const dump = await db.dumpDataDir('none')
  await db.close()
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.${process.pid}`, Buffer.from(await dump.arrayBuffer()))
  renameSync(`${file}.${process.pid}`, file)
  return file
}

/** Only where /proc is: elsewhere a leak is found by the tests' own open handles alone. */
async function processesWith(mark: string): Promise<string[]> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const left = await marked(mark)
    if (left.length === 0 || Date.now() > deadline) return left
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function marked(mark: string): Promise<string[]> {
  const pids = await readdir('/proc').catch(() => [])
  const own = new Set([process.pid, process.ppid])
  const found = await Promise.all(
    pids
      .filter((name) => /^\d+$/.test(name) && !own.has(Number(name)))
      .map(async (pid) => {
        try {
          const environment = await readFile(`/proc/${pid}/environ`, 'latin1')
          if (!environment.split('\0').includes(mark)) return null
          const command = (await readFile(`/proc/${pid}/cmdline`, 'latin1')).replaceAll('\0', ' ')
          // the test runner's own workers end after this
          return command.includes('vitest') ? null : `${pid} ${command}`
        } catch {
          return null
        }
      }),
  )
  return found.filter((line) => line !== null)
}
