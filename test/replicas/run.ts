import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { parse, stringify } from 'yaml'
import { startLoad, type Load, type LoadSnapshot } from '../../sandbox/load.ts'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'
import { doorOf } from '../support/door.ts'
import { randomFrom } from '../support/random.ts'
import { AnyReplica } from './any-replica.ts'
import { Fleet } from './fleet.ts'
import { faultsInEnd } from './final.ts'
import { goalOf, travel, type Journey } from './journeys.ts'
import { killNowAndThen, type Kill } from './kills.ts'
import { MovingStream } from './moving-stream.ts'
import { fencesAtWork } from './processes.ts'
import {
  faultsInLives,
  faultsInStream,
  faultsInTakeovers,
  takeoversOf,
  type OperationEvent,
  type OperationRow,
} from './verdict.ts'

export interface RunOptions {
  readonly replicas: number
  readonly workloads: number
  /** Of each replica. */
  readonly workers: number
  /** Draws who is asked, who dies and when, and which workloads come home. */
  readonly seed: number
  /** For so long replicas are killed. */
  readonly seconds: number
  readonly mostKills: number
  /** The whole of it ends by then, one way or another. */
  readonly boundSeconds: number
  readonly timeScale: number
  readonly requestsPerSecond: number
  /** An empty database. */
  readonly databaseUrl: string
  readonly say: (text: string) => void
  /** Ends it before its time. */
  readonly signal?: AbortSignal
}

export interface Outcome {
  /** Everything that is wrong; [] is what is wanted. */
  readonly faults: readonly string[]
  readonly kills: readonly Kill[]
  readonly takeoversMs: readonly number[]
  readonly operations: readonly OperationRow[]
  readonly requests: number
  readonly events: number
  readonly streamMoves: number
  readonly unanswered: number
  readonly mostBytes: number
  readonly seconds: number
}

/** The fleet under load and under fire, from its start to what the journal says of it. */
export async function run(options: RunOptions): Promise<Outcome> {
  const began = Date.now()
  const folder = await mkdtemp(join(tmpdir(), 'eks-cutover-replicas-'))
  const ends: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  try {
    options.say(`starting a sandbox with ${options.workloads} workloads`)
    const sandbox = await startSandbox({ scenario: `many:${options.workloads}`, timeScale: options.timeScale })
    ends.unshift(() => sandbox.stop())
    const journal = new pg.Pool({ connectionString: options.databaseUrl, max: 2 })
    ends.unshift(() => journal.end())
    options.say(`starting ${options.replicas} replicas`)
    const { env } = sandbox.ready
    const fleet = await Fleet.start({ ...options, env, folder })
    ends.unshift(() => fleet.stop())
    return { ...(await underFire(options, { sandbox, journal, fleet })), seconds: (Date.now() - began) / 1000 }
  } finally {
    for (const end of ends) await end()
  }
}

interface Parts {
  readonly sandbox: Sandbox
  readonly journal: pg.Pool
  readonly fleet: Fleet
}

async function underFire(options: RunOptions, parts: Parts): Promise<Omit<Outcome, 'seconds'>> {
  const { sandbox, journal, fleet } = parts
  const random = randomFrom(options.seed)
  const inTime = AbortSignal.timeout(options.boundSeconds * 1000)
  const bound = options.signal ? AbortSignal.any([inTime, options.signal]) : inTime
  const client = new AnyReplica(fleet, randomFrom(options.seed + 1), bound)
  const journeys = await register(client, sandbox, random)
  const stream = new MovingStream(fleet)
  stream.start()
  const loads = startLoads(sandbox, journeys, options.requestsPerSecond)
  const watch = new Watch(fleet)
  const accepted = new Set<string>()
  const travelled = new AbortController()
  const over = AbortSignal.any([travelled.signal, AbortSignal.timeout(options.seconds * 1000), bound])
  const killed = killNowAndThen({ fleet, journal, stream, random, over, most: options.mostKills, say: options.say })
  const arrivals = Promise.all(
    journeys.map((journey) => travel(journey, { client, stream, signal: bound, accepted }).catch(describeOf(journey))),
  )
  const lost = await arrivals.finally(() => travelled.abort())
  const kills = await killed
  options.say('every workload is where it has to be; looking at the journal')
  const atEnd = await faultsInEnd({ client, journal, journeys, accepted, signal: bound })
  const served = await Promise.all(loads.map((load) => load.stop()))
  const { operations, events } = await read(journal)
  await caughtUp(stream, events, bound)
  await Promise.all([stream.stop(), watch.stop()])
  const told = events.flatMap((event) => (event.operation === null ? [] : [event as OperationEvent]))
  const faults = [
    ...lost.flatMap((one) => one ?? []),
    ...atEnd,
    ...faultsInLives(operations, told),
    ...faultsInTakeovers(kills, told),
    ...faultsInStream(
      stream.seen,
      events.map(({ seq }) => seq),
    ),
    ...faultsInTraffic(served),
    ...faultsInRuns(watch.together, operations),
  ]
  return {
    faults,
    kills,
    operations,
    takeoversMs: takeoversOf(kills, told).map(({ ms }) => ms),
    requests: served.reduce((sum, { requests }) => sum + requests, 0),
    events: events.length,
    streamMoves: stream.moves,
    unanswered: client.unanswered,
    mostBytes: watch.mostBytes,
  }
}

/** Half of the workloads are one migration's, half another's. Every third comes home, every sixth in the middle of an advance. */
async function register(client: AnyReplica, { ready }: Sandbox, random: () => number): Promise<Journey[]> {
  const document = parse(await readFile(ready.inventory, 'utf8')) as { workloads: Record<string, object> }
  const names = Object.keys(document.workloads)
  const migrations = ['even', 'odd'] as const
  for (const [at, migration] of migrations.entries()) {
    const own = names.filter((_, index) => index % 2 === at)
    const entries = own.map((name) => [name, { ...document.workloads[name], steps: [100], bake: '0', soak: '0' }])
    await client.apply(migration, stringify({ ...document, migration, workloads: Object.fromEntries(entries) }))
  }
  const turns = ['never', 'from soaking', 'never', 'in the middle', 'never', 'never'] as const
  return names.map((workload, index) => ({
    migration: migrations[index % 2] as string,
    workload,
    home: turns[index % turns.length] as Journey['home'],
    homeAfterMs: random() * 4_000,
  }))
}

const startLoads = ({ ready }: Sandbox, journeys: readonly Journey[], ratePerSecond: number): Load[] =>
  journeys.map(({ workload }) => startLoad({ ...doorOf(ready, workload), ratePerSecond, newConnectionShare: 0.5 }))

const describeOf =
  (journey: Journey) =>
  (error: unknown): string => {
    const { message } = error as Error
    return `${journey.migration}/${journey.workload} is not ${goalOf(journey)}: ${message}`
  }

/** Others may be at work on this machine, on operations of their own. */
const faultsInRuns = (together: Watch['together'], operations: readonly OperationRow[]): string[] =>
  operations.flatMap(({ id }) => {
    const fences = together.get(id)
    return fences ? [`${id} was run under fences ${[...fences].join(' and ')} at once`] : []
  })

function faultsInTraffic(served: readonly LoadSnapshot[]): string[] {
  return served.flatMap(({ failed, failures }) => {
    const reasons = [...new Set(failures.map(({ reason }) => reason))].join('; ')
    return failed > 0 ? [`${failed} requests failed: ${reasons}`] : []
  })
}

interface Journalled {
  readonly operations: readonly OperationRow[]
  readonly events: readonly (Omit<OperationEvent, 'operation'> & { seq: number; operation: string | null })[]
}

async function read(journal: pg.Pool): Promise<Journalled> {
  const operations = await journal.query<OperationRow>(
    'select id, migration, action, state, fence, owner, error from operations order by seq',
  )
  const events = await journal.query<{ seq: string; at: Date; operation: string | null; type: string; data: object }>(
    'select seq, at, operation, type, data from events order by seq',
  )
  return {
    operations: operations.rows,
    events: events.rows.map((row) => ({
      ...row,
      seq: Number(row.seq),
      at: row.at.getTime(),
      data: row.data as OperationEvent['data'],
    })),
  }
}

/** A stream is a moment behind the journal. */
async function caughtUp({ seen }: MovingStream, events: Journalled['events'], bound: AbortSignal): Promise<void> {
  const last = events.at(-1)?.seq ?? 0
  const deadline = Date.now() + 10_000
  while ((seen.at(-1) ?? 0) < last && Date.now() < deadline && !bound.aborted) await sleep(50)
}

const lookMs = 500

/** Looks again and again at whose processes are at work, and at what all of them hold in memory. */
class Watch {
  mostBytes = 0
  /** Operations that were seen with processes of several fences, by their ids. */
  readonly together = new Map<string, ReadonlySet<string>>()
  readonly #stopping = new AbortController()
  readonly #looking: Promise<void>

  constructor(fleet: Fleet) {
    this.#looking = this.#look(fleet)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#looking
  }

  async #look(fleet: Fleet): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      for (const [operation, fences] of await fencesAtWork()) {
        if (fences.size > 1) this.together.set(operation, fences)
      }
      this.mostBytes = Math.max(this.mostBytes, fleet.residentBytes())
      await sleep(lookMs, null, { signal }).catch(() => undefined)
    }
  }
}
