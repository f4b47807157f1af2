import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { seriesKey } from '../../../sandbox/cloud/cloudwatch/state.ts'
import { awsCli, hasAwsCli, startTestWire, type TestWire } from '../wire/fixture.ts'

/** Minutes are seconds here. A point that everybody can read by now. */
describe('CloudWatch on the wire', { timeout: 60_000 }, () => {
  let wire: TestWire
  const dimensions = { TargetGroup: 'targetgroup/blue/0123456789abcdef', LoadBalancer: 'app/shop/0123456789abcdef' }
  const metric = { namespace: 'AWS/ApplicationELB', name: 'RequestCount', dimensions }
  const minute = Math.floor(Date.now() / 1000) - 30
  const range = { StartTime: new Date((minute - 5) * 1000), EndTime: new Date((minute + 5) * 1000) }
  const Metric = {
    Namespace: metric.namespace,
    MetricName: metric.name,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
  }
  const queries = [{ Id: 'blue', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }]

  beforeAll(async () => {
    wire = await startTestWire()
    const point = { minute, sum: 42, samples: 42, least: 1, most: 1, visibleFrom: 0 }
    wire.world.cloudwatch.series.set(seriesKey(metric), { ...metric, unit: 'Count', points: [point] })
  })

  afterAll(() => wire.close())

  test('the SDK reads metrics', async () => {
    const client = new CloudWatchClient(wire.client)
    const { MetricDataResults } = await client.send(new GetMetricDataCommand({ ...range, MetricDataQueries: queries }))
    expect(MetricDataResults).toEqual([
      {
        Id: 'blue',
        Label: 'RequestCount',
        Timestamps: [new Date(minute * 1000)],
        Values: [42],
        StatusCode: 'Complete',
      },
    ])
    client.destroy()
  })

  test.skipIf(!hasAwsCli)('the AWS command-line client reads metrics, and is refused', async () => {
    const times = ['--start-time', range.StartTime.toISOString(), '--end-time', range.EndTime.toISOString()]
    const ask = ['cloudwatch', 'get-metric-data', '--metric-data-queries', JSON.stringify(queries)]
    const { output, error } = await awsCli(wire.wire, ...ask, ...times)
    expect(error).toBe('')
    expect(output).toMatchObject({ MetricDataResults: [{ Id: 'blue', Values: [42], StatusCode: 'Complete' }] })
    const statistics = await awsCli(
      wire.wire,
      ...['cloudwatch', 'get-metric-statistics', '--namespace', metric.namespace, '--metric-name', metric.name],
      ...['--dimensions', ...Metric.Dimensions.map(({ Name, Value }) => `Name=${Name},Value=${Value}`)],
      ...['--period', '60', '--statistics', 'Sum', ...times],
    )
    expect(statistics.output).toMatchObject({ Datapoints: [{ Sum: 42, Unit: 'Count' }] })
    const wrong = ['--start-time', range.EndTime.toISOString(), '--end-time', range.StartTime.toISOString()]
    expect((await awsCli(wire.wire, ...ask, ...wrong)).error.trim()).toBe(
      'An error occurred (ValidationError) when calling the GetMetricData operation: The parameter StartTime must be less than the parameter EndTime.',
    )
  })
})
