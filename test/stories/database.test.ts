import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { ByHand } from '../../automation/engine/stack-files.ts'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'
import { makePostgresDatabase, noPostgres, type PostgresDatabase } from '../support/databases.ts'
import { advance, advanceTo, applyInventory } from '../support/journey.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { until } from '../support/wait.ts'

/**
 * Journal and Pulumi's state in PostgreSQL: a service on one machine begins a migration; a backup is restored into an empty
 * database, and a service on another machine, which has the passphrase and nothing else, goes on forward and back.
 */
describe.skipIf(noPostgres)(
  `a migration in PostgreSQL${noPostgres ? ` (skipped: ${noPostgres})` : ''}`,
  { timeout: 240_000 },
  () => {
    let sandbox: Sandbox
    let database: PostgresDatabase
    let restored: PostgresDatabase
    let service: TestService | undefined
    const folders: string[] = []

    beforeAll(async () => {
      sandbox = await startSandbox({ scenario: 'small', timeScale: 60 })
      database = await makePostgresDatabase()
      restored = await makePostgresDatabase()
      service = await startOn(database.url, await folder())
      await applyInventory(service, { steps: [10, 50, 100] })
    })
    afterAll(async () => {
      await service?.stop()
      await sandbox.stop()
      await Promise.all([database.remove(), restored.remove()])
      await Promise.all(folders.map((path) => rm(path, { recursive: true, force: true })))
    })

    async function folder(): Promise<string> {
      const path = await mkdtemp(join(tmpdir(), 'eks-cutover-database-'))
      folders.push(path)
      return path
    }

    const startOn = (databaseUrl: string, dataDir: string) => startTestService({ sandbox, databaseUrl, dataDir })

    const running = (): TestService => {
      if (!service) throw new Error('no service runs')
      return service
    }

    const split = async () => (await running().client.workload('search')).split.observed

    async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      try {
        return (await client.query<Row>(text)).rows
      } finally {
        await client.end()
      }
    }

    it('goes forward, home and forward again, with its state beside the journal', async () => {
      await advanceTo(running(), 'search', 'shifting')
      const home = await running().client.act('search', 'rollback', { reason: 'to have one' })
      expect(home).toMatchObject({ state: 'succeeded' })
      expect(home.homeMs).toBeGreaterThan(0)
      await advanceTo(running(), 'search', 'shifting')
      const keys = await query<{ key: string }>(database.url, 'select key from pulumi_state')
      expect(keys.map(({ key }) => key)).toContain('.pulumi/stacks/eks-cutover/small.search.json')
      expect(await readdir(running().dataDir)).not.toContain('pulumi-state')
    })

    it('tells a person how to run the stack, without the password', async () => {
      const byHand = await running().client.get<ByHand>('/v1/migrations/small/workloads/search/by-hand')
      const { PULUMI_BACKEND_URL: backend = '', PGPASSFILE: passwordFile = '' } = byHand.environment
      const { password } = new URL(database.url)
      expect(new URL(backend)).toMatchObject({ protocol: 'postgres:', password: '', username: 'tester' })
      expect(JSON.stringify(byHand)).not.toContain(password)
      expect(await readFile(passwordFile, 'utf8')).toMatch(/^\*:\*:\*:\*:/)
      const { env, byHand: attached } = sandbox.ready
      const said = await run('pulumi', [...byHand.preview.split(' ').slice(1), '--non-interactive'], {
        ...env,
        ...attached,
        ...byHand.environment,
      })
      expect(said).toContain('unchanged')
    })

    it('refuses a service with another passphrase', async () => {
      const dataDir = await folder()
      await expect(startOn(database.url, dataDir)).rejects.toThrow(/passphrase is not the one/)
    })

    it('is restored into an empty database and goes on from another machine: forward, and back', async () => {
      const { dataDir } = running()
      await running().stop()
      service = undefined
      const backup = join(await folder(), 'journal.dump')
      await runServerProgram('pg_dump', ['--format=custom', `--file=${backup}`, `--dbname=${database.url}`])
      await runServerProgram('pg_restore', ['--no-owner', '--exit-on-error', `--dbname=${restored.url}`, backup])
      const elsewhere = await folder()
      await cp(join(dataDir, 'passphrase'), join(elsewhere, 'passphrase'))
      service = await startOn(restored.url, elsewhere)
      expect(await running().client.workload('search')).toMatchObject({ phase: 'shifting', step: 10 })
      expect(await advance(running(), 'search')).toMatchObject({ state: 'succeeded' })
      await until('green has 50 %', async () => (await split())?.green === 50)
      const home = await running().client.act('search', 'rollback', { reason: 'and back' })
      expect(home).toMatchObject({ state: 'succeeded', error: null })
      await until('blue has all of it', async () => (await split())?.blue === 100)
      expect((await running().client.workload('search')).phase).toBe('prepared')
    })

    async function runServerProgram(name: string, args: string[]): Promise<void> {
      const server = inject('postgres')
      if ('missing' in server) throw new Error(server.missing)
      await run(join(server.binaries, name), args, {})
    }
  },
)

/** What it said. */
async function run(program: string, args: readonly string[], environment: object): Promise<string> {
  const child = spawn(program, args, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${program} ended with ${code}\n${said}`)
  return said
}
