import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { Events } from '../automation/events.ts'
import { postgresDialect } from '../automation/store/postgres.ts'
import { Store } from '../automation/store/store.ts'
import { serviceProcess } from '../demo/stage.ts'
import { findPostgres, startPostgres } from '../test/support/postgres.ts'
import { atConstantRate } from './constant-rate.ts'
import { beforeLastEvents, fillJournal, migrationOf, operationOf, workloadOf, type Fullness } from './full-journal.ts'
import { compare, ms, ratio, type Compared, type Pair } from './measure.ts'
import { table, type Part, type Say } from './part.ts'

const full: Fullness = { migrations: 10, workloadsEach: 1000, operationsEach: 10, eventsEach: 10 }
const perSecond = 200
/** Of each route, in each round. */
const forSeconds = 10
const atMost = 3

export const reads: Part = {
  about: 'reads of the API while the journal is full, against one select by key; reads/N: of N seconds each',
  async run({ say, rounds: asked, some }) {
    const rounds = Math.ceil(asked / 3)
    const seconds = Number(some ?? forSeconds)
    const figures = await withFullJournal(say, (subject) => measureReads(subject, rounds, seconds, say))
    const { migrations, workloadsEach, operationsEach, eventsEach } = full
    const workloads = migrations * workloadsEach
    const operations = workloads * operationsEach
    const [first] = Object.values(figures)
    return {
      title: 'Reads of a full journal',
      text: `${workloads} workloads in ${migrations} migrations, ${operations} operations, ${operations * eventsEach} events, on PostgreSQL; ${perSecond} requests a second of each kind for ${seconds} s,
${rounds} rounds, each request late for as long as it waited. Beside each, in its round, as many selects of one workload by its key over
a connection of the same kind: p99 ${ms(first?.theirs.median ?? NaN)} in the median of the rounds.

${table(
  ['', 'p99', "ratio to the select's", 'worst round'],
  Object.entries(figures).map(([what, { ours, ratio: to }]) => [
    what,
    ms(ours.median),
    ratio(to.median),
    ratio(to.p95),
  ]),
)}`,
      bounds: Object.entries(figures).map(([what, { ratio: to }]) => ({
        what: `p99 of ${what} to that of a select`,
        figure: to.median,
        atMost,
      })),
      figures,
    }
  },
}

interface Subject {
  readonly url: string
  readonly bearer: string
  readonly database: pg.Pool
}

/** A PostgreSQL and a service of the measurement's own. */
async function withFullJournal<Result>(say: Say, act: (subject: Subject) => Promise<Result>): Promise<Result> {
  const found = findPostgres()
  if ('missing' in found) throw new Error(found.missing)
  const dataDir = await mkdtemp(join(tmpdir(), 'eks-cutover-reads-'))
  const server = await startPostgres(found.binaries)
  const database = new pg.Pool({ connectionString: server.url, max: 10 })
  // the server's end is told to connections that are just being closed
  database.on('error', () => undefined)
  const service = await serviceProcess({
    ...{ dataDir, workers: 1, logLevel: 'silent', port: 0 },
    env: {
      ...{ DATABASE_URL: server.url, CUTOVER_AUTH: 'on', CUTOVER_REQUESTS_PER_SECOND: '100000' },
      // nothing here asks AWS
      ...{ AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' },
    },
  })
  try {
    say('filling the journal')
    await makeJournal(server.url)
    say('starting the service on it')
    await service.start()
    const bearer = `Bearer ${(await readFile(join(dataDir, 'admin-token'), 'utf8')).trim()}`
    return await act({ url: service.url, bearer, database })
  } finally {
    await service.end()
    await database.end()
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function makeJournal(url: string): Promise<void> {
  const store = new Store(postgresDialect({ url, connections: 2 }), new Events())
  await store.open()
  await store.close()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await fillJournal(client, full)
  } finally {
    await client.end()
  }
}

interface Asker {
  readonly url: string
  readonly bearer: string
  readonly agent: Agent
}

async function measureReads(
  { url, bearer, database }: Subject,
  rounds: number,
  seconds: number,
  say: Say,
): Promise<Record<string, Compared>> {
  const agent = new Agent({ keepAlive: true })
  const select = (call: number): Promise<unknown> => {
    const { migration, workload } = placeOf(call)
    return database.query('select * from workloads where migration = $1 and name = $2', [migration, workload])
  }
  const figures: Record<string, Compared> = {}
  try {
    for (const [what, route] of Object.entries(routes)) {
      say(what)
      const ask = (call: number): Promise<void> => asked({ url, bearer, agent }, route, call)
      await atConstantRate(perSecond, 1, select)
      await atConstantRate(perSecond, 1, ask)
      const pairs: Pair[] = []
      for (let round = 0; round < rounds; round += 1) {
        const theirs = p99Of(await atConstantRate(perSecond, seconds, select))
        pairs.push({ ours: p99Of(await atConstantRate(perSecond, seconds, ask)), theirs })
      }
      figures[what] = compare(pairs)
    }
  } finally {
    agent.destroy()
  }
  return figures
}

interface Place {
  readonly migration: string
  readonly workload: string
  readonly operation: string
}

/** Another workload with every call, far apart; the same in every run. */
function placeOf(call: number): Place {
  const migration = migrationOf(1 + (call % full.migrations))
  const workload = workloadOf(1 + ((call * 397) % full.workloadsEach))
  return { migration, workload, operation: operationOf(migration, workload, 1 + (call % full.operationsEach)) }
}

interface Route {
  readonly path: (place: Place) => string
  /** Of an event stream: so many events after this one, and it has been answered. */
  readonly stream?: { readonly after: number; readonly events: number }
}

const workloadPath = ({ migration, workload }: Place): string => `/v1/migrations/${migration}/workloads/${workload}`

const routes: Readonly<Record<string, Route>> = {
  'one workload': { path: workloadPath },
  'one operation': { path: ({ operation }) => `/v1/operations/${operation}` },
  "a page of a workload's history": { path: (place) => `${workloadPath(place)}/history?limit=10` },
  'a page of workloads': {
    path: (place) => `/v1/migrations/${place.migration}/workloads?limit=10&cursor=${place.workload}`,
  },
  "an operation's events": {
    path: ({ operation }) => `/v1/events?operation=${operation}`,
    stream: { after: 0, events: full.eventsEach },
  },
  "a workload's events": {
    path: ({ migration, workload }) => `/v1/events?migration=${migration}&workload=${workload}`,
    stream: { after: beforeLastEvents(full), events: full.operationsEach },
  },
}

/** Resolves when all of it is here. */
function asked({ url, bearer, agent }: Asker, { path, stream }: Route, call: number): Promise<void> {
  const address = new URL(path(placeOf(call)), url)
  const options = stream
    ? { headers: { authorization: bearer, accept: 'text/event-stream', 'last-event-id': String(stream.after) } }
    : { headers: { authorization: bearer }, agent }
  return new Promise((resolve, reject) => {
    const request = get(address, options, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('error', reject)
      answer.on('data', (chunk: string) => {
        text += chunk
        if (!stream || text.split('\nevent: ').length <= stream.events || !text.endsWith('\n\n')) return
        resolve()
        request.destroy()
      })
      answer.on('end', () => {
        if (answer.statusCode === 200 && !stream) resolve()
        else reject(new Error(`${address.pathname} answered ${answer.statusCode}: ${text.slice(0, 300)}`))
      })
    })
    request.on('error', reject)
  })
}

function p99Of(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.floor(0.99 * sorted.length)] ?? NaN
}
