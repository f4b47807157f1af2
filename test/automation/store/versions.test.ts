import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Kysely, sql } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'
import { Events } from '../../../automation/events.ts'
import { schemaMigrations, Store } from '../../../automation/store/store.ts'
import { databases, makeDatabase, type Database } from '../../support/databases.ts'
import { document, ruleArn } from '../document.ts'

const folder = fileURLToPath(new URL('dumps', import.meta.url))
const dumped = globSync(`${folder}/*.sql`)
  .map((path) => basename(path, '.sql'))
  .sort()

it('there is a journal of every version: `node test/automation/store/make-dumps.ts` writes what is missing', () => {
  expect(dumped).toEqual(Object.keys(schemaMigrations))
})

describe.each(databases)('on %s', (name) => {
  let database: Database | undefined
  let store: Store | undefined

  afterEach(async () => {
    await store?.close()
    await database?.remove()
  })

  /** The journal of that version, brought up to date. */
  async function open(version: string): Promise<Store> {
    database = await makeDatabase(name)
    const db = new Kysely<unknown>({ dialect: database.dialect() })
    const text = await readFile(`${folder}/${version}.sql`, 'utf8')
    for (const statement of text.split(/;\n/)) if (statement.trim()) await sql.raw(statement).execute(db)
    await db.destroy()
    store = new Store(database.dialect(), new Events(), { kubeconfigs: () => '/here/green.kubeconfig' })
    await store.open()
    return store
  }

  it.each(dumped)('a journal of version %s is brought up to date, and nothing of it is lost', async (version) => {
    const { read } = await open(version)
    expect((await read.migrations.get('prod-2026'))?.inventory).toEqual(document())
    expect(await read.workloads.get('prod-2026', 'search')).toMatchObject({
      state: { phase: 'shifting', step: 10 },
      stage: { split: { blue: 90, green: 10 } },
      revision: 9,
      unsettled: true,
    })
    expect([...(await read.claims.ofOthers('', ''))]).toEqual([[ruleArn, 'prod-2026/search']])
    expect(await read.operations.history('prod-2026', 'search', null, 10)).toMatchObject([
      { id: 'op-2', state: 'running', startedAt: 1767323045678, finishedAt: null },
      { id: 'op-1', state: 'succeeded', homeMs: 412.5, settledMs: 60_400, request: { force: true } },
    ])
    expect((await read.events.after(0, {}, 10)).map(({ type }) => type)).toEqual(['operation-queued', 'home'])
    expect(await read.holds.of('prod-2026', 'search')).toMatchObject([{ name: 'freeze', by: 'operator' }])
    expect(await store?.idempotency.take('key-1', 'abc', 'me')).toMatchObject({ status: 202 })
    if (version >= '0002') {
      const { cluster } = (await read.migrations.get('prod-2026')) ?? {}
      expect(cluster).toMatchObject({ outputs: { version: '1.33' }, kubeconfig: '/here/green.kubeconfig' })
    }
    const { workloads, ...head } = (await read.migrations.get('prod-2026'))?.inventory ?? {}
    expect(Object.keys(workloads ?? {})).toEqual(['search'])
    expect((await read.migrations.head('prod-2026'))?.inventory).toEqual(head)
    if (version >= '0008') {
      expect(await read.holds.on({ migration: 'prod-2026', name: 'search' })).toMatchObject([
        { id: 'hold-1', workload: 'search', until: null, then: null },
        { id: 'hold-2', migration: null, until: 1767323045678, then: 'resume' },
        { id: 'hold-3', migration: 'prod-2026', workload: null, then: 'rollback' },
      ])
    }
    if (version >= '0012') expect((await read.operations.get('op-2'))?.idempotencyKey).toBe('key-2')
    if (version >= '0009') {
      expect(await read.cliRuns.of('prod-2026.search')).toMatchObject([{ host: 'there', pid: 4711, startedAt: '12' }])
    }
    if (version >= '0007') {
      expect(await read.stacks.get('prod-2026.search')).toMatchObject({ encryptionsalt: 'v1:salt' })
    }
  })

  it.each(dumped)('a journal of version %s takes what comes after it', async (version) => {
    const { read } = await open(version)
    const last = await read.events.last()
    const before = await read.operations.get('op-2')
    const operation = await store?.transaction(async (work) => {
      await work.operations.finish({ id: 'op-2', fence: before?.fence ?? 0 }, 'interrupted', {})
      work.events.write({ migration: 'prod-2026', name: 'search' }, 'op-2', 'operation-finished', {})
      return work.operations.add({
        ...{ migration: 'prod-2026', workload: 'search', action: 'rollback', from: 'shifting', to: 'prepared' },
        ...{ reason: null, requestedBy: 'operator', requestedAt: 0, request: {} },
      })
    })
    expect(operation?.seq).toBe(3)
    expect(await read.events.last()).toBe(last + 1)
  })
})
