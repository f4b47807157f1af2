import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { NewOperation, OperationRecord } from '../../../automation/store/operations.ts'
import type { Taken } from '../../../automation/store/ownership.ts'
import { document } from '../document.ts'
import { entry } from '../fixture.ts'
import { Journal } from './journal.ts'

let journal: Journal
let count = 0
let migration: string

beforeAll(async () => void (journal = await Journal.open()))
afterAll(() => journal.remove())

/** Each test has a migration of its own, and nothing is active but what it adds. */
beforeEach(async () => {
  for (const id of ['one', 'two']) await read().replicas.expire(id)
  for (const { id } of await read().operations.active()) await read().operations.cancel(id, {})
  for (const ended of await read().ownership.takeEnded('nobody', [])) await read().ownership.letGo(ended)
  migration = await newMigration()
  for (const id of ['one', 'two']) await read().replicas.renew(replica(id), 60)
})

const read = () => journal.store.read
const replica = (id: string) => ({ id, host: 'here', pid: 1, startedAt: '7' })

async function newMigration(): Promise<string> {
  const name = `m${(count += 1)}`
  await journal.store.transaction((work) => work.migrations.save(document({}, name)))
  return name
}

async function add(change: Partial<NewOperation> = {}, owner: string | null = null): Promise<OperationRecord> {
  const workload = `w${(count += 1)}`
  return journal.store.transaction(async (work) => {
    await work.workloads.add(change.migration ?? migration, workload, entry)
    const operation: NewOperation = {
      migration,
      workload,
      action: 'advance',
      from: 'registered',
      to: 'adopted',
      reason: null,
      requestedBy: 'operator',
      requestedAt: Date.now(),
      request: {},
      ...change,
    }
    return work.operations.add(operation, null, owner)
  })
}

const take = async (owner: string, running: string[] = []): Promise<Taken | null> => {
  const [taken] = await journal.store.transaction((work) => work.ownership.takeNext(owner, running))
  return taken ?? null
}

const takeBegun = async (owner: string, running: string[] = []): Promise<string[]> => {
  const taken = await journal.store.transaction((work) => work.ownership.takeBegun(owner, running))
  return taken.map(({ operation }) => operation.id).sort()
}

describe('an operation', () => {
  it('is taken by one of two that ask at once', async () => {
    const { id } = await add()
    const taken = await Promise.all([take('one'), take('two')])
    expect(taken.filter((one) => one?.operation.id === id)).toHaveLength(1)
    expect(taken.filter((one) => one === null)).toHaveLength(1)
    expect(await read().operations.get(id)).toMatchObject({ state: 'running', fence: 1 })
  })

  it('is nobody else’s while its owner lives', async () => {
    const { id } = await add({}, 'one')
    expect(await take('two')).toBeNull()
    expect(await take('one', [id])).toBeNull()
  })

  it('is taken over when the lease of its owner has run out, and whoever had it can write nothing more', async () => {
    const held = await add({}, 'one')
    await read().replicas.expire('one')
    const taken = await take('two')
    expect(taken).toMatchObject({ from: 'one', operation: { id: held.id, owner: 'two', fence: 2 } })
    expect(await read().operations.change(held, { writes: true })).toBeNull()
    expect(await read().operations.finish(held, 'succeeded', {})).toBeNull()
    await read().ownership.letGo(held)
    expect(await read().operations.get(held.id)).toMatchObject({ owner: 'two', writes: false, state: 'running' })
  })

  it('that its owner has lost sight of is taken again by itself', async () => {
    const { id } = await add({}, 'one')
    expect(await take('one')).toMatchObject({ from: 'one', operation: { id, fence: 2 } })
  })

  it('that was let go is there for any replica', async () => {
    const held = await add({}, 'one')
    await read().ownership.letGo(held)
    expect(await take('two')).toMatchObject({ from: null, operation: { id: held.id, owner: 'two', fence: 2 } })
  })

  it('that has ended is taken by nobody, but for what a dead owner left of it', async () => {
    const { id } = await add({}, 'one')
    await read().operations.cancel(id, {})
    expect(await take('two')).toBeNull()
    expect(await read().ownership.takeEnded('two', [])).toEqual([])
    await read().replicas.expire('one')
    const [ended] = await read().ownership.takeEnded('two', [])
    expect(ended).toMatchObject({ id, owner: 'two', state: 'cancelled' })
    if (ended) await read().ownership.letGo(ended)
    expect(await read().operations.get(id)).toMatchObject({ owner: null })
  })
})

describe('what is taken first', () => {
  it('brings home, then belongs to the migration that has the least under way, then is the oldest', async () => {
    const other = await newMigration()
    const first = await add()
    const second = await add()
    const third = await add({ migration: other })
    const home = await add({ action: 'rollback' })
    const order: string[] = []
    for (let n = 0; n < 4; n += 1) order.push((await take('one', order))?.operation.id ?? '')
    expect(order).toEqual([home.id, third.id, first.id, second.id])
  })

  it('is, without room for more, what brings home and what another had begun, and nothing else', async () => {
    await add()
    const begun = await add({}, 'one')
    const home = await add({ action: 'rollback' }, 'one')
    await read().replicas.expire('one')
    const both = [home.id, begun.id].sort()
    expect(await takeBegun('two')).toEqual(both)
    expect(await takeBegun('two', both)).toEqual([])
  })

  it('is shared out, of what a dead replica had begun; all that brings home goes to the first that asks', async () => {
    for (let n = 0; n < 6; n += 1) await add({}, 'gone')
    for (let n = 0; n < 2; n += 1) await add({ action: 'rollback' }, 'gone')
    const one = await takeBegun('one')
    expect(one).toHaveLength(5)
    const two = await takeBegun('two')
    expect(two).toHaveLength(2)
    const rest = await takeBegun('one', one)
    expect(new Set([...one, ...two, ...rest]).size).toBe(8)
  })
})

describe('replicas', () => {
  it('are alive for as long as they said', async () => {
    await read().replicas.renew(replica('short'), 0.01)
    const ids = async () => (await read().replicas.alive()).map(({ id }) => id)
    expect(await ids()).toEqual(expect.arrayContaining(['one', 'two']))
    await expect.poll(ids).not.toContain('short')
    await read().replicas.remove('two')
    expect(await ids()).not.toContain('two')
  })

  it('give way to one that has the journal alone', async () => {
    await read().replicas.expireOthers('one')
    expect((await read().replicas.alive()).map(({ id }) => id)).toEqual(['one'])
  })
})
