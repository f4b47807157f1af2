import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cloudwatch } from '../../../sandbox/cloud/cloudwatch/operations.ts'
import { AwsError } from '../../../sandbox/cloud/errors.ts'
import { startMeter } from '../../../sandbox/network/meter.ts'
import { addListener, addLoadBalancer, addRule, forwardTo, onPath, toOne } from '../elbv2/fixture.ts'
import { addGroupOf, allHealthy, startDataPlane, until, type DataPlane } from '../network/fixture.ts'

/** A minute is a fifth of a second here. */
let plane: DataPlane
let startedAt: Date

beforeEach(async () => {
  startedAt = new Date()
  plane = await startDataPlane({ weightedNetworkListeners: true })
  startMeter(plane.world, plane.network)
})

afterEach(() => plane.stop())

const aws = async (name: string, input: object): Promise<any> =>
  cloudwatch[name]?.(plane.world, input, { accessKeyId: 'A', requestId: 'test' })

const groupOf = (arn: string) => ({ Name: 'TargetGroup', Value: arn.split(':').at(-1) })
const balancerOf = (arn: string) => ({ Name: 'LoadBalancer', Value: arn.split(':loadbalancer/')[1] })
const query = (Namespace: string, MetricName: string, Dimensions: object[], Stat = 'Sum', Period = 60) => ({
  Id: 'q',
  MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat },
})

/** Since the beginning of the test, the earliest first. */
async function data(...words: Parameters<typeof query>): Promise<{ Timestamps: Date[]; Values: number[] }> {
  const { MetricDataResults } = await aws('GetMetricData', {
    MetricDataQueries: [query(...words)],
    StartTime: startedAt,
    EndTime: new Date(Date.now() + 1000),
    ScanBy: 'TimestampAscending',
  })
  return MetricDataResults[0]
}

const sumOf = async (...words: Parameters<typeof query>) =>
  (await data(...words)).Values.reduce((sum, value) => sum + value, 0)

describe('an application load balancer', () => {
  const alb = 'AWS/ApplicationELB'
  let blue: string
  let green: string
  let whole: object

  beforeEach(async () => {
    const failing = { cluster: 'green' as const, handler: handlerOf(500) }
    await plane.startPod('10.0.1.1')
    await plane.startPod('10.0.16.1', failing)
    blue = await addGroupOf(plane, 'blue', ['10.0.1.1'])
    green = await addGroupOf(plane, 'green', ['10.0.16.1'])
    const listener = await addListener(plane, forwardTo([blue, 3], [green, 1]))
    await addRule(plane.world, listener, 1, toOne(blue), onPath('/blue'))
    await allHealthy(plane, blue, green)
    whole = balancerOf(plane.loadBalancer)
  })

  /** Health checks are well, everything else gets the status. */
  const handlerOf =
    (status: number) =>
    ({ headers }: any, response: any): void => {
      response.writeHead(headers['user-agent'] === 'ELB-HealthChecker/2.0' ? 200 : status).end()
    }

  test('counts requests and answers of each target group and of the whole', async () => {
    for (let sent = 0; sent < 8; sent++) await plane.ask()
    await until('all are published', async () => (await sumOf(alb, 'RequestCount', [whole])) === 8)
    // An answer may be counted in the minute after its request. The order of dimensions says nothing.
    await until('so are the answers', async () => {
      return (await sumOf(alb, 'HTTPCode_Target_5XX_Count', [whole, groupOf(green)])) === 2
    })
    expect(await sumOf(alb, 'RequestCount', [groupOf(blue), whole])).toBe(6)
    expect(await sumOf(alb, 'RequestCountPerTarget', [groupOf(green)])).toBe(2)
    expect((await data(alb, 'HTTPCode_Target_5XX_Count', [groupOf(green), whole], 'Average')).Values).toContain(1)
    expect((await data(alb, 'HealthyHostCount', [groupOf(green), whole], 'Maximum')).Values).toContain(1)
  })

  test('says nothing of what did not happen', async () => {
    await plane.ask({ path: '/blue' })
    await until('it is published', async () => (await sumOf(alb, 'RequestCount', [groupOf(blue), whole])) === 1)
    expect((await data(alb, 'RequestCount', [groupOf(blue), whole])).Values).toEqual([1])
    expect((await data(alb, 'RequestCount', [groupOf(green), whole])).Values).toEqual([])
    expect((await data(alb, 'HTTPCode_Target_5XX_Count', [groupOf(blue), whole])).Values).toEqual([])
    expect((await data(alb, 'RequestCount', [groupOf(blue)])).Values).toEqual([])
  })

  test('longer periods hold several minutes', async () => {
    const hosts = [groupOf(blue), whole]
    const minutes = () => data(alb, 'HealthyHostCount', hosts, 'SampleCount')
    const minuteMs = plane.world.clock.ms(60)
    await until('one minute follows another', async () => {
      const { Timestamps } = await minutes()
      return Timestamps.some((at, index) => +at - +(Timestamps[index - 1] ?? at) === minuteMs)
    })
    expect((await minutes()).Values.every((samples) => samples === 1)).toBe(true)
    const periods = () => data(alb, 'HealthyHostCount', hosts, 'SampleCount', 180)
    await until('three minutes are in a period', async () => (await periods()).Values.includes(3))
    const threes = await periods()
    expect(threes.Timestamps.every((at) => +at % (3 * minuteMs) === 0)).toBe(true)
  })

  test('answers the older call as well, and lists what there is', async () => {
    await plane.ask({ path: '/blue' })
    const ask = {
      Namespace: alb,
      MetricName: 'RequestCount',
      Dimensions: [groupOf(blue), whole],
      StartTime: startedAt,
      EndTime: new Date(Date.now() + 60_000),
      Period: 60,
      Statistics: ['Sum', 'Average'],
    }
    await until('it is published', async () => (await aws('GetMetricStatistics', ask)).Datapoints.length > 0)
    expect(await aws('GetMetricStatistics', ask)).toEqual({
      Label: 'RequestCount',
      Datapoints: [{ Timestamp: expect.any(Date), Unit: 'Count', Sum: 1, Average: 1 }],
    })
    expect((await aws('GetMetricStatistics', { ...ask, Unit: 'Seconds' })).Datapoints).toEqual([])
    const { Metrics } = await aws('ListMetrics', { MetricName: 'RequestCount', Dimensions: [{ Name: 'TargetGroup' }] })
    expect(Metrics).toEqual([{ Namespace: alb, MetricName: 'RequestCount', Dimensions: [groupOf(blue), whole] }])
  })
})

describe('a network load balancer', () => {
  test('counts flows, new ones and those that stand', async () => {
    const net = await addLoadBalancer(plane.world, plane, 'net', { Type: 'network', Scheme: 'internal' })
    await plane.startPod('10.0.1.1')
    const group = await addGroupOf(plane, 'tcp', ['10.0.1.1'], { Protocol: 'TCP' })
    await addListener({ ...plane, loadBalancer: net }, toOne(group), 80, { Protocol: 'TCP' })
    await until('it is active', () => plane.world.elbv2.loadBalancers.get(net)?.state === 'active')
    await allHealthy(plane, group)
    const nlb = 'AWS/NetworkELB'
    const dimensions = [balancerOf(net)]
    expect((await data(nlb, 'ActiveFlowCount', dimensions)).Values).toEqual([])
    const door: any = plane.network.frontDoor(net, 80)
    const clients = [connect(door), connect(door)]
    for (const client of clients) client.on('error', () => undefined).write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await until('both are counted', async () => (await sumOf(nlb, 'NewFlowCount', dimensions)) === 2)
    await until('both stand', async () =>
      (await data(nlb, 'ActiveFlowCount', dimensions, 'Maximum')).Values.includes(2),
    )
    clients.forEach((client) => client.destroy())
    await until('they have ended', () => plane.network.activeFlows(group) === 0)
    expect((await data(nlb, 'HealthyHostCount', [groupOf(group), ...dimensions], 'Maximum')).Values).toContain(1)
  })
})

describe('a question', () => {
  const now = new Date()
  const earlier = new Date(now.getTime() - 1000)
  const good = query('AWS/ApplicationELB', 'RequestCount', [])
  test.each([
    [{ MetricDataQueries: [good], StartTime: now, EndTime: earlier }, 'The parameter StartTime must be less'],
    [{ MetricDataQueries: [good, good], StartTime: earlier, EndTime: now }, 'are not unique'],
    [{ MetricDataQueries: [{ ...good, Id: 'Q' }], StartTime: earlier, EndTime: now }, 'expected pattern'],
    [{ MetricDataQueries: [query('a', 'b', [], 'Sum', 90)], StartTime: earlier, EndTime: now }, 'multiple of 60'],
    [{ MetricDataQueries: [{ Id: 'q', Expression: '1' }], StartTime: earlier, EndTime: now }, 'no metric expressions'],
  ])('is refused: %j', async (input, message) => {
    const failure: unknown = await aws('GetMetricData', input).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(AwsError)
    expect((failure as AwsError).message).toContain(message)
  })
})
