import type {
  Datapoint,
  Dimension,
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  GetMetricStatisticsCommandInput,
  GetMetricStatisticsCommandOutput,
  ListMetricsCommandInput,
  ListMetricsCommandOutput,
  MetricDataQuery,
} from '@aws-sdk/client-cloudwatch'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import { pageOf } from '../page.ts'
import { read, seriesOf, statistic, type Range } from './read.ts'
import type { Metric } from './state.ts'

const mostQueries = 500
const mostMetrics = 500

const validationError = (message: string) => new AwsError('ValidationError', message)
const invalidValue = (message: string) => new AwsError('InvalidParameterValue', message)

const metricOf = (namespace = '', name = '', dimensions: Dimension[] = []): Metric => ({
  namespace,
  name,
  dimensions: Object.fromEntries(dimensions.map(({ Name = '', Value = '' }) => [Name, Value])),
})

const isPeriod = (seconds: number): boolean => [1, 5, 10, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0)

function rangeOf(StartTime: Date | undefined, EndTime: Date | undefined, periodSeconds: number): Range {
  const [start, end] = [StartTime ?? new Date(0), EndTime ?? new Date()]
  if (start >= end) throw validationError('The parameter StartTime must be less than the parameter EndTime.')
  if (isPeriod(periodSeconds)) return { start, end, periodSeconds }
  throw validationError(`Period must be 1, 5, 10, 30 or a multiple of 60, not ${periodSeconds}`)
}

/** Metrics alone: math expressions and queries are refused. All in one answer, however many points. */
const getMetricData: Operation<GetMetricDataCommandInput, GetMetricDataCommandOutput> = (world, input) => {
  const { MetricDataQueries: queries = [], StartTime, EndTime, ScanBy = 'TimestampDescending' } = input
  if (queries.length > mostQueries) {
    throw validationError(`The collection MetricDataQueries must not have a size greater than ${mostQueries}.`)
  }
  requireUniqueIds(queries)
  const MetricDataResults = queries
    .filter(({ ReturnData }) => ReturnData !== false)
    .map(({ Id, Label, MetricStat }) => {
      const { Metric, Period = 0, Stat = '' } = MetricStat ?? {}
      const metric = metricOf(Metric?.Namespace, Metric?.MetricName, Metric?.Dimensions)
      const found = read(world, metric, rangeOf(StartTime, EndTime, Period))
      const valueOf = statistic(Stat)
      const data = valueOf && fitsUnit(seriesOf(world, metric)?.unit, MetricStat?.Unit) ? found : []
      const ordered = ScanBy === 'TimestampDescending' ? data.toReversed() : data
      return {
        Id,
        Label: Label ?? metric.name,
        Timestamps: ordered.map(({ at }) => at),
        Values: ordered.map((datum) => valueOf?.(datum) ?? 0),
        StatusCode: 'Complete' as const,
      }
    })
  return { MetricDataResults, Messages: [] }
}

function requireUniqueIds(queries: readonly MetricDataQuery[]): void {
  for (const { Id = '', MetricStat } of queries) {
    if (!/^[a-z][a-zA-Z0-9_]*$/.test(Id)) {
      throw validationError(
        `The value ${Id} for parameter Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
      )
    }
    if (!MetricStat) throw new AwsError('UnsupportedOperation', 'The sandbox evaluates no metric expressions.')
  }
  if (new Set(queries.map(({ Id }) => Id)).size < queries.length) {
    throw validationError('The values for parameter id in MetricDataQueries are not unique.')
  }
}

/** Nothing is converted: another unit than a metric's own finds nothing. */
const fitsUnit = (own: string | undefined, wanted: string | undefined) => wanted === undefined || wanted === own

const getMetricStatistics: Operation<GetMetricStatisticsCommandInput, GetMetricStatisticsCommandOutput> = (
  world,
  input,
) => {
  const { Namespace, MetricName, Dimensions, StartTime, EndTime, Period = 0, Statistics = [] } = input
  if (Statistics.length === 0 && !input.ExtendedStatistics?.length) {
    throw new AwsError('InvalidParameterCombination', 'Must specify either Statistics or ExtendedStatistics')
  }
  if (!isPeriod(Period)) {
    throw invalidValue('The parameter Period must be 1, 5, 10, 30 or a multiple of 60.')
  }
  const metric = metricOf(Namespace, MetricName, Dimensions)
  const found = read(world, metric, rangeOf(StartTime, EndTime, Period))
  const unit = seriesOf(world, metric)?.unit
  const data = fitsUnit(unit, input.Unit) && Statistics.length > 0 ? found : []
  const Datapoints: Datapoint[] = data.map((datum) => ({
    Timestamp: datum.at,
    Unit: unit,
    ...Object.fromEntries(Statistics.map((name) => [name, statistic(name)?.(datum)])),
  }))
  return { Label: metric.name, Datapoints }
}

/** A dimension without a value asks for the name alone. */
const listMetrics: Operation<ListMetricsCommandInput, ListMetricsCommandOutput> = (world, input) => {
  const found = [...world.cloudwatch.series.values()].filter(
    ({ namespace, name, dimensions }) =>
      (input.Namespace ?? namespace) === namespace &&
      (input.MetricName ?? name) === name &&
      (input.Dimensions ?? []).every(({ Name = '', Value }) => {
        const value = dimensions[Name]
        return value !== undefined && (Value ?? value) === value
      }),
  )
  const page = pageOf(found, mostMetrics, input.NextToken)
  if (!page) throw invalidValue('Request parameter NextToken is invalid')
  const Metrics = page.items.map(({ namespace, name, dimensions }) => ({
    Namespace: namespace,
    MetricName: name,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
  }))
  return { Metrics, NextToken: page.next }
}

export const cloudwatch: Operations = {
  GetMetricData: getMetricData,
  GetMetricStatistics: getMetricStatistics,
  ListMetrics: listMetrics,
}
