import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Firing } from '../../automation/guards/watch.ts'
import { elsewhere, TestApi } from '../api/service.ts'
import { found, states } from './fixture.ts'

let api: TestApi
let count = 0
let migration: string

beforeAll(async () => void (api = await TestApi.start()))
afterAll(() => api.stop())
beforeEach(async () => {
  migration = `m${(count += 1)}`
  await api.apply(migration, { search: { onGuard: 'hold' } })
})

const firing: Firing = { guard: 'green-targets', sentence: 'green has 0 healthy', numbers: { healthy: 0 } }

const workload = () => api.cutover.workload(migration, 'search')
const holds = () => api.store.read.holds.of(migration, 'search')
const told = async () => (await api.store.read.events.after(0, { migration }, 100)).map(({ type }) => type)

describe('a guard that fires', () => {
  it('holds a workload of which the inventory says so, once, and says why', async () => {
    await api.put(migration, 'search', { state: states.shifting, found })
    await api.cutover.guardFired(await workload(), firing)
    await api.cutover.guardFired(await workload(), firing)
    expect(await holds()).toMatchObject([
      { name: 'green-targets', by: 'guard green-targets', reason: 'green-targets: green has 0 healthy' },
    ])
    expect(await told()).toEqual(['guard-fired', 'hold-placed'])
    expect(await api.store.read.operations.activeOf(migration, 'search')).toBeNull()
  })

  it('is not heard when the workload has gone home, or on, meanwhile', async () => {
    await api.put(migration, 'search', { state: states.shifting, found })
    const seen = await workload()
    for (const phase of ['prepared', 'retired', 'released'] as const) {
      await api.put(migration, 'search', { state: states[phase] })
      await api.cutover.guardFired(seen, firing)
    }
    expect([await holds(), await told()]).toEqual([[], []])
  })

  it('is not heard while a rollback runs', async () => {
    await api.put(migration, 'search', { state: states.shifting, found })
    const rollback = { migration, workload: 'search', action: 'rollback', from: 'shifting', to: 'prepared' } as const
    const request = { reason: null, requestedBy: 'operator', requestedAt: 0, request: {} }
    await api.write((work) => work.operations.add({ ...rollback, ...request }, null, elsewhere))
    await api.cutover.guardFired(await workload(), firing)
    expect([await holds(), await told()]).toEqual([[], []])
  })
})
