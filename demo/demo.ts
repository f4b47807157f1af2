/** `npm run demo`: two services move from one cluster to another under load, over REST alone, and tell how it went. */
import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { Command, InvalidArgumentError } from 'commander'
import { startLoad, type Load } from '../sandbox/load.ts'
import { Account, paint, table } from './account.ts'
import { Client } from './client.ts'
import { clearTrouble, makeTrouble } from './control.ts'
import { Journey } from './journey.ts'
import { workloadReport, type Report } from './report.ts'
import { startStage, type Stage } from './stage.ts'
import { springTrap, type TrapOutcome } from './trap.ts'

interface Options {
  readonly report?: string
  readonly rate: number
  readonly keep?: boolean
}

const positive = (text: string): number => {
  const value = Number(text)
  if (!(value > 0 && value <= 1000)) throw new InvalidArgumentError('a rate is a number above 0, at most 1000.')
  return value
}

const options = new Command('npm run demo --')
  .description('two services move from one cluster to another under load; about a minute and a half once set up')
  .option('--report <file>', 'write what happened as JSON')
  .option('--rate <n>', 'requests per second to each front door', positive, 40)
  .option('--keep', 'leave sandbox and service running afterwards, until Ctrl-C')
  .parse()
  .opts<Options>()

const loads = new Map<string, Load>()
const account = new Account(() => liveLine(loads))

async function main(): Promise<void> {
  let stage: Stage | undefined
  try {
    stage = await startStage({ scenario: 'small', port: 0, progress: (text) => account.say('', text) })
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
async function play({ ready, service }: Stage): Promise<boolean> {
  const started = Date.now()
  for (const [name, { url, headers }] of Object.entries(ready.frontDoors)) {
    loads.set(name, startLoad({ url, headers, ratePerSecond: options.rate, newConnectionShare: 0.3 }))
  }
  account.start()
  account.say('', `${options.rate} requests per second on each front door, kept-alive and new connections mixed`)
  const client = new Client(service, 'small')
  await client.apply(await readFile(ready.inventory, 'utf8'))
  account.say(
    '',
    `the inventory is applied; blue ${ready.clusters.blue.version} is left, green ${ready.clusters.green.version} is moved to`,
  )

  const search = new Journey('search', client, account)
  const tagging = new Journey('tagging', client, account)
  const [trap] = await Promise.all([theHardWay(search, ready), thePlainWay(tagging)])

  const traffic = new Map<string, Awaited<ReturnType<Load['stop']>>>()
  for (const [name, load] of loads) traffic.set(name, await load.stop())
  account.stop()
  const reports = await Promise.all(
    [search, tagging].map(async ({ name, entries }) =>
      workloadReport(await client.workload(name), entries, await client.history(name), traffic.get(name) ?? noTraffic),
    ),
  )
  const sum = (of: (report: (typeof reports)[number]) => number): number =>
    reports.reduce((total, r) => total + of(r), 0)
  const report: Report = {
    schemaVersion: 1,
    scenario: 'small',
    versions: { node: process.version, pulumi: execFileSync('pulumi', ['version'], { encoding: 'utf8' }).trim() },
    workloads: reports,
    trap: { requests: trap.traffic.requests, failed: trap.traffic.failed },
    total: {
      requests: sum((r) => r.traffic.requests),
      failed: sum((r) => r.traffic.failed),
      seconds: Math.round((Date.now() - started) / 100) / 10,
    },
  }
  if (options.report) await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`)
  const failures = [...traffic].flatMap(([name, { failures: some }]) =>
    some.map(({ at, reason }) => ({ name, at, reason })),
  )
  conclude(report, [...search.strays, ...tagging.strays], failures)
  return report.total.failed > 0 || search.strays.length + tagging.strays.length > 0
}

const noTraffic = { requests: 0, failed: 0, byColour: { blue: 0, green: 0 }, p50Ms: 0, p99Ms: 0, failures: [], lastAt: {} }

/** Adopt, prepare, see the trap, shift, fall ill, be brought home, try again, be called back by a person, finish. */
async function theHardWay(search: Journey, ready: Stage['ready']): Promise<TrapOutcome> {
  await search.advanceTo('adopted')
  await search.advanceTo('prepared')
  const trap = await theTrap(ready)
  await search.advanceTo('shifting 50')
  search.say("green's pods begin to fail their health checks; they still answer, so nobody is hurt", 'red')
  const fellIll = Date.now()
  await makeTrouble(ready, '/pods', { workload: 'search', cluster: 'green', state: 'unhealthy' })
  await search.broughtHome()
  search.say(`from the first failing check to all reconciled: ${((Date.now() - fellIll) / 1000).toFixed(1)} s`)
  await clearTrouble(ready, '/pods?workload=search')
  search.say('green is well again; the hold that the guard left is removed, and it is tried again')
  await search.removeHolds()
  await search.advanceTo('soaking')
  search.say('a person has second thoughts at 100 %')
  await search.rollBack('second thoughts at 100 %')
  await search.removeHolds()
  await search.advanceTo('soaking')
  await search.confirm('green has served everything; blue is settled')
  await search.advanceTo('retired')
  await search.release()
  return trap
}

async function thePlainWay(tagging: Journey): Promise<void> {
  await tagging.advanceTo('soaking')
  await tagging.confirm('green has served everything; blue is settled')
  await tagging.advanceTo('retired')
  await tagging.release()
}

/** The group is empty for a fraction of a second: enough requests to see it. */
const trapRate = 150

async function theTrap(ready: Stage['ready']): Promise<TrapOutcome> {
  account.say(
    'trap',
    'what would happen with one target group for both clusters? On a group and a route of its own:',
    'bold',
  )
  const trap = await springTrap(ready, 'search', trapRate)
  const { requests, failed, byColour } = trap.traffic
  account.say(
    'trap',
    `blue's ${trap.before.length} targets were there; green's controller did not know them and deregistered every one`,
  )
  account.say(
    'trap',
    `${failed} of ${requests} requests failed (blue ${byColour.blue}, green ${byColour.green}): two groups, always`,
    'red',
  )
  return trap
}

function liveLine(all: ReadonlyMap<string, Load>): string {
  const parts = [...all].map(([name, load]) => {
    const { requests, failed, byColour } = load.snapshot()
    const failedText = failed === 0 ? '0 failed' : paint(`${failed} failed`, 'red')
    return `${name} ${requests} requests: ${paint(`blue ${byColour.blue}`, 'blue')} ${paint(`green ${byColour.green}`, 'green')} ${failedText}`
  })
  return parts.join('  |  ')
}

function conclude(
  report: Report,
  strays: readonly string[],
  failures: readonly { name: string; at: Date; reason: string }[],
): void {
  const rows = report.workloads.map(({ name, phase, rollbacks, traffic }) => [
    name,
    phase,
    String(traffic.requests),
    String(traffic.failed),
    String(traffic.byColour.blue),
    String(traffic.byColour.green),
    `${traffic.p50Ms.toFixed(1)} / ${traffic.p99Ms.toFixed(1)}`,
    rollbacks.map(({ homeMs }) => `${homeMs} ms`).join(', ') || '–',
  ])
  const head = ['workload', 'phase', 'requests', 'failed', 'by blue', 'by green', 'p50 / p99 ms', 'home after']
  process.stdout.write(`\n${table([head, ...rows])}\n\n`)
  const { requests, failed, seconds } = report.total
  const verdict = `${requests} requests in ${seconds} s, ${failed} failed; in the trap ${report.trap.failed} of ${report.trap.requests} failed`
  process.stdout.write(`${paint(verdict, 'bold', failed === 0 ? 'green' : 'red')}\n`)
  for (const stray of strays) process.stdout.write(`the split did not read back as wanted: ${stray}\n`)
  for (const { name, at, reason } of failures) process.stdout.write(`failed: ${name} ${at.toISOString()} ${reason}\n`)
  if (options.report) process.stdout.write(`the report is in ${options.report}\n`)
}

async function keep({ service, ready }: Stage): Promise<void> {
  process.stdout.write(`\nleft running: ${service}/docs, trouble at ${ready.controlUrl}; Ctrl-C ends it\n`)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}

await main()
