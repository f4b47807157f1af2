import type { World } from '../world.ts'
import { seriesKey, type Metric, type Series, type Values } from './state.ts'

export interface Range {
  readonly start: Date
  /** Exclusive. */
  readonly end: Date
  /** AWS seconds; less than a minute gives the minutes themselves. */
  readonly periodSeconds: number
}

export interface Datum extends Values {
  /** The beginning of the period. */
  readonly at: Date
}

/** What was measured in each period of the range, the earliest first. Periods in which nothing was are left out. */
export function read(world: World, metric: Metric, { start, end, periodSeconds }: Range): Datum[] {
  const minutes = Math.max(1, periodSeconds / 60)
  const periodMs = world.clock.ms(minutes * 60)
  const points = seriesOf(world, metric)?.points ?? []
  const visible = points.filter(({ visibleFrom }) => visibleFrom <= Date.now())
  // The period in which the range begins is part of it.
  const first = Math.floor(start.getTime() / periodMs)
  return [...Map.groupBy(visible, ({ minute }) => Math.floor(minute / minutes))]
    .filter(([period]) => period >= first && period * periodMs < end.getTime())
    .map(([period, values]) => ({ ...together(values), at: new Date(period * periodMs) }))
}

export const seriesOf = (world: World, metric: Metric): Series | undefined =>
  world.cloudwatch.series.get(seriesKey(metric))

const together = (all: readonly Values[]): Values => ({
  sum: all.reduce((total, { sum }) => total + sum, 0),
  samples: all.reduce((total, { samples }) => total + samples, 0),
  least: Math.min(...all.map(({ least }) => least)),
  most: Math.max(...all.map(({ most }) => most)),
})

const statistics: Readonly<Record<string, (values: Values) => number>> = {
  Average: ({ sum, samples }) => sum / samples,
  Maximum: ({ most }) => most,
  Minimum: ({ least }) => least,
  SampleCount: ({ samples }) => samples,
  Sum: ({ sum }) => sum,
}

/** undefined: a percentile or another extended statistic, which none of these metrics has. */
export const statistic = (name: string): ((values: Values) => number) | undefined => statistics[name]
