/** `npm run test:replicas`: replicas on one journal, killed at random under load. `npm test` has a small one of it. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findPostgres, startPostgres } from '../support/postgres.ts'
import { resultOf } from './result.ts'
import { run } from './run.ts'

const defaults = { replicas: 4, workloads: 40, workers: 1, seed: 20_231_202, seconds: 300 }

/** The more workloads, the slower AWS's clock: replicas look at each of them every ten seconds of it. */
const slowed = (workloads: number): number => Math.max(5, Math.min(60, Math.round(240 / workloads)))

const help = `npm run test:replicas [-- --replicas N] [--workloads N] [--workers N] [--seed N] [--seconds N]

Services on one PostgreSQL, workloads of two migrations under load. All workloads are moved to green and every third comes home
again, each request through a replica that is drawn, while replicas are killed with -9 and started again. In the end the journal
has to say that each operation ran once at a time and ended once, and was taken over in time; no request has failed; traffic is
where it was asked for; no lock of Pulumi's is left; and a stream of events that moved on with each death has all of them, once.

  --replicas N    services, 2 or more (${defaults.replicas})
  --workloads N   1 to 200 (${defaults.workloads})
  --workers N     engine operations at once of each replica, beside one for rollbacks (${defaults.workers})
  --seed N        of who is asked, who dies, and when (${defaults.seed})
  --seconds N     for how long replicas are killed (${defaults.seconds}); the rest may take as long again and ten minutes
`

const number = { type: 'string' } as const
const { values } = parseArgs({
  options: {
    replicas: number,
    workloads: number,
    workers: number,
    seed: number,
    seconds: number,
    help: { type: 'boolean', default: false },
  },
})

const names = Object.keys(defaults) as (keyof typeof defaults)[]
const asked = Object.fromEntries(names.map((name) => [name, Number(values[name] ?? defaults[name])])) as Record<
  keyof typeof defaults,
  number
>
const least = { replicas: 2, workloads: 1, workers: 1, seed: 0, seconds: 1 } as const
const wrong = names.filter((name) => !Number.isInteger(asked[name]) || asked[name] < least[name])
if (values.help || wrong.length > 0) {
  const out = values.help ? process.stdout : process.stderr
  out.write(wrong.map((name) => `--${name} is a whole number, ${least[name]} or more\n`).join('') + help)
  process.exit(values.help ? 0 : 2)
}

const timeScale = slowed(asked.workloads)
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, '../../node_modules/.cache/compiled')
const found = findPostgres()
if ('missing' in found) throw new Error(found.missing)
const server = await startPostgres(found.binaries)
const stopped = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => stopped.abort(new Error(`ended by ${signal}`)))
}
try {
  const outcome = await run({
    ...asked,
    mostKills: Infinity,
    boundSeconds: 2 * asked.seconds + 600,
    timeScale,
    requestsPerSecond: 2,
    databaseUrl: server.url,
    signal: stopped.signal,
    say: (text) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`),
  })
  for (const fault of outcome.faults) process.stderr.write(`WRONG: ${fault}\n`)
  process.stdout.write(`${resultOf(outcome, asked)}\n`)
  process.exitCode = outcome.faults.length > 0 ? 1 : 0
} finally {
  await server.stop()
}
