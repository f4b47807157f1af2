import { hostname } from 'node:os'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { deadAfterMs } from '../../automation/lock-of-the-dead.ts'
import type { OperationAnswer } from '../../demo/client.ts'
import { makePostgresDatabase, noPostgres, type PostgresDatabase } from '../support/databases.ts'
import { advance, applyInventory } from '../support/journey.ts'
import { startTestService, type TestService } from '../support/service.ts'

/** A machine dies in the middle of an `up` and leaves its lock on the stack; a service on another machine goes on with the workload. */
describe.skipIf(noPostgres)(
  `a lock of another machine${noPostgres ? ` (skipped: ${noPostgres})` : ''}`,
  { timeout: 120_000 },
  () => {
    let database: PostgresDatabase
    let service: TestService
    let journal: pg.Client
    const stack = 'small.search'
    const lock = `.pulumi/locks/organization/eks-cutover/${stack}/0a1b2c3d-0000-4000-8000-000000000001.json`

    beforeAll(async () => {
      database = await makePostgresDatabase()
      service = await startTestService({ databaseUrl: database.url })
      await applyInventory(service)
      await advance(service, 'search')
      journal = new pg.Client({ connectionString: database.url })
      await journal.connect()
    })
    afterAll(async () => {
      await journal.end()
      await service.stop()
      await database.remove()
    })
    beforeEach(async () => {
      await journal.query('delete from pulumi_state where key = $1', [lock])
      await journal.query(`delete from cli_runs where host = 'elsewhere'`)
      const content = { pid: 4242, username: 'cutover', hostname: 'elsewhere', timestamp: new Date().toISOString() }
      // Pulumi's driver keeps every file as base64 in a document
      const data = JSON.stringify({ data: Buffer.from(JSON.stringify(content)).toString('base64') })
      await journal.query('insert into pulumi_state (key, data) values ($1, $2)', [lock, data])
    })

    /** Of a replica elsewhere, whose lease ends in so many seconds from now. */
    async function noteCli(leaseSeconds: number): Promise<void> {
      await journal.query(
        `insert into replicas (id, host, pid, started_at, since, lease_until, held_since)
          values ('replica-elsewhere', 'elsewhere', 7, '1', now() - interval '1 hour',
            now() + make_interval(secs => $1), now() - interval '1 hour')
          on conflict (id) do update set lease_until = excluded.lease_until`,
        [leaseSeconds],
      )
      await journal.query(
        `insert into cli_runs (stack, host, pid, started_at, begun_at, operation, fence, owner)
          values ($1, 'elsewhere', 4242, '9', now(), 'op-dead', 1, 'replica-elsewhere')`,
        [stack],
      )
    }

    const locked = async (): Promise<boolean> =>
      (await journal.query('select from pulumi_state where key = $1', [lock])).rowCount === 1

    async function ended(): Promise<OperationAnswer> {
      await service.client.removeHolds('search')
      await service.client.open('search')
      const { id } = await service.client.post('search', 'advance')
      return service.client.ended(id)
    }

    it('notes every CLI of its own that may take the lock', async () => {
      const { rows } = await journal.query('select * from cli_runs where stack = $1', [stack])
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows) {
        expect(row).toMatchObject({ host: hostname(), owner: service.automation.cutover.replica, fence: 1 })
        expect(row.pid).toBeGreaterThan(0)
      }
    })

    it('stays when the journal does not know its holder: it may be a person’s', async () => {
      expect(await ended()).toMatchObject({ state: 'failed', error: { code: 'stack-locked' } })
      expect(await locked()).toBe(true)
    })

    it('stays while its owner has its lease', async () => {
      await noteCli(60)
      expect(await ended()).toMatchObject({ state: 'failed', error: { code: 'stack-locked' } })
      expect(await locked()).toBe(true)
    })

    it('is removed when its owner lost its lease, not before its CLI has to be dead; and the workload goes on', async () => {
      const leaseless = Date.now()
      await noteCli(0)
      expect(await ended()).toMatchObject({ state: 'succeeded', to: 'prepared' })
      expect(Date.now() - leaseless).toBeGreaterThanOrEqual(deadAfterMs)
      expect(await locked()).toBe(false)
      const { rows } = await journal.query<{ text: string }>(`select data ->> 'text' as text from events`)
      expect(rows.map(({ text }) => text)).toContain('the lock of a run that is dead was removed')
    })
  },
)
