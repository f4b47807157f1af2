import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { requireEmpty } from '../../../automation/cluster/occupants.ts'
import type { Operation } from '../../../automation/migration.ts'
import { clusterStack } from '../../../infra/names.ts'
import { document } from '../document.ts'
import { entry } from '../fixture.ts'
import { Journal } from '../store/journal.ts'

const migration = 'prod-2026'
let journal: Journal

beforeEach(async () => {
  journal = await Journal.open()
  await journal.store.transaction(async (work) => {
    await work.migrations.save(document())
    await work.workloads.add(migration, 'search', entry)
  })
})
afterEach(() => journal.remove())

const asked = {
  from: 'retired',
  to: 'released',
  reason: null,
  requestedBy: 'operator',
  requestedAt: 0,
  request: {},
} as const

/** An operation that was asked for and succeeded. */
const done = (workload: string, action: Operation['action']): Promise<void> =>
  journal.store.transaction(async (work) => {
    const operation = await work.operations.add({ migration, workload, action, ...asked })
    await work.operations.finish(operation, 'succeeded', {})
  })

const drop = (workload: string): Promise<void> =>
  journal.store.transaction((work) => work.workloads.remove(migration, workload))

const ask = (): Promise<void> => journal.store.transaction((work) => requireEmpty(work, migration))

describe("what stands on green's cluster", () => {
  it('is nothing while everything is registered', async () => {
    await done(clusterStack, 'cluster-up')
    await expect(ask()).resolves.toBeUndefined()
  })

  it('is whoever was released into it, after the inventory has forgotten it as well', async () => {
    await done(clusterStack, 'cluster-up')
    await done('search', 'release')
    await drop('search')
    await expect(ask()).rejects.toMatchObject({ code: 'workload-not-empty', details: { workloads: ['search'] } })
  })

  it('is whoever was released, also when the inventory has taken up the name again', async () => {
    await done(clusterStack, 'cluster-up')
    await done('search', 'release')
    await expect(ask()).rejects.toThrow('search (released)')
  })

  it('is not who was released into a cluster of before, which somebody else had built', async () => {
    await done('search', 'release')
    await done(clusterStack, 'cluster-up')
    await expect(ask()).resolves.toBeUndefined()
  })

  it('is whoever has an operation under way', async () => {
    await journal.store.transaction(async (work) => {
      await work.operations.add({ migration, workload: 'search', action: 'advance', ...asked })
    })
    await expect(ask()).rejects.toThrow('search (registered)')
  })
})
