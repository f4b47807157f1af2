import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ClaimHeld } from '../../../automation/store/claims.ts'
import type { NewOperation, OperationRecord } from '../../../automation/store/operations.ts'
import { PassphraseDiffers } from '../../../automation/store/passphrase.ts'
import { newId } from '../../../automation/store/ids.ts'
import * as stages from '../../../automation/phases/stages.ts'
import { databases } from '../../support/databases.ts'
import { document } from '../document.ts'
import { entry, found } from '../fixture.ts'
import { Journal } from './journal.ts'

describe.each(databases)('on %s', (database) => {
  let journal: Journal
  const migration = 'prod-2026'
  let workloads = 0
  let name: string

  beforeAll(async () => {
    journal = await Journal.open(database)
    await journal.store.transaction((work) => work.migrations.save(document()))
    for (const id of ['me', 'another', 'third']) await read().replicas.renew(replica(id), 60)
  })
  afterAll(() => journal.remove())

  /** Each test has a workload of its own. */
  beforeEach(async () => {
    workloads += 1
    name = `w${workloads}`
    await journal.store.transaction((work) => work.workloads.add(migration, name, entry))
    journal.told.length = 0
  })

  const read = () => journal.store.read

  const replica = (id: string) => ({ id, host: 'here', pid: 1, startedAt: '7' })

  const operation = (change: Partial<NewOperation> = {}): NewOperation => ({
    migration,
    workload: name,
    action: 'advance',
    from: 'registered',
    to: 'adopted',
    reason: null,
    requestedBy: 'operator',
    requestedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    request: { plan: null },
    ...change,
  })

  const add = (change: Partial<NewOperation> = {}): Promise<OperationRecord> =>
    journal.store.transaction((work) => work.operations.add(operation(change)))

  describe('a workload', () => {
    it('begins registered, with nothing found and nothing touched', async () => {
      expect(await read().workloads.get(migration, name)).toEqual({
        migration,
        name,
        kind: 'alb',
        entry,
        state: { phase: 'registered' },
        revision: 1,
        found: null,
        stage: null,
        outputs: null,
        onRecord: null,
        unsettled: false,
      })
    })

    it('keeps each change, raises its revision, and leaves the rest', async () => {
      const change = { found, stage: stages.adopted, unsettled: true, state: { phase: 'adopted' } } as const
      await journal.store.transaction((work) => work.workloads.change(migration, name, change))
      const after = await journal.store.transaction((work) => work.workloads.change(migration, name, { stage: null }))
      expect(after).toMatchObject({ ...change, stage: null, revision: 3, entry })
      expect(await read().workloads.get(migration, name)).toEqual(after)
    })

    it('cannot be changed when it does not exist', async () => {
      const change = journal.store.transaction((work) =>
        work.workloads.change(migration, 'nobody', { unsettled: true }),
      )
      await expect(change).rejects.toThrow()
      expect(await read().workloads.get(migration, 'nobody')).toBeNull()
    })
  })

  describe('claims', () => {
    const take = (ids: string[], holder = name) =>
      journal.store.transaction((work) => work.claims.take(ids, migration, holder))

    it('have one holder, and taking one again is no theft', async () => {
      await take([`rule-${name}`])
      await take([`rule-${name}`, `more-${name}`])
      const theft = take([`more-${name}`], 'thief')
      await expect(theft).rejects.toMatchObject({ id: `more-${name}`, holder: `${migration}/${name}` })
      await expect(theft).rejects.toBeInstanceOf(ClaimHeld)
    })

    it('are all taken or none', async () => {
      await take([`b-${name}`])
      await expect(take([`a-${name}`, `b-${name}`], 'thief')).rejects.toBeInstanceOf(ClaimHeld)
      expect([...(await read().claims.ofOthers(migration, name)).keys()]).not.toContain(`a-${name}`)
    })

    it('that two want at once go to one of them', async () => {
      const outcomes = await Promise.allSettled([take([`x-${name}`], 'one'), take([`x-${name}`], 'two')])
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      const holder = (await read().claims.ofOthers(migration, name)).get(`x-${name}`)
      expect(holder).toBe(`${migration}/${outcomes[0].status === 'fulfilled' ? 'one' : 'two'}`)
    })

    it('are free once they are released, and nobody else loses one', async () => {
      await take([`mine-${name}`])
      await take([`yours-${name}`], 'other')
      await journal.store.transaction((work) => work.claims.release(migration, name))
      const others = await read().claims.ofOthers(migration, 'nobody')
      expect(others.get(`yours-${name}`)).toBe(`${migration}/other`)
      await expect(take([`mine-${name}`], 'other')).resolves.toBeUndefined()
    })
  })

  describe('operations', () => {
    it('are kept as they were asked for', async () => {
      const made = await add({ reason: 'why', request: { plan: 'plan-1' } })
      expect(made).toMatchObject({
        ...operation({ reason: 'why', request: { plan: 'plan-1' } }),
        state: 'queued',
        writes: false,
      })
      expect(await read().operations.get(made.id)).toEqual(made)
      expect(await read().operations.get('op-nobody')).toBeNull()
    })

    it('are active one at a time per workload, also when two are asked for at once', async () => {
      const outcomes = await Promise.allSettled([add(), add({ action: 'rollback' })])
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      expect(await read().operations.history(migration, name, null, 10)).toHaveLength(1)
      await expect(add({ workload: `${name}-other` })).resolves.toMatchObject({ state: 'queued' })
    })

    it('make room for the next once they have ended', async () => {
      const first = await add()
      await journal.store.transaction((work) =>
        work.operations.finish(first, 'failed', { error: { code: 'x', message: 'y' } }),
      )
      const second = await add()
      expect(await read().operations.activeOf(migration, name)).toEqual(second)
      expect(await read().operations.last(migration, name)).toEqual(second)
      expect((await read().operations.active()).filter(({ workload }) => workload === name)).toEqual([second])
    })

    it('end once, and nothing changes one that has ended', async () => {
      const { id, fence } = await add()
      const { store } = journal
      await store.transaction((work) => work.operations.change({ id, fence }, { writes: true }))
      const ended = await store.transaction((work) =>
        work.operations.finish({ id, fence }, 'cancelled', { homeMs: 12.5 }),
      )
      expect(ended).toMatchObject({ state: 'cancelled', writes: true, homeMs: 12.5, error: null })
      expect(ended?.finishedAt).toBeGreaterThan(0)
      const late = store.transaction(async (work) => [
        await work.operations.change({ id, fence }, { writes: false }),
        await work.operations.finish({ id, fence }, 'succeeded', {}),
        await work.operations.cancel(id, {}),
      ])
      expect(await late).toEqual([null, null, null])
      expect(await read().operations.get(id)).toEqual(ended)
    })

    it('are told newest first, page by page', async () => {
      const ids: string[] = []
      for (let count = 0; count < 5; count += 1) {
        const added = await add()
        await journal.store.transaction((work) => work.operations.finish(added, 'succeeded', {}))
        ids.unshift(added.id)
      }
      const first = await read().operations.history(migration, name, null, 2)
      const second = await read().operations.history(migration, name, first.at(-1)?.seq ?? 0, 2)
      const third = await read().operations.history(migration, name, second.at(-1)?.seq ?? 0, 2)
      expect([...first, ...second, ...third].map(({ id }) => id)).toEqual(ids)
    })

    it('that were plans are found by their hash once they have succeeded', async () => {
      const made = await add({ action: 'plan' })
      await journal.store.transaction((work) => work.operations.change(made, { result: { hash: 'plan-1' } }))
      expect(await read().operations.planWith(migration, name, 'plan-1')).toBeNull()
      await journal.store.transaction((work) => work.operations.finish(made, 'succeeded', {}))
      expect(await read().operations.planWith(migration, name, 'plan-1')).toMatchObject({ id: made.id })
      expect(await read().operations.planWith(migration, `${name}-other`, 'plan-1')).toBeNull()
    })

    it('settle after they have succeeded', async () => {
      const rollback = await add({ action: 'rollback' })
      const { id, requestedAt } = rollback
      const settlesAt = requestedAt + 60_400
      await journal.store.transaction((work) =>
        work.operations.finish(rollback, 'succeeded', { homeMs: 400, settlesAt }),
      )
      await read().operations.settle()
      expect(await read().operations.get(id)).toMatchObject({ homeMs: 400, settledMs: 60_400, state: 'succeeded' })
    })

    it('do not settle before their time', async () => {
      const rollback = await add({ action: 'rollback' })
      const settlesAt = Date.now() + 60_000
      await journal.store.transaction((work) =>
        work.operations.finish(rollback, 'succeeded', { homeMs: 400, settlesAt }),
      )
      await read().operations.settle()
      expect(await read().operations.get(rollback.id)).toMatchObject({ homeMs: 400, settledMs: null })
    })
  })

  describe('holds', () => {
    const place = (holdName: string) =>
      journal.store.transaction((work) =>
        work.holds.place({ migration, workload: name, name: holdName, reason: 'because', by: 'operator' }),
      )

    it('are a list: removing one leaves the others', async () => {
      const [one, two] = [await place('one'), await place('two')]
      const { store } = journal
      expect(await store.transaction((work) => work.holds.remove({ migration, workload: name }, one.id))).toEqual(one)
      expect(await read().holds.of(migration, name)).toEqual([two])
      expect(await store.transaction((work) => work.holds.remove({ migration, workload: name }, one.id))).toBeNull()
    })

    it('on a migration and on everything are on each workload of it', async () => {
      const { store } = journal
      const mine = await place('mine')
      const hold = { workload: null, name: 'more', reason: 'because', by: 'operator' }
      const ofMigration = await store.transaction((work) => work.holds.place({ ...hold, migration }))
      const ofAll = await store.transaction((work) => work.holds.place({ ...hold, migration: null }))
      await store.transaction((work) => work.holds.place({ ...hold, migration: 'other' }))
      expect(await read().holds.on({ migration, name })).toEqual([mine, ofMigration, ofAll])
      expect(await read().holds.of(migration, name)).toEqual([mine])
      await store.transaction((work) => work.holds.remove(ofMigration, ofMigration.id))
      await store.transaction((work) => work.holds.remove(ofAll, ofAll.id))
      expect(await read().holds.on({ migration, name })).toEqual([mine])
    })

    it('that freeze are one, also of those that freeze at once', async () => {
      const freeze = (reason: string) =>
        journal.store.transaction((work) => work.holds.placeFreeze({ reason, by: 'operator' }))
      const placed = await Promise.all([freeze('one'), freeze('two'), freeze('three')])
      expect(new Set(placed.map(({ id }) => id)).size).toBe(1)
      const frozen = await read().holds.freeze()
      expect(frozen).toMatchObject({ id: placed[0].id, migration: null, workload: null, name: 'freeze' })
      await journal.store.transaction((work) => work.holds.remove({ migration: null, workload: null }, placed[0].id))
      expect(await read().holds.freeze()).toBeNull()
    })

    it('run out once when their time has come, and may be kept', async () => {
      const until = Date.UTC(2026, 0, 2)
      const hold = { migration, workload: name, name: 'pause', reason: 'because', by: 'operator' }
      const { store } = journal
      const placed = await store.transaction((work) => work.holds.place({ ...hold, until, then: 'rollback' }))
      const { holds } = read()
      expect([await holds.due(until - 1), await holds.runOut(placed, until - 1)]).toEqual([[], null])
      const noted = await Promise.all([1, 2].map(() => store.transaction((work) => work.holds.runOut(placed, until))))
      expect(noted.sort()).toEqual([false, true])
      expect(await holds.due(until)).toEqual([placed])
      expect(await holds.keep(placed)).toEqual({ ...placed, until: null, then: null })
      expect(await holds.due(until)).toEqual([])
    })

    it('of another workload cannot be removed by mistake', async () => {
      const { id } = await place('mine')
      expect(
        await journal.store.transaction((work) => work.holds.remove({ migration, workload: 'other' }, id)),
      ).toBeNull()
      expect(await read().holds.of(migration, name)).toHaveLength(1)
    })
  })

  describe('the passphrase', () => {
    it('is the first one that was used, by any service, and any other is refused', async () => {
      const { passphrase } = journal.store
      const first = await Promise.allSettled([passphrase.require('one'), passphrase.require('two')])
      expect(first.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      const [right, wrong] = first[0].status === 'fulfilled' ? ['one', 'two'] : ['two', 'one']
      await expect(passphrase.require(right)).resolves.toBeUndefined()
      await expect(passphrase.require(wrong)).rejects.toThrow(PassphraseDiffers)
    })
  })

  describe('an Idempotency-Key', () => {
    it('stands for the first request with it, then for its answer', async () => {
      const { idempotency } = journal.store
      const answer = { status: 202, headers: { location: '/v1/operations/op-1' }, body: '{}' }
      expect(await idempotency.take(name, 'a', 'me')).toBe('new')
      expect(await idempotency.take(name, 'a', 'another')).toBe('running')
      expect(await idempotency.take(name, 'b', 'another')).toBe('other')
      await idempotency.keep(name, answer)
      expect(await idempotency.take(name, 'a', 'me')).toEqual(answer)
      expect(await idempotency.take(name, 'b', 'me')).toBe('other')
    })

    it('is new again when its request was not answered', async () => {
      const { idempotency } = journal.store
      await idempotency.take(name, 'a', 'me')
      await idempotency.letGo(name)
      expect(await idempotency.take(name, 'a', 'another')).toBe('new')
      expect(await idempotency.take(name, 'b', 'me')).toBe('other')
    })

    it('goes to another replica when the one that was to answer has died, which has it alone', async () => {
      const { idempotency } = journal.store
      await read().replicas.renew(replica('short-lived'), 60)
      await idempotency.take(name, 'a', 'short-lived')
      await read().replicas.expire('short-lived')
      const taken = await Promise.all(['another', 'third'].map((id) => idempotency.take(name, 'a', id)))
      expect(taken.sort()).toEqual(['new', 'running'])
    })

    it('stands for the operation that its request became, when nobody lived to say so', async () => {
      const { idempotency } = journal.store
      expect(await idempotency.take(name, 'a', 'dead')).toBe('new')
      const { id } = await add({ idempotencyKey: name, requestedAt: Date.now() })
      expect(await idempotency.take(name, 'a', 'me')).toEqual({ operation: id })
      expect(await idempotency.take(name, 'b', 'me')).toBe('other')
    })

    it('does not stand for what it was used for longer ago than it is kept', async () => {
      const { idempotency } = journal.store
      await add({ idempotencyKey: name, requestedAt: Date.now() - 25 * 3600_000 })
      await idempotency.take(name, 'a', 'dead')
      expect(await idempotency.take(name, 'a', 'me')).toBe('new')
    })

    it('is new to one of two that come with it at once', async () => {
      const { idempotency } = journal.store
      const taken = await Promise.all([idempotency.take(name, 'a', 'me'), idempotency.take(name, 'a', 'another')])
      expect(taken.sort()).toEqual(['new', 'running'])
    })
  })
})

describe('ids', () => {
  it('are never the same and sort by time', () => {
    const ids = Array.from({ length: 1000 }, () => newId('op'))
    expect(new Set(ids).size).toBe(1000)
    expect(ids[0]).toMatch(/^op-[0-9a-z]{8}[0-9a-f]{10}$/)
  })
})
