import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Events } from '../../automation/events.ts'
import { Replica, selfTrustMs } from '../../automation/replica.ts'
import { postgresDialect } from '../../automation/store/postgres.ts'
import { Store } from '../../automation/store/store.ts'
import { makePostgresDatabase, noPostgres, type PostgresDatabase } from '../support/databases.ts'
import { until } from '../support/wait.ts'

describe.skipIf(noPostgres)(`a replica on a server${noPostgres ? ` (skipped: ${noPostgres})` : ''}`, () => {
  let database: PostgresDatabase
  let store: Store

  beforeAll(async () => {
    database = await makePostgresDatabase()
    store = new Store(postgresDialect({ url: database.url, connections: 4 }), new Events())
    await store.open()
  })
  afterAll(async () => {
    await store.close()
    await database.remove()
  })

  it('lets its work go on for no longer than its lease, however long the database took to renew it', async () => {
    const renewed: { readonly at: number; readonly ms: number }[] = []
    const onRenewed = (ms: number): void => void renewed.push({ at: Date.now(), ms })
    const replica = new Replica({ store, alone: false, onRenewed, onLost: () => Promise.resolve() })
    await replica.start()
    const other = new pg.Client({ connectionString: database.url })
    await other.connect()
    try {
      await other.query('begin')
      await other.query('select from replicas where id = $1 for update', [replica.id])
      const held = renewed.length
      const waits = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
      await until('the renewal waits', async () => (await other.query(waits)).rowCount === 1)
      await other.query('select pg_sleep(2)')
      await other.query('commit')
      await until('it was renewed', () => renewed.length > held)
      const [late] = renewed.slice(held)
      // a statement's time is that of its beginning, so two seconds of the lease have passed
      expect(late?.ms).toBeLessThan(selfTrustMs - 1_900)
      const { rows } = await other.query<{ left: number }>(
        'select extract(epoch from lease_until - now())::float8 * 1000 as left from replicas where id = $1',
        [replica.id],
      )
      const trustedUntil = (late?.at ?? 0) + (late?.ms ?? 0)
      expect(trustedUntil).toBeLessThan(Date.now() + (rows[0]?.left ?? 0))
    } finally {
      await other.end()
      await replica.stop()
    }
  })
})
