import { Kysely } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '../../support/databases.ts'
import { document } from '../document.ts'
import { entry } from '../fixture.ts'
import { Journal } from './journal.ts'

describe.each(databases)('the journal on %s', (database) => {
  let journal: Journal
  const search = { migration: 'prod-2026', name: 'search' }

  beforeAll(async () => {
    journal = await Journal.open(database)
    await journal.store.transaction(async (work) => {
      await work.migrations.save(document())
      await work.workloads.add('prod-2026', 'search', entry)
    })
  })
  afterAll(() => journal.remove())

  const write = (data: object, operation: string | null = null, workload = search) =>
    journal.store.transaction((work) => work.events.write(workload, operation, 'message', { ...data }))

  describe('a unit of work', () => {
    it('is not there at all when it fails, and nobody is told of it', async () => {
      journal.told.length = 0
      const attempt = journal.store.transaction(async (work) => {
        await work.workloads.add('prod-2026', 'half', entry)
        work.events.write(search, null, 'message', { text: 'half' })
        throw new Error('on purpose')
      })
      await expect(attempt).rejects.toThrow('on purpose')
      expect(await journal.store.read.workloads.get('prod-2026', 'half')).toBeNull()
      expect(journal.told).toEqual([])
    })

    it('is told of once all of it is in the journal, in its own order', async () => {
      journal.told.length = 0
      const during = await journal.store.transaction(async (work) => {
        work.events.write(search, null, 'message', { text: 'first' })
        const more = [['home', { text: 'second' }] as const, ['confirmed', { text: 'third' }] as const]
        work.events.writeAll(search, null, more)
        return journal.told.length
      })
      expect(during).toBe(0)
      expect(journal.told.map(({ type, data }) => [type, data['text']])).toEqual([
        ['message', 'first'],
        ['home', 'second'],
        ['confirmed', 'third'],
      ])
      const last = journal.told.at(-1)?.seq ?? 0
      expect(await journal.store.read.events.last()).toBe(last)
      expect(await journal.store.read.events.after(last - 3, {}, 10)).toEqual(journal.told)
    })

    it('gives its own answer back', async () => {
      expect(await journal.store.transaction(async () => 42)).toBe(42)
    })
  })

  describe('events', () => {
    it('go on after any of them, oldest first, as many as asked for', async () => {
      const from = await journal.store.read.events.last()
      for (let n = 1; n <= 5; n += 1) await write({ n })
      const page = await journal.store.read.events.after(from, {}, 3)
      const rest = await journal.store.read.events.after(page.at(-1)?.seq ?? 0, {}, 3)
      expect([...page, ...rest].map(({ data }) => data['n'])).toEqual([1, 2, 3, 4, 5])
    })

    it('are picked by migration, workload and operation', async () => {
      const from = await journal.store.read.events.last()
      await write({ n: 1 }, 'op-1')
      await write({ n: 2 }, 'op-2')
      await write({ n: 3 }, 'op-1', { ...search, name: 'tagging' })
      const of = async (filter: object) =>
        (await journal.store.read.events.after(from, filter, 10)).map(({ data }) => data['n'])
      expect(await of({ operation: 'op-1' })).toEqual([1, 3])
      expect(await of({ operation: 'op-1', workload: 'search' })).toEqual([1])
      expect(await of({ migration: 'other' })).toEqual([])
    })

    it('are about a part of the whole when they are about more than it as well', async () => {
      const from = await journal.store.read.events.last()
      const [everything, all] = [
        { migration: null, name: null },
        { migration: 'prod-2026', name: null },
      ]
      for (const [at, about] of [search, everything, all, { ...search, name: 'tagging' }, search, everything].entries())
        await journal.store.transaction((work) => work.events.write(about, null, 'message', { n: at + 1 }))
      const of = async (filter: object, limit = 10) =>
        (await journal.store.read.events.after(from, filter, limit)).map(({ data }) => data['n'])
      expect(await of({})).toEqual([1, 2, 3, 4, 5, 6])
      expect(await of({ migration: 'prod-2026' })).toEqual([1, 2, 3, 4, 5, 6])
      expect(await of({ migration: 'prod-2026', workload: 'search' })).toEqual([1, 2, 3, 5, 6])
      expect(await of({ migration: 'prod-2026', workload: 'search' }, 3)).toEqual([1, 2, 3])
      expect(await of({ migration: 'other', workload: 'search' })).toEqual([2, 6])
      expect(await of({ workload: 'tagging' })).toEqual([2, 3, 4, 6])
    })
  })

  describe('migrations', () => {
    it('are told by name, page by page', async () => {
      const names = ['page-a', 'page-b', 'page-c']
      for (const name of names) await journal.store.transaction((work) => work.migrations.save(document({}, name)))
      const list = async (after: string) => (await journal.store.read.migrations.list(after, 2)).map(({ name }) => name)
      expect(await list('page-')).toEqual(['page-a', 'page-b'])
      expect(await list('page-b')).toEqual(['page-c', 'prod-2026'])
    })

    it('keep the time of their making when they are changed', async () => {
      const before = await journal.store.read.migrations.get('prod-2026')
      const after = await journal.store.transaction((work) =>
        work.migrations.save(document({ search: { bake: '1h' } })),
      )
      expect(after.createdAt).toBe(before?.createdAt)
      expect(after.updatedAt).toBeGreaterThanOrEqual(before?.updatedAt ?? Infinity)
      expect(after.inventory.workloads['search']?.bake).toBe('1h')
    })
  })

  describe('a journal that is opened again', () => {
    it('has everything, and goes on with the numbers of its events', async () => {
      await write({ text: 'before' })
      const { store } = journal
      const hold = { migration: 'prod-2026', workload: 'search', name: 'hold', reason: 'r', by: 'operator' }
      await store.transaction((work) => work.holds.place(hold))
      await store.transaction((work) => work.claims.take(['rule-1'], 'prod-2026', 'search'))
      const look = async () => {
        const { read } = journal.store
        return {
          workload: await read.workloads.get('prod-2026', 'search'),
          migration: await read.migrations.get('prod-2026'),
          holds: await read.holds.of('prod-2026', 'search'),
          claims: await read.claims.ofOthers('', ''),
          last: await read.events.last(),
        }
      }
      const before = await look()
      await journal.reopen()
      expect(await look()).toEqual(before)
      await write({ text: 'after' })
      expect(await journal.store.read.events.last()).toBeGreaterThan(before.last)
    })

    it('is refused when it was made by a newer program', async () => {
      await journal.store.close()
      const later = new Kysely<{ kysely_migration: { name: string; timestamp: string } }>({
        dialect: journal.database.dialect(),
      })
      await later.insertInto('kysely_migration').values({ name: '9999-later', timestamp: '2030-01-01' }).execute()
      await later.destroy()
      await expect(journal.reopen()).rejects.toThrow(/made by a newer program.* 9999-later.*knows .* 0/)
    })
  })
})
