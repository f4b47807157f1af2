import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forgetUpdates } from '../../automation/engine/history-files.ts'
import { Events } from '../../automation/events.ts'
import { EventLog } from '../../automation/store/event-log.ts'
import type { Tables } from '../../automation/store/schema.ts'
import { Stacks } from '../../automation/store/stacks.ts'
import { Store } from '../../automation/store/store.ts'
import { databases, makeDatabase, type Database } from '../support/databases.ts'

/** What the CLI leaves of updates of one stack, oldest first. */
const filesOf = (stack: string, updates: number): string[] =>
  Array.from({ length: updates }, (_, at) => `${stack}-17000000000000000${10 + at}`).flatMap((name) => [
    `${name}.history.json`,
    `${name}.checkpoint.json`,
  ])

describe.each(databases)('a journal on %s', (name) => {
  let database: Database
  let db: Kysely<Tables>

  beforeAll(async () => {
    database = await makeDatabase(name)
    const store = new Store(database.dialect(), new Events())
    await store.open()
    await store.close()
    db = new Kysely<Tables>({ dialect: database.dialect() })
  })
  afterAll(async () => {
    await db.destroy()
    await database.remove()
  })

  const left = async (): Promise<number[]> =>
    (await db.selectFrom('events').select('seq').orderBy('seq').execute()).map(({ seq }) => Number(seq))

  it('forgets events of before a time, and goes on counting', async () => {
    const log = new EventLog(db, [])
    await sql`insert into events (at, type, data)
      select timestamptz '2026-01-01T00:00:00Z' + n * interval '1 minute', 'message', '{}' from generate_series(1, 12000) n`.execute(
      db,
    )
    await log.forget(new Date('2026-01-01T00:00:00Z'))
    expect(await left()).toHaveLength(12_000)
    await log.forget(new Date(Date.parse('2026-01-01T00:00:00Z') + 11_990 * 60_000))
    expect((await left())[0]).toBe(11_990)
    await log.forget(new Date('2030-01-01'))
    expect(await left()).toEqual([12_000])
    expect(await log.last()).toBe(12_000)
  })

  it('forgets the oldest updates of each stack, and nothing of its state', async () => {
    const state = ['.pulumi/stacks/eks-cutover/small.search.json', '.pulumi/meta.yaml']
    const history = ['small.search', 'small.tagging'].flatMap((stack, at) =>
      filesOf(stack, at === 0 ? 5 : 2).map((file) => `.pulumi/history/eks-cutover/${stack}/${file}`),
    )
    for (const key of [...state, ...history]) await sql`insert into pulumi_state values (${key}, '{}')`.execute(db)
    await new Stacks(db).forgetUpdates(3)
    const { rows } = await sql<{ key: string }>`select key from pulumi_state`.execute(db)
    const kept = history.filter((key) => !/search-17000000000000000(10|11)[.]/.test(key))
    expect(rows.map(({ key }) => key).sort()).toEqual([...state, ...kept].sort())
  })
})

describe('state in files', () => {
  let folder: string
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'history-'))))
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('loses the oldest updates of each stack', async () => {
    const at = join(folder, '.pulumi', 'history', 'eks-cutover', 'small.search')
    await mkdir(at, { recursive: true })
    for (const file of [...filesOf('small.search', 4), 'notes.txt']) await writeFile(join(at, file), '{}')
    const url = `${pathToFileURL(folder).href}?metadata=skip`
    await forgetUpdates(url, 4)
    expect(await readdir(at)).toHaveLength(9)
    await forgetUpdates(url, 1)
    expect((await readdir(at)).sort()).toEqual(['notes.txt', ...filesOf('small.search', 4).slice(-2)].sort())
  })

  it('is left alone where it is elsewhere, or not there yet', async () => {
    await forgetUpdates('s3://bucket/state', 1)
    await forgetUpdates(pathToFileURL(join(folder, 'nothing')).href, 1)
  })
})
