import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { KubeConfig, CoreV1Api } from '@kubernetes/client-node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { JournalEvent } from '../../automation/events.ts'
import { startLoad } from '../../sandbox/load.ts'
import { doorOf } from '../support/door.ts'
import { advanceTo, applyInventory, nextRollback } from '../support/journey.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { until } from '../support/wait.ts'

/** What brings traffic home by itself, and what does not. */
let service: TestService

beforeAll(async () => {
  service = await startTestService()
  await applyInventory(service, { steps: [50, 100] })
})
afterAll(async () => {
  await service.stop()
})
afterEach(async () => {
  service.sandbox.faults.clear()
  await (await service.sandbox.whenGreen()).pods.clear()
})

const events: JournalEvent[] = []
beforeAll(() => {
  service.automation.cutover.events.on('event', (event) => events.push(event))
})
const fired = (): JournalEvent[] => events.filter(({ type }) => type === 'guard-fired')

/** Readings of the observer from now on: a guard that has not fired after many of them will not. */
async function readings(count: number): Promise<void> {
  const { calls } = service.sandbox
  const health = (): number => calls.count({ operation: 'DescribeTargetHealth' })
  const enough = health() + 2 * count
  await until(`${count} more readings`, () => health() >= enough, 60)
}

describe('at 50 %', () => {
  beforeAll(async () => {
    await advanceTo(service, 'search', 'shifting')
  })

  it('one throttled call never fires', async () => {
    for (let call = 0; call < 5; call += 1) {
      service.sandbox.faults.add({
        match: { service: 'elbv2', operation: 'DescribeTargetHealth' },
        effect: { throttle: true },
        times: 1,
      })
    }
    await readings(10)
    expect(fired()).toEqual([])
    expect((await service.client.workload('search')).phase).toBe('shifting')
  })

  it('one restarting pod never fires, and no request fails', async () => {
    const load = startLoad({
      ...doorOf(service.sandbox.ready, 'search'),
      ratePerSecond: 40,
      newConnectionShare: 0.5,
    })
    const { pods } = await service.sandbox.whenGreen()
    const names = (): string[] => pods.list().flatMap(({ workload, name }) => (workload === 'search' ? [name] : []))
    const before = names()
    const config = new KubeConfig()
    config.loadFromString((await service.sandbox.whenGreen()).kubeconfig)
    await config.makeApiClient(CoreV1Api).deleteNamespacedPod({ namespace: 'shop', name: before[0] ?? '' })
    await until('another pod is in its place', () => names().some((name) => !before.includes(name)))
    await readings(10)
    const { requests, failed, failures } = await load.stop()
    expect(requests).toBeGreaterThan(40)
    expect({ failed, failures }).toEqual({ failed: 0, failures: [] })
    expect(fired()).toEqual([])
  })

  it('every target of green unhealthy: home by itself in well under a second, and no request fails', async () => {
    const load = startLoad({
      ...doorOf(service.sandbox.ready, 'search'),
      ratePerSecond: 40,
      newConnectionShare: 0.5,
    })
    await (await service.sandbox.whenGreen()).pods.set({ workload: 'search', state: 'unhealthy' })
    const rollback = await nextRollback(service, 'search', null)
    expect(rollback).toMatchObject({ state: 'succeeded', requestedBy: 'guard green-targets', to: 'prepared' })
    expect(rollback.homeMs).toBeGreaterThan(0)
    const { failed, failures } = await load.stop()
    expect({ failed, failures }).toEqual({ failed: 0, failures: [] })
    const workload = await service.client.workload('search')
    expect(workload).toMatchObject({ phase: 'prepared', status: 'stuck', holds: [{ name: 'rolled-back' }] })
    expect(workload.split.wanted).toEqual({ blue: 100, green: 0 })
    await expect(service.client.post('search', 'advance')).rejects.toMatchObject({ problem: { code: 'held' } })
  })

  it('with no healthy target green gets nothing: the gate is closed', async () => {
    await (await service.sandbox.whenGreen()).pods.set({ workload: 'search', state: 'unhealthy' })
    const { outputs } = await service.automation.cutover.workload('small', 'search')
    await until('AWS says so', async () => {
      const { TargetHealthDescriptions = [] } = await service.sandbox.aws.elbv2.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: outputs?.targetGroups.green ?? '' }),
      )
      return TargetHealthDescriptions.every(({ TargetHealth }) => TargetHealth?.State === 'unhealthy')
    })
    await service.client.removeHolds('search')
    await expect(service.client.post('search', 'advance')).rejects.toMatchObject({
      problem: { code: 'gate-closed', gates: [{ name: 'green-enough', state: 'closed' }] },
    })
  })
})

describe('at 100 %', () => {
  it('errors of green are seen by the service’s own requests, and it goes home', async () => {
    await advanceTo(service, 'search', 'soaking')
    const { operation: before } = await service.client.workload('search')
    await (await service.sandbox.whenGreen()).pods.set({ workload: 'search', state: 'erroring' })
    const rollback = await nextRollback(service, 'search', before?.id ?? null)
    expect(rollback.state).toBe('succeeded')
    expect(rollback.requestedBy).toMatch(/^guard green-(errors|targets)$/)
  })

  it('goes nowhere when blue is as ill: the last healthy side keeps the traffic', async () => {
    await advanceTo(service, 'search', 'soaking')
    const count = fired().length
    await service.sandbox.clusters.blue.pods.set({ workload: 'search', state: 'unhealthy' })
    const { found } = await service.automation.cutover.workload('small', 'search')
    await until('blue is known to be ill', async () => {
      const { TargetHealthDescriptions = [] } = await service.sandbox.aws.elbv2.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: found?.blueGroups[0]?.arn ?? '' }),
      )
      return TargetHealthDescriptions.every(({ TargetHealth }) => TargetHealth?.State === 'unhealthy')
    })
    await (await service.sandbox.whenGreen()).pods.set({ workload: 'search', state: 'unhealthy' })
    await readings(10)
    expect(fired()).toHaveLength(count)
    await expect(service.client.post('search', 'rollback', { reason: 'try' })).rejects.toMatchObject({
      problem: { code: 'blue-unhealthy' },
    })
    const forced = await service.client.act('search', 'rollback', { reason: 'all the same', force: true })
    expect(forced.homeMs).toBeGreaterThan(0)
    await service.sandbox.clusters.blue.pods.clear()
  })
})

it('onGuard: hold stops the advance and moves nothing', async () => {
  await applyInventory(service, { steps: [50, 100], onGuard: 'hold' })
  await advanceTo(service, 'tagging', 'shifting')
  await (await service.sandbox.whenGreen()).pods.set({ workload: 'tagging', state: 'unhealthy' })
  await until('a hold of the guard', async () =>
    (await service.client.workload('tagging')).holds.some(({ by }) => by === 'guard green-targets'),
  )
  const workload = await service.client.workload('tagging')
  expect(workload).toMatchObject({ phase: 'shifting', split: { wanted: { blue: 50, green: 50 } } })
  await expect(service.client.post('tagging', 'advance')).rejects.toMatchObject({ problem: { code: 'held' } })
})
