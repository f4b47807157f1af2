import { GetMetricDataCommand, type MetricDataResult } from '@aws-sdk/client-cloudwatch'
import type { Aws } from './clients.ts'

/** A span of AWS's own time. */
export interface Window {
  readonly from: Date
  readonly to: Date
}

/** A counter of CloudWatch's, and a metric that has a point for every minute in which the counted thing was there at all. */
export interface Counted {
  readonly namespace: string
  readonly counter: string
  readonly alive: string
  readonly dimensions: Readonly<Record<string, string>>
  /** Of `alive`, where they are others. */
  readonly aliveDimensions?: Readonly<Record<string, string>>
}

/** Elastic Load Balancing publishes by the minute. */
const periodSeconds = 60

/**
 * What a counter came to in a window, and over how many minutes it would have shown: AWS publishes most counters only when they
 * are not zero, so silence is zero only where the other metric speaks. Throws when that is silent too. One call.
 */
export async function countIn(
  { namespace, counter, alive, dimensions, aliveDimensions = dimensions }: Counted,
  { from, to }: Window,
  aws: Aws,
): Promise<{ readonly requests: number; readonly minutes: number }> {
  const metric = (Id: string, MetricName: string, Stat: string, of: Counted['dimensions']) => {
    const Dimensions = Object.entries(of).map(([Name, Value]) => ({ Name, Value }))
    return { Id, MetricStat: { Metric: { Namespace: namespace, MetricName, Dimensions }, Period: periodSeconds, Stat } }
  }
  const MetricDataQueries = [
    metric('counted', counter, 'Sum', dimensions),
    metric('alive', alive, 'Maximum', aliveDimensions),
  ]
  const answer = await (
    await aws.cloudWatch()
  ).send(new GetMetricDataCommand({ MetricDataQueries, StartTime: from, EndTime: to }))
  const values = (id: string): readonly number[] => resultOf(answer.MetricDataResults, id)?.Values ?? []
  const minutes = values('alive').length
  if (minutes === 0)
    throw new Error(`CloudWatch has no ${alive} of it in the last minutes, so no ${counter} says nothing`)
  return { requests: values('counted').reduce((sum, value) => sum + value, 0), minutes }
}

const resultOf = (results: readonly MetricDataResult[] | undefined, id: string) => results?.find(({ Id }) => Id === id)
