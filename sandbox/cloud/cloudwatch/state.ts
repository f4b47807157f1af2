import type { StandardUnit } from '@aws-sdk/client-cloudwatch'
import type { Clock } from '../../clock.ts'

/**
 * What was measured, a point for each minute in which something was. Minutes are AWS's and pass as all of its time does,
 * divided by the clock's scale, also in the timestamps: at scale 60 a point stands for a second of the wall clock.
 */
export interface CloudWatchState {
  /** By `seriesKey`. */
  readonly series: Map<string, Series>
}

export const createCloudWatch = (): CloudWatchState => ({ series: new Map() })

export interface Metric {
  readonly namespace: string
  readonly name: string
  /** In any order: a metric is its namespace, its name and the set of its dimensions. */
  readonly dimensions: Readonly<Record<string, string>>
}

export interface Series extends Metric {
  readonly unit: StandardUnit
  /** In the order of their minutes. */
  readonly points: Point[]
}

export interface Values {
  readonly sum: number
  readonly samples: number
  readonly least: number
  readonly most: number
}

interface Point extends Values {
  /** Counted from the epoch. */
  readonly minute: number
  /** Wall-clock milliseconds from which it can be read. */
  readonly visibleFrom: number
}

interface Measuring {
  readonly clock: Clock
  readonly cloudwatch: CloudWatchState
}

/** AWS seconds from the end of a minute until its points can be read. AWS publishes no figure; two to three minutes in all are usual. */
const publishSeconds = 60
/** AWS keeps points of one minute for 15 days. */
const minutesKept = 15 * 24 * 60

export function seriesKey({ namespace, name, dimensions }: Metric): string {
  const set = Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([namespace, name, set])
}

/** `world`: the part of it that measures. */
export function record(world: Measuring, metric: Metric, unit: StandardUnit, minute: number, values: Values): void {
  const key = seriesKey(metric)
  const series = world.cloudwatch.series.get(key) ?? { ...metric, unit, points: [] }
  world.cloudwatch.series.set(key, series)
  series.points.push({ ...values, minute, visibleFrom: Date.now() + world.clock.ms(publishSeconds) })
  series.points.splice(0, series.points.length - minutesKept)
}
