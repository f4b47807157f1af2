import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAws, type Aws } from '../../../infra/aws/clients.ts'
import { countIn } from '../../../infra/aws/metrics.ts'
import { Clock } from '../../../sandbox/clock.ts'
import { record } from '../../../sandbox/cloud/cloudwatch/state.ts'
import { services } from '../../../sandbox/cloud/services.ts'
import { createWorld, type World } from '../../../sandbox/cloud/world.ts'
import { startWire, type Wire } from '../../../sandbox/wire/wire.ts'
import { Faults } from '../../../sandbox/faults.ts'

const dimensions = { LoadBalancer: 'app/shop/1', TargetGroup: 'targetgroup/blue/2' }
const namespace = 'AWS/ApplicationELB'
const counted = { namespace, counter: 'RequestCount', alive: 'HealthyHostCount', dimensions }
const minuteMs = 60_000

describe('a counter of CloudWatch in a window', () => {
  const clock = new Clock(1)
  let world: World
  let wire: Wire
  let aws: Aws
  const now = Math.floor(Date.now() / minuteMs)
  const window = { from: new Date((now - 5) * minuteMs), to: new Date((now + 1) * minuteMs) }

  const put = (name: string, minute: number, value: number): void => {
    const values = { sum: value, samples: 1, least: value, most: value }
    record(world, { namespace, name, dimensions }, 'Count', minute, values)
    for (const { points } of world.cloudwatch.series.values())
      for (const point of points) Object.assign(point, { visibleFrom: 0 })
  }

  beforeAll(async () => {
    process.env['AWS_ACCESS_KEY_ID'] = 'test'
    process.env['AWS_SECRET_ACCESS_KEY'] = 'test'
    world = createWorld({ region: 'eu-central-1', accountId: '123456789012', clock })
    wire = await startWire({ world, services, faults: new Faults() })
    aws = createAws({ region: 'eu-central-1', endpoint: wire.url, maxAttempts: 1 })
    expect(await aws.cloudWatch()).toBeInstanceOf(CloudWatchClient)
  })
  afterAll(async () => {
    aws.close()
    await wire.close()
    clock.stop()
  })

  it('is an error while the other metric is silent too', async () => {
    await expect(countIn(counted, window, aws)).rejects.toThrow('CloudWatch has no HealthyHostCount of it')
  })

  it('is zero where the other metric speaks and it does not', async () => {
    for (const minute of [now - 3, now - 2]) put('HealthyHostCount', minute, 2)
    expect(await countIn(counted, window, aws)).toEqual({ requests: 0, minutes: 2 })
  })

  it('is the sum of its minutes, and of no other', async () => {
    for (const [minute, count] of [
      [now - 9, 100],
      [now - 3, 4],
      [now - 2, 1],
    ] as const)
      put('RequestCount', minute, count)
    expect(await countIn(counted, window, aws)).toEqual({ requests: 5, minutes: 2 })
  })
})
