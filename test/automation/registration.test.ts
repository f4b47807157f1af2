import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { itself } from '../../automation/asker.ts'
import type { Workload } from '../../automation/migration.ts'
import { register } from '../../automation/registration.ts'
import type { WorkloadChange } from '../../automation/store/workloads.ts'
import { databases } from '../support/databases.ts'
import { document, listenerArn } from './document.ts'
import { phaseNames, states } from './fixture.ts'
import { Journal } from './store/journal.ts'

describe.each(databases)('on %s', (database) => {
  let journal: Journal
  let count = 0
  let migration: string

  beforeAll(async () => void (journal = await Journal.open(database)))
  afterAll(() => journal.remove())
  beforeEach(() => void (migration = `m${(count += 1)}`))

  const asker = itself('ada', null, 0)

  const apply = (changes: Record<string, object>, outer: object = {}) =>
    register(journal.store, { ...document(changes, migration), ...outer }, asker)

  const put = (change: WorkloadChange, name = 'search') =>
    journal.store.transaction((work) => work.workloads.change(migration, name, change))

  const workload = (name = 'search'): Promise<Workload | null> => journal.store.read.workloads.get(migration, name)
  const names = async () => (await journal.store.read.workloads.of(migration)).map(({ name }) => name)

  const underWay = phaseNames.filter((phase) => !['registered', 'released', 'abandoned'].includes(phase))

  describe('an inventory', () => {
    it('is created once and replaced from then on', async () => {
      expect((await apply({ search: {} })).created).toBe(true)
      expect(await apply({ search: {}, tagging: {} })).toMatchObject({ created: false })
      expect(await names()).toEqual(['search', 'tagging'])
    })

    it('changes nothing when it says nothing new', async () => {
      await apply({ search: {} })
      const before = await workload()
      await apply({ search: {} })
      expect(await workload()).toEqual(before)
    })

    it('replaces everything of a workload that was not touched yet', async () => {
      await apply({ search: {} })
      await apply({ search: { rule: undefined, listener: listenerArn } })
      expect((await workload())?.entry).toMatchObject({ listener: listenerArn })
    })

    it('drops a registered workload and frees what it held', async () => {
      await apply({ search: {}, tagging: {} })
      await journal.store.transaction((work) => work.claims.take([`rule-${migration}`], migration, 'search'))
      await apply({ tagging: {} })
      expect(await names()).toEqual(['tagging'])
      expect((await journal.store.read.claims.ofOthers('', '')).has(`rule-${migration}`)).toBe(false)
    })

    it.each(['released', 'abandoned'] as const)(
      'drops a workload that is %s, so that it may start over',
      async (phase) => {
        await apply({ search: {} })
        await put({ state: states[phase] })
        await apply({})
        await apply({ search: {} })
        expect((await workload())?.state).toEqual({ phase: 'registered' })
      },
    )
  })

  describe.each(underWay)('a workload that is %s', (phase) => {
    beforeEach(async () => {
      await apply({ search: {} })
      await put({ state: states[phase] })
    })

    const refused = { code: 'workload-under-way' }

    it('cannot be dropped', async () => {
      await expect(apply({})).rejects.toMatchObject({ ...refused, details: { workload: 'search', phase } })
      expect(await names()).toEqual(['search'])
    })

    it.each([
      ['the switch point', { rule: undefined, listener: listenerArn }],
      ['the target group of blue', { blueTargetGroup: listenerArn.replace('listener/app/shop', 'targetgroup/x') }],
      ['the Service', { service: { namespace: 'shop', name: 'other', port: 80 } }],
      ['the security group of the pods', { podIngress: { securityGroup: 'sg-0a', port: 80 } }],
    ])('cannot change %s', async (_what, change) => {
      await expect(apply({ search: change })).rejects.toMatchObject(refused)
      expect((await workload())?.entry).not.toMatchObject(change)
    })

    it.each([
      ['aws', { aws: { region: 'us-east-1' } }],
      ['blue', { blue: { cluster: 'x', kubeconfig: '/x' } }],
      ['green', { green: { cluster: 'x', kubeconfig: '/x' } }],
    ])('keeps %s where it is', async (field, outer) => {
      await expect(apply({ search: {} }, outer)).rejects.toMatchObject({ ...refused, details: { field } })
    })

    it('may change what only steers the move, and others may join it', async () => {
      const steering = { steps: [5, 100], bake: '1h', capacity: 0.5, onGuard: 'hold', probe: 'none' }
      await apply({ search: steering, tagging: {} })
      expect((await workload())?.entry).toMatchObject(steering)
      expect((await workload())?.state).toEqual(states[phase])
    })

    it('is left as it was by an inventory that is refused, whatever else that says', async () => {
      await expect(apply({ search: { rule: undefined, listener: listenerArn }, tagging: {} })).rejects.toMatchObject(
        refused,
      )
      expect(await names()).toEqual(['search'])
    })
  })

  describe('a registered workload with an operation under way', () => {
    beforeEach(async () => {
      await apply({ search: {} })
      const operation = { migration, workload: 'search', action: 'advance', from: 'registered', to: 'adopted' } as const
      const request = { reason: null, requestedBy: 'operator', requestedAt: 0, request: {} }
      await journal.store.transaction((work) => work.operations.add({ ...operation, ...request }, null, 'replica-1'))
    })

    it.each([
      ['be dropped', {}, {}],
      ['change its switch point', { search: { rule: undefined, listener: listenerArn } }, {}],
      ['move to another region', { search: {} }, { aws: { region: 'us-east-1' } }],
    ])('cannot %s', async (_what, changes, outer) => {
      await expect(apply(changes, outer)).rejects.toMatchObject({ code: 'workload-under-way' })
    })
  })

  describe('a workload that is dropped', () => {
    it('takes its holds with it', async () => {
      await apply({ search: {} })
      const hold = { migration, workload: 'search', name: 'freeze', reason: 'r', by: 'operator' }
      await journal.store.transaction((work) => work.holds.place(hold))
      await apply({})
      await apply({ search: {} })
      expect(await journal.store.read.holds.of(migration, 'search')).toEqual([])
    })

    it('may be called like something that every object has', async () => {
      await apply({ constructor: {} })
      await apply({})
      expect(await names()).toEqual([])
    })
  })
})
