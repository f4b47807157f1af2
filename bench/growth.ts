import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { retentionDefaults } from '../automation/retention.ts'
import { findPostgres, startPostgres } from '../test/support/postgres.ts'
import { advanceAll, freeAll, settleAll } from './crowd.ts'
import { table, type Part, type Say } from './part.ts'
import { inSetting, type Setting } from './setting.ts'

const workloadCount = 4
/** What a busy day is taken to be: as many moves, each with one rollback, and a scrape of the metrics every 15 s. */
const busyDay = { moves: 100, scrapes: 24 * 240 }
const restMs = 20_000
/** GiB that everything which time and people fill may come to under the default settings, with so many moves every day. */
const eventsAtMost = 2
const historyAtMost = 8
const { eventDays, updates } = retentionDefaults

/** Bytes, and rows of events. */
interface Size {
  readonly events: number
  readonly eventBytes: number
  /** Operations and the record, which stay for good. */
  readonly keptBytes: number
  readonly historyBytes: number
  readonly historyUpdates: number
  readonly logBytes: number
}

export const growth: Part = {
  about:
    'what a day leaves in the journal, the log and the history of stacks, from some moves and a rest; growth/N: of N workloads',
  async run({ say, some }) {
    const count = Number(some ?? workloadCount)
    const figures = await measureGrowth(count, say)
    const { perMove, perUpdate, perHourAtRest, perScrape } = figures
    const day = {
      events: perMove.eventBytes * busyDay.moves,
      kept: perMove.keptBytes * busyDay.moves,
      history: perMove.historyBytes * busyDay.moves,
      log: perMove.logBytes * busyDay.moves + perScrape * busyDay.scrapes + perHourAtRest.logBytes * 24,
    }
    const most = { events: day.events * eventDays, history: perUpdate * updates * busyDay.moves }
    const rows = [
      ['events', kib(perMove.eventBytes), mib(day.events), `${mib(most.events)}, after ${eventDays} days of them`],
      ['operations and the record', kib(perMove.keptBytes), mib(day.kept), 'none: they stay'],
      [
        'history of Pulumi',
        kib(perMove.historyBytes),
        mib(day.history),
        `${mib(most.history)}, with ${updates} updates of each of ${busyDay.moves} stacks`,
      ],
      ['log', kib(perMove.logBytes), mib(day.log), 'who collects it says'],
    ]
    return {
      title: 'What a day leaves',
      text: `Estimated from ${count} workloads that went from \`registered\` to \`soaking\`, home, and to \`soaking\` again on PostgreSQL, ${restMs / 1000} s in which nothing was
asked for, and scrapes of the metrics. A busy day is ${busyDay.moves} such moves and a scrape every 15 s. Sizes of tables with their indexes.

${table(['', 'a move', 'a busy day', 'the most that is kept'], rows)}

A move: ${Math.round(perMove.events)} events, ${Math.round(perMove.historyUpdates)} updates of ${kib(perUpdate)} each in the history. At rest an hour: ${Math.round(perHourAtRest.events)} events, ${kib(perHourAtRest.logBytes)} of log; a scrape: ${Math.round(perScrape)} bytes of log.`,
      bounds: [
        { what: `events of ${eventDays} busy days, GiB`, figure: most.events / 2 ** 30, atMost: eventsAtMost },
        { what: 'history of the stacks at the most, GiB', figure: most.history / 2 ** 30, atMost: historyAtMost },
        { what: 'events in an hour in which nothing happens', figure: perHourAtRest.events, atMost: 0 },
      ],
      figures,
    }
  },
}

interface GrowthFigures {
  readonly perMove: Size
  readonly perUpdate: number
  readonly perHourAtRest: Size
  readonly perScrape: number
}

async function measureGrowth(count: number, say: Say): Promise<GrowthFigures> {
  const found = findPostgres()
  if ('missing' in found) throw new Error(found.missing)
  const folder = await mkdtemp(join(tmpdir(), 'eks-cutover-growth-'))
  const logFile = join(folder, 'log')
  const server = await startPostgres(found.binaries)
  const client = new pg.Client({ connectionString: server.url })
  try {
    await client.connect()
    const options = { scenario: `many:${count}`, logFile, environment: { DATABASE_URL: server.url } }
    return await inSetting(options, say, (setting) => measure(setting, () => sizeOf(client, logFile), say))
  } finally {
    await client.end()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(setting: Setting, size: () => Promise<Size>, say: Say): Promise<GrowthFigures> {
  const { client, workloads } = setting
  const begun = await size()
  say(`moving ${workloads.length} workloads, home and again`)
  await step(setting, 'soaking')
  await Promise.all(workloads.map((name) => client.post(name, 'rollback', { reason: 'bench' })))
  await settleAll(client, workloads)
  await step(setting, 'soaking')
  const moved = await size()
  say(`resting for ${restMs / 1000} s`)
  await sleep(restMs)
  const rested = await size()
  const scrapes = 20
  for (let i = 0; i < scrapes; i += 1) await (await fetch(`${setting.stage.service}/metrics`)).text()
  const scraped = await size()
  const perMove = scaled(moved, begun, 1 / workloads.length)
  const hours = (restMs * Number(setting.stage.ready.env['CUTOVER_CLOCK_RATE'])) / 3_600_000
  return {
    perMove,
    perUpdate: perMove.historyBytes / perMove.historyUpdates,
    perHourAtRest: scaled(rested, moved, 1 / hours),
    perScrape: (scraped.logBytes - rested.logBytes) / scrapes,
  }
}

/** Each in turn to the next phase or step, until all are there. */
async function step({ client, workloads }: Setting, phase: string): Promise<void> {
  while ((await client.workload(workloads[0] ?? '')).phase !== phase) {
    await freeAll(client, workloads)
    await advanceAll(client, workloads)
  }
}

const scaled = (later: Size, earlier: Size, by: number): Size =>
  Object.fromEntries(
    (Object.keys(later) as (keyof Size)[]).map((key) => [key, (later[key] - earlier[key]) * by]),
  ) as unknown as Size

async function sizeOf(client: pg.Client, logFile: string): Promise<Size> {
  const { rows } = await client.query<Record<string, string>>(`
    select (select count(*) from events) as "events",
      pg_total_relation_size('events') as "eventBytes",
      pg_total_relation_size('operations') + pg_total_relation_size('audit') as "keptBytes",
      (select coalesce(sum(pg_column_size(data) + pg_column_size(key)), 0) from pulumi_state where key like '.pulumi/history/%') as "historyBytes",
      (select count(*) from pulumi_state where key like '.pulumi/history/%.history.json%') as "historyUpdates"`)
  const numbers = Object.fromEntries(Object.entries(rows[0] ?? {}).map(([key, value]) => [key, Number(value)]))
  return { ...(numbers as unknown as Omit<Size, 'logBytes'>), logBytes: (await stat(logFile)).size }
}

const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB`
