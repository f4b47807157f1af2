import { readFile } from 'node:fs/promises'
import { parse, stringify } from 'yaml'
import { Client } from '../demo/client.ts'
import { clearTrouble, makeTrouble } from '../demo/control.ts'
import { startStage, type Stage } from '../demo/stage.ts'
import { createAws, type Aws } from '../infra/aws/clients.ts'
import type { Say } from './part.ts'

type Entry = Readonly<Record<string, unknown>>
type Entries = Readonly<Record<string, Entry>>

/** A sandbox and a service of a measurement's own. */
export interface Setting {
  readonly stage: Stage
  readonly client: Client
  /** Past the service. */
  readonly aws: Aws
  readonly workloads: readonly string[]
}

export interface SettingOptions {
  readonly scenario: string
  readonly workers?: number
  /** Of the service, beside what the sandbox says. */
  readonly environment?: Readonly<Record<string, string>>
  /** Where the service's log goes; without it there is none. */
  readonly logFile?: string
  /** What the inventory says instead of the scenario's own. */
  readonly entries?: (entries: Entries, aws: Aws) => Promise<Entries> | Entries
}

/** Nothing of the inventory waits to bake or to soak: what is measured is the machine's work, and AWS's. */
export async function inSetting<Result>(
  { scenario, workers = 2, environment, logFile, entries = (same) => same }: SettingOptions,
  say: Say,
  act: (setting: Setting) => Promise<Result>,
): Promise<Result> {
  // one client here asks for many, and its asking is not what is measured
  process.env['CUTOVER_REQUESTS_PER_SECOND'] ??= '100000'
  const stage = await startStage({
    ...{ scenario, port: 0, workers, progress: say, logLevel: logFile ? 'info' : 'silent' },
    ...(environment ? { environment } : {}),
    ...(logFile ? { logFile } : {}),
  })
  const aws = awsOf(stage)
  try {
    const inventory = parse(await readFile(stage.ready.inventory, 'utf8')) as { migration: string; workloads: Entries }
    const wanted = Object.entries(await entries(inventory.workloads, aws))
    const workloads = Object.fromEntries(wanted.map(([name, one]) => [name, { ...one, bake: '0', soak: '0' }]))
    const client = new Client(stage.service, inventory.migration)
    await client.apply(stringify({ ...inventory, workloads }))
    return await act({ stage, client, aws, workloads: Object.keys(workloads) })
  } finally {
    aws.close()
    await stage.stop()
  }
}

/** The SDK takes its credentials from the environment. */
function awsOf({ ready: { env } }: Stage): Aws {
  for (const [name, value] of Object.entries(env)) if (name.startsWith('AWS_')) process.env[name] = value
  return createAws({ region: env['AWS_REGION'] ?? '', endpoint: env['AWS_ENDPOINT_URL'] ?? '' })
}

/** Targets of a network load balancer take minutes of AWS's time, and DNS its time to live. */
const openSeconds = 180

/** Nothing holds it and its gates are open. */
export async function free(client: Client, name: string): Promise<void> {
  await client.removeHolds(name)
  await client.open(name, [], openSeconds)
}

export async function advanceTo(client: Client, name: string, phase: string): Promise<void> {
  while ((await client.workload(name)).phase !== phase) {
    await free(client, name)
    await client.act(name, 'advance')
  }
}

/** While `act` runs the sandbox answers every call to AWS after `delayMs`. */
export async function withSlowAws<Result>(
  { ready }: Stage,
  delayMs: number,
  act: () => Promise<Result>,
): Promise<Result> {
  await makeTrouble(ready, '/faults', { match: {}, effect: { delayMs } })
  try {
    return await act()
  } finally {
    await clearTrouble(ready, '/faults')
  }
}
