import { Kysely, sql } from 'kysely'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Events } from '../../../automation/events.ts'
import { DatabaseUnusable, postgresDialect } from '../../../automation/store/postgres.ts'
import { Store } from '../../../automation/store/store.ts'
import { makePostgresDatabase, noPostgres, onServer, type PostgresDatabase } from '../../support/databases.ts'
import { until } from '../../support/wait.ts'
import { document } from '../document.ts'
import { entry } from '../fixture.ts'

describe.skipIf(noPostgres)(`a journal on a server${noPostgres ? ` (skipped: ${noPostgres})` : ''}`, () => {
  let database: PostgresDatabase
  let watcher: pg.Client
  const open: Store[] = []

  beforeAll(async () => {
    database = await makePostgresDatabase()
    watcher = new pg.Client({ connectionString: database.url })
    await watcher.connect()
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((store) => store.close()))
  })
  afterAll(async () => {
    await watcher.end()
    await database.remove()
  })

  function storeOn(url = database.url, connections = 4): Store {
    const store = new Store(postgresDialect({ url, connections }), new Events())
    open.push(store)
    return store
  }

  const own = `from pg_stat_activity where application_name = 'eks-cutover' and datname = current_database()`
  const connections = async (): Promise<number> =>
    Number((await watcher.query<{ n: string }>(`select count(*) as n ${own}`)).rows[0]?.n)
  const cutAll = () => watcher.query(`select pg_terminate_backend(pid) ${own}`)

  it('is made once by services that start at once, and all of them work on it', async () => {
    const stores = Array.from({ length: 6 }, () => storeOn())
    await Promise.all(stores.map((store) => store.open()))
    const { rows } = await watcher.query<{ n: string }>('select count(*) as n from kysely_migration where name < $1', [
      '0003',
    ])
    expect(Number(rows[0]?.n)).toBe(2)
    await stores[0]?.transaction((work) => work.migrations.save(document()))
    for (const store of stores) expect(await store.read.migrations.get('prod-2026')).not.toBeNull()
  })

  it('opens no more connections than it may, however much is asked at once', async () => {
    // a server counts those that were closed before for a moment longer
    await until('those of others are gone', async () => (await connections()) === 0)
    const store = storeOn(database.url, 3)
    const all = Array.from({ length: 30 }, () => store.read.migrations.list('', 10))
    const during = connections()
    expect(await during).toBeLessThanOrEqual(3)
    await Promise.all(all)
    expect(await connections()).toBe(3)
  })

  it('goes on when its connections were cut', async () => {
    const store = storeOn()
    await Promise.all(Array.from({ length: 4 }, () => store.read.migrations.list('', 10)))
    await cutAll()
    await until('the connections are gone', async () => (await connections()) === 0)
    await until('it answers', () =>
      store.read.migrations.get('prod-2026').then(
        (found) => found !== null,
        () => false,
      ),
    )
  })

  it('loses the unit of work whose connection was cut between two statements, whole, and nothing else', async () => {
    const store = storeOn()
    const attempt = store.transaction(async (work) => {
      await work.workloads.add('prod-2026', 'half', entry)
      await cutAll()
      await until('the connections are gone', async () => (await connections()) === 0)
      await work.workloads.add('prod-2026', 'other-half', entry)
    })
    await expect(attempt).rejects.toThrow()
    expect(await store.read.workloads.of('prod-2026')).toEqual([])
  })

  it('waits for nothing for ever, and gives counters as numbers', async () => {
    const db = new Kysely<unknown>({ dialect: postgresDialect({ url: database.url, connections: 2 }) })
    const { rows } = await sql<{ name: string; ms: number }>`select name, setting::bigint as ms from pg_settings
      where name in ('lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout')`.execute(db)
    await db.destroy()
    expect(Object.fromEntries(rows.map(({ name, ms }) => [name, ms]))).toEqual({
      idle_in_transaction_session_timeout: 60_000,
      lock_timeout: 20_000,
      statement_timeout: 60_000,
    })
  })

  it('says in its own words what is wrong, and never the password', async () => {
    const wrong = Object.assign(new URL(database.url), { password: 'not-this-one' }).href
    const refused = storeOn(wrong).open()
    await expect(refused).rejects.toThrow(/password authentication failed/)
    await expect(refused).rejects.not.toThrow(/not-this-one/)
    const nowhere = Object.assign(new URL(database.url), { port: '9' }).href
    await expect(storeOn(nowhere).open()).rejects.toThrow(/ECONNREFUSED/)
  })

  it('refuses a server that is too old', async () => {
    const old = await makePostgresDatabase()
    // a server that says that it is another: names are looked up in its schema first
    await onServer(
      old.url,
      `create schema pretend;
       create function pretend.current_setting(text) returns text language sql as
         $$ select case $1 when 'server_version_num' then '140012' else '14.12' end $$`,
    )
    const name = new URL(old.url).pathname.slice(1)
    await onServer(old.url, `alter database ${name} set search_path = pretend, pg_catalog, public`)
    const opened = storeOn(old.url).open()
    await expect(opened).rejects.toThrow(DatabaseUnusable)
    await expect(opened).rejects.toThrow('needs PostgreSQL 15 or newer; the server of DATABASE_URL is 14.12')
    await old.remove()
  })
})
