import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createClock } from '../../../automation/clock.ts'
import { itself } from '../../../automation/asker.ts'
import { RunOut } from '../../../automation/holds/run-out.ts'
import type { HoldScope } from '../../../automation/holds/scope.ts'
import type { HoldEnd } from '../../../automation/migration.ts'
import { TestApi } from '../../api/service.ts'
import { found, states } from '../fixture.ts'

let api: TestApi
let count = 0
let migration: string
let ahead = 0

beforeAll(async () => void (api = await TestApi.start()))
afterAll(() => api.stop())
beforeEach(async () => {
  migration = `m${(count += 1)}`
  ahead = 0
  await api.apply(migration, { search: {}, tagging: {} })
  await api.put(migration, 'search', { state: states.shifting, found })
})

const clock = { ...createClock(), now: () => Date.now() + ahead }
const sweep = (mine = true) => {
  const { store, cutover } = api
  return new RunOut({ store, clock, replica: { mine: () => mine }, homecomings: cutover.homecomings }).sweep()
}
const hour = 3_600_000
const place = (scope: HoldScope, then: HoldEnd) =>
  api.cutover.holds.place(scope, 'pause', itself('ada', 'p99', Date.now()), { until: Date.now() + hour, then })
const names = async () =>
  (await api.store.read.holds.on({ migration, name: 'search' })).map(({ name, until }) => [name, until !== null])
const last = async (workload: string) => (await api.store.read.operations.last(migration, workload))?.action ?? null
const recorded = async (action: string) => (await api.store.read.audit.page({ migration, action }, null, 50)).length

describe('a hold that ends', () => {
  it('does nothing before its time', async () => {
    await place({ migration, workload: 'search' }, 'rollback')
    await sweep()
    expect([await names(), await last('search')]).toEqual([[['pause', true]], null])
  })

  it('by going on is removed, and nothing moves', async () => {
    await place({ migration, workload: 'search' }, 'resume')
    ahead = 2 * hour
    await sweep()
    expect([await names(), await last('search'), await recorded('unhold')]).toEqual([[], null, 1])
  })

  it.each(['workload', 'migration', 'everything'] as const)(
    'on the way home sends home what it is on and has traffic on green: %s',
    async (on) => {
      const scope = {
        workload: { migration, workload: 'search' },
        migration: { migration, workload: null },
        everything: { migration: null, workload: null },
      }
      await place(scope[on], 'rollback')
      ahead = 2 * hour
      await sweep()
      expect([await last('search'), await last('tagging')]).toEqual(['rollback', null])
      expect((await api.store.read.holds.all()).filter(({ name }) => name === 'pause')).toEqual([])
    },
  )

  it('is carried out once, whoever looks and however often, and by nobody whose share it is not', async () => {
    await place({ migration, workload: 'search' }, 'rollback')
    ahead = 2 * hour
    await sweep(false)
    expect(await last('search')).toBeNull()
    await Promise.all([sweep(), sweep()])
    await sweep()
    expect(await recorded('run-out')).toBe(1)
    expect(await recorded('unhold')).toBe(1)
    expect((await api.store.read.operations.all(migration, 'search')).map(({ action }) => action)).toEqual(['rollback'])
  })

  it('goes on where a service that died has left it', async () => {
    const hold = await place({ migration, workload: 'search' }, 'rollback')
    ahead = 2 * hour
    // it had noted that it begins, and no more
    expect(await api.write((work) => work.holds.runOut(hold, clock.now()))).toBe(true)
    await sweep()
    expect([await last('search'), await names()]).toEqual(['rollback', []])
  })

  it('does nothing when somebody has removed it or given it more time in between', async () => {
    const hold = await place({ migration, workload: 'search' }, 'rollback')
    expect(await api.write((work) => work.holds.runOut(hold, Date.now()))).toBeNull()
    await api.cutover.holds.remove(hold, hold.id, itself('ada', null, 0))
    ahead = 2 * hour
    expect(await api.write((work) => work.holds.runOut(hold, clock.now()))).toBeNull()
  })

  it('stays until somebody removes it where the way home is refused, and that is on record', async () => {
    await api.put(migration, 'search', { state: states.soaking })
    const transition = { stages: [], to: states.retired }
    const advance = { migration, workload: 'search', action: 'advance', from: 'soaking', to: 'retired' } as const
    const asked = { reason: null, requestedBy: 'operator', requestedAt: 0, request: {} }
    const decision = { transition, moment: { now: 0, blueHealthy: 4 }, previewed: false }
    const operation = await api.write((work) =>
      work.operations.add({ ...advance, ...asked }, decision, 'replica-elsewhere'),
    )
    await api.write((work) => work.operations.change(operation, { writes: true }))
    await place({ migration, workload: 'search' }, 'rollback')
    ahead = 2 * hour
    await sweep()
    await sweep()
    expect(await names()).toEqual([['pause', false]])
    const refused = (await api.store.read.audit.page({ migration, action: 'rollback' }, null, 50)).filter(
      ({ outcome }) => outcome === 'refused',
    )
    expect(refused).toMatchObject([{ by: 'hold pause', details: { code: 'past-point-of-no-return' } }])
  })
})
