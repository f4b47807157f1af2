import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startLoad, type Load } from '../../../sandbox/load.ts'
import { addListener, addRule, call, forwardTo, healthOf, toOne } from '../elbv2/fixture.ts'
import {
  addGroupOf,
  allHealthy,
  deregister,
  register,
  startDataPlane,
  until,
  type DataPlane,
  type Pod,
} from './fixture.ts'

vi.setConfig({ testTimeout: 60_000 })

let plane: DataPlane
const loads: Load[] = []

beforeEach(async () => {
  plane = await startDataPlane()
})

afterEach(async () => {
  await Promise.all(loads.splice(0).map((load) => load.stop()))
  await plane.stop()
})

test('no request fails while weights change, targets drain and pods come and go', async () => {
  const blue = await addGroupOf(plane, 'blue', ['10.0.1.1', '10.0.1.2'])
  const green = await addGroupOf(plane, 'green', ['10.0.16.1'])
  const deregistrationDelay = [{ Key: 'deregistration_delay.timeout_seconds', Value: '150' }]
  for (const group of [blue, green]) {
    await call(plane.world, 'ModifyTargetGroupAttributes', { TargetGroupArn: group, Attributes: deregistrationDelay })
  }
  const pods: Pod[] = []
  for (const ip of ['10.0.1.1', '10.0.1.2']) pods.push(await plane.startPod(ip, { cluster: 'blue' }))
  await plane.startPod('10.0.16.1', { cluster: 'green' })
  const listener = await addListener(plane, toOne(blue))
  const rule = await addRule(plane.world, listener, 1, forwardTo([blue, 100], [green, 0]))
  await addListener(plane, toOne(blue), 81)
  await allHealthy(plane, blue, green)

  const rate = { ratePerSecond: 100, newConnectionShare: 0.2 }
  const shop = startLoad({ url: `${plane.url()}/shop`, ...rate })
  const other = startLoad({ url: `${plane.url(81)}/other`, ...rate })
  loads.push(shop, other)
  const requests = async (more: number) => {
    const before = shop.snapshot().requests
    await until(`${more} more requests have ended`, () => shop.snapshot().requests >= before + more)
  }

  for (let round = 0; round < 5; round += 1) {
    for (const weight of [10, 50, 100, 0]) {
      await call(plane.world, 'ModifyRule', {
        RuleArn: rule,
        Actions: forwardTo([blue, 100 - weight], [green, weight]),
      })
      await requests(15)
    }
    // A pod joins, and when it gets traffic the oldest leaves as a pod does: deregistered first, ended when it has drained.
    const joining = await plane.startPod(`10.0.2.${round}`, { cluster: 'blue' })
    pods.push(joining)
    await register(plane, blue, joining.ip)
    await until('the new pod is served', () => joining.served > 0)
    const [leaving] = pods.splice(0, 1)
    if (!leaving) throw new Error('there is always a pod')
    await deregister(plane, blue, leaving.ip)
    await until('it has drained', async () => !(`${leaving.ip}:80` in (await healthOf(plane.world, blue))))
    await leaving.leave()
  }

  for (const { failed, failures, byColour, requests: count } of [await shop.stop(), await other.stop()]) {
    expect(failures).toEqual([])
    expect(failed).toBe(0)
    expect(count).toBeGreaterThan(300)
    expect(byColour.blue).toBeGreaterThan(0)
  }
  expect(shop.snapshot().byColour.green).toBeGreaterThan(0)
  expect(other.snapshot().byColour.green).toBe(0)
})
