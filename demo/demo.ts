/** `npm run demo`: a cluster is built and eight services move to it under load, over REST alone, and tell how it went. */
import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import { parse, stringify } from 'yaml'
import { Clock } from '../sandbox/clock.ts'
import { reachBy, targetOf } from '../sandbox/front-doors.ts'
import { startLoad, type Load, type LoadSnapshot } from '../sandbox/load.ts'
import { Account, paint } from './account.ts'
import { atATime, cast } from './cast.ts'
import { Client } from './client.ts'
import { conclude } from './conclusion.ts'
import { buildGreen } from './green.ts'
import { Journey } from './journey.ts'
import { workloadReport, type Report } from './report.ts'
import { startStage, type Stage } from './stage.ts'
import { springTrap, type TrapOutcome } from './trap.ts'

interface Options {
  readonly report?: string
  readonly rate: number
  readonly only?: string
  readonly keep?: boolean
}

const positive = (text: string): number => {
  const value = Number(text)
  if (!(value > 0 && value <= 1000)) throw new InvalidArgumentError('a rate is a number above 0, at most 1000.')
  return value
}

const options = new Command('npm run demo --')
  .description('a 1.24 cluster is built and eight services move to it under load; about four minutes once set up')
  .option('--report <file>', 'write what happened as JSON')
  .option('--rate <n>', 'requests per second to each front door', positive, 15)
  .addOption(new Option('--only <workload>', 'move this one alone').choices(Object.keys(cast)))
  .option('--keep', 'leave sandbox and service running afterwards, until Ctrl-C')
  .parse()
  .opts<Options>()

const scenario = 'omnious'
const workers = 4
const loads = new Map<string, Load>()
const account = new Account(() => liveLine(loads))

async function main(): Promise<void> {
  let stage: Stage | undefined
  try {
    stage = await startStage({ scenario, port: 0, workers, progress: (text) => account.say('', text) })
    process.exitCode = (await play(stage)) ? 1 : 0
    if (options.keep) await keep(stage)
  } catch (error) {
    account.stop()
    process.stderr.write(`the demo broke off: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  } finally {
    for (const load of loads.values()) await load.stop()
    await stage?.stop()
  }
}

/** The whole play; true when a request failed or a split did not read back as wanted. */
async function play({ ready, readyNow, service }: Stage): Promise<boolean> {
  const started = Date.now()
  const inventory = parse(await readFile(ready.inventory, 'utf8')) as { workloads: Record<string, object> }
  const names = Object.keys(cast).filter((name) => !options.only || name === options.only)
  startLoads(ready, names)
  account.start()
  const client = new Client(service, scenario)
  const workloads = Object.fromEntries(names.map((name) => [name, inventory.workloads[name]]))
  await client.apply(stringify({ ...inventory, workloads }))
  account.say('', `the inventory is applied: ${names.length} services on ${ready.clusters.blue.version}, no green yet`)
  const cluster = await buildGreen(client, account, names)

  const journeys = names.map((name) => new Journey(name, client, account))
  const [trap] = await Promise.all([options.only ? null : theTrap(await readyNow()), moveAll(journeys, ready)])

  const traffic = new Map<string, LoadSnapshot>()
  for (const [name, load] of loads) traffic.set(name, await load.stop())
  account.stop()
  const reports = await Promise.all(
    journeys.map(async ({ name, entries }) =>
      workloadReport(await client.workload(name), entries, await client.history(name), traffic.get(name) ?? noTraffic),
    ),
  )
  const sum = (of: (report: (typeof reports)[number]) => number): number =>
    reports.reduce((total, r) => total + of(r), 0)
  const report: Report = {
    schemaVersion: 1,
    scenario,
    versions: { node: process.version, pulumi: execFileSync('pulumi', ['version'], { encoding: 'utf8' }).trim() },
    cluster,
    workloads: reports,
    trap: trap && { requests: trap.traffic.requests, failed: trap.traffic.failed },
    total: {
      requests: sum((r) => r.traffic.requests),
      failed: sum((r) => r.traffic.failed),
      seconds: Math.round((Date.now() - started) / 100) / 10,
    },
  }
  if (options.report) await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`)
  const strays = journeys.flatMap((journey) => journey.strays)
  process.stdout.write(conclude(report, Number(ready.env['CUTOVER_CLOCK_RATE'])))
  for (const stray of strays) process.stdout.write(`the split did not read back as wanted: ${stray}\n`)
  for (const [name, { failures }] of traffic) {
    for (const { at, reason } of failures) process.stdout.write(`failed: ${name} ${at.toISOString()} ${reason}\n`)
  }
  if (options.report) process.stdout.write(`the report is in ${options.report}\n`)
  return report.total.failed > 0 || strays.length > 0
}

const noTraffic: LoadSnapshot = {
  requests: 0,
  failed: 0,
  byColour: { blue: 0, green: 0 },
  lastAt: {},
  p50Ms: 0,
  p99Ms: 0,
  failures: [],
}

function startLoads(ready: Stage['ready'], names: readonly string[]): void {
  const vantage = { clock: new Clock(Number(ready.env['CUTOVER_CLOCK_RATE'])), reach: reachBy(ready.controlUrl) }
  for (const name of names) {
    const door = ready.frontDoors[name]
    if (!door) throw new Error(`scenario ${scenario} has no front door ${name}`)
    const { headers } = door
    const traffic = { headers, ratePerSecond: options.rate, newConnectionShare: 0.3 }
    loads.set(name, startLoad({ ...targetOf(door, vantage), ...traffic }))
  }
  account.say('', `${options.rate} requests per second on each front door, kept-alive and new connections mixed`)
}

/** In their order, so many at a time. */
async function moveAll(journeys: readonly Journey[], ready: Stage['ready']): Promise<void> {
  const waiting = [...journeys]
  const mover = async (): Promise<void> => {
    for (let journey = waiting.shift(); journey; journey = waiting.shift()) await cast[journey.name]?.(journey, ready)
  }
  await Promise.all(Array.from({ length: atATime }, mover))
}

/** The group is empty for a fraction of a second: enough requests to see it. */
const trapRate = 150

async function theTrap(ready: Stage['ready']): Promise<TrapOutcome> {
  account.say('trap', 'what would one target group for both clusters do? On a group and a route of its own:', 'bold')
  const trap = await springTrap(ready, { namespace: scenario, name: 'search' }, trapRate)
  const { requests, failed } = trap.traffic
  account.say('trap', `blue's ${trap.before.length} targets were there; green's controller deregistered every one`)
  account.say('trap', `${failed} of ${requests} requests failed there: two groups, always`, 'red')
  return trap
}

function liveLine(all: ReadonlyMap<string, Load>): string {
  const parts = [...all].map(([name, load]) => {
    const { failed, byColour } = load.snapshot()
    const failedText = failed === 0 ? '' : ` ${paint(`${failed} failed`, 'red')}`
    return `${name} ${paint(String(byColour.blue), 'blue')}/${paint(String(byColour.green), 'green')}${failedText}`
  })
  return parts.join('  ')
}

async function keep({ service, ready }: Stage): Promise<void> {
  process.stdout.write(`\nleft running: ${service}/docs, trouble at ${ready.controlUrl}; Ctrl-C ends it\n`)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}

await main()
