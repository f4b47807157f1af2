import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { StopPoint } from '../../automation/stop-points.ts'
import { startLoad } from '../../sandbox/load.ts'
import { doorOf } from '../support/door.ts'
import { advance, advanceTo, applyInventory, nextRollback } from '../support/journey.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { until } from '../support/wait.ts'

/** Nothing goes forward while everything is frozen; everything goes home. */
let service: TestService
let at: { readonly point: StopPoint; readonly act: () => Promise<unknown> } | null = null

beforeAll(async () => {
  service = await startTestService({
    pass: async (point) => {
      if (at?.point !== point) return
      const { act } = at
      at = null
      await act()
    },
  })
  await applyInventory(service, { steps: [50, 100] })
})
afterEach(() => void (at = null))
afterAll(() => service.stop())

async function ask(method: string, path: string, body?: object): Promise<{ status: number; json: any }> {
  const headers = body ? { 'content-type': 'application/json' } : {}
  const answer = await fetch(`${service.url}/v1${path}`, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await answer.text()
  return { status: answer.status, json: text ? JSON.parse(text) : null }
}
const freeze = () => ask('POST', '/freeze', { reason: 'Black Friday' })
const thaw = () => ask('DELETE', '/freeze')
const splitOf = async (name: string) => (await service.client.workload(name)).split.wanted

describe('two workloads on green', () => {
  beforeAll(async () => {
    await advanceTo(service, 'search', 'soaking')
    await advanceTo(service, 'tagging', 'shifting')
    expect((await freeze()).status).toBe(201)
  })

  it('go no step further while everything is frozen', async () => {
    for (const name of ['search', 'tagging']) {
      await expect(service.client.post(name, 'advance')).rejects.toMatchObject({
        problem: { code: 'held', detail: expect.stringContaining('freeze by operator on everything (Black Friday)') },
      })
    }
  })

  it('come home at once, the last one first, in one answer that says since when, and no request fails', async () => {
    const loads = ['search', 'tagging'].map((name) =>
      startLoad({ ...doorOf(service.sandbox.ready, name), ratePerSecond: 20, newConnectionShare: 0.5 }),
    )
    await until('both are asked', () => loads.every((load) => load.snapshot().requests > 20))
    const asked = Date.now()
    const { status, json } = await ask('POST', '/migrations/small/rollback?wait=30', { reason: 'p99 is up' })
    expect(status).toBe(200)
    expect(json.workloads).toMatchObject([
      { workload: 'tagging', phase: 'prepared', outcome: 'home', refusal: null },
      { workload: 'search', phase: 'prepared', outcome: 'home', refusal: null },
    ])
    for (const { since, operation } of json.workloads) {
      expect(Date.parse(since)).toBeGreaterThanOrEqual(asked)
      const { homeMs, state } = await service.client.ended(operation)
      expect(state).toBe('succeeded')
      expect(homeMs).toBeLessThan(5_000)
    }
    const counts = await Promise.all(loads.map((load) => load.stop()))
    expect(counts.map(({ failed, failures }) => ({ failed, failures }))).toEqual([
      { failed: 0, failures: [] },
      { failed: 0, failures: [] },
    ])
  })

  it('stay as they are when it is asked for once more', async () => {
    const histories = async () => {
      const all = await Promise.all(['search', 'tagging'].map((name) => service.client.history(name)))
      return all.flat().map(({ id, state }) => [id, state])
    }
    const before = await histories()
    const { status, json } = await ask('POST', '/migrations/small/rollback', { reason: 'to be sure' })
    expect(status).toBe(200)
    expect(json.workloads).toMatchObject([{ outcome: 'home' }, { outcome: 'home' }])
    expect(await histories()).toEqual(before)
    const { json: record } = await ask('GET', '/audit?action=rollback-all')
    expect(record.items).toMatchObject([{ reason: 'to be sure' }, { reason: 'p99 is up', workload: null }])
    expect((await ask('GET', '/audit?action=rollback')).json.items).toHaveLength(2)
  })

  afterAll(thaw)
})

describe('an advance that is under way when everything is frozen', () => {
  beforeAll(async () => {
    await service.client.removeHolds('search')
    await service.client.open('search')
  })

  it.each(['operation-accepted', 'config-written'] as const)('ends before it writes: %s', async (point) => {
    at = { point, act: freeze }
    const { id } = await service.client.post('search', 'advance')
    expect(await service.client.ended(id)).toMatchObject({ state: 'cancelled', error: { code: 'held' } })
    expect(await service.client.workload('search')).toMatchObject({ phase: 'prepared', status: 'stuck' })
    expect(await splitOf('search')).toEqual({ blue: 100, green: 0 })
    await thaw()
    await service.client.open('search')
  })

  it('goes on from there when it is asked for again', async () => {
    await advance(service, 'search')
    expect(await splitOf('search')).toEqual({ blue: 50, green: 50 })
  })

  it('stops between two stages where traffic is as the phase has it', async () => {
    await service.client.open('search')
    // the step to 100 % takes the test route away first
    at = { point: 'split-read', act: freeze }
    const { id } = await service.client.post('search', 'advance')
    expect(await service.client.ended(id)).toMatchObject({ state: 'cancelled', error: { code: 'held' } })
    expect(await service.client.workload('search')).toMatchObject({ phase: 'shifting', step: 50 })
    expect(await splitOf('search')).toEqual({ blue: 50, green: 50 })
    await thaw()
  })
})

describe('a hold with a time-out', () => {
  it('sends home what it is on when nobody has removed it, once, and is gone', async () => {
    const { operation: before } = await service.client.workload('search')
    const end = new Date(Date.now() + 1_500).toISOString()
    const hold = { name: 'pause', reason: 'looking at p99', until: end }
    expect((await ask('POST', '/migrations/small/holds', hold)).json).toMatchObject({ then: 'rollback' })
    const rollback = await nextRollback(service, 'search', before?.id ?? null)
    expect(rollback).toMatchObject({ state: 'succeeded', requestedBy: 'hold pause', to: 'prepared' })
    expect(Date.parse(rollback.requestedAt)).toBeGreaterThanOrEqual(Date.parse(end))
    await until('the hold is gone', async () =>
      (await ask('GET', '/holds')).json.items.every((one: any) => one.name !== 'pause'),
    )
    expect((await service.client.workload('search')).holds).toMatchObject([{ name: 'rolled-back', by: 'hold pause' }])
    const { json } = await ask('GET', '/audit?by=hold%20pause')
    const actions = json.items.flatMap((one: any) => (one.outcome === 'accepted' ? [one.action] : []))
    expect(actions).toEqual(['unhold', 'rollback', 'run-out'])
  })
})
