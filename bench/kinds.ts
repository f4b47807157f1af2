import { readFile, writeFile } from 'node:fs/promises'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parse, stringify } from 'yaml'
import type { ByHand } from '../automation/engine/stack-files.ts'
import type { Client } from '../demo/client.ts'
import { clearTrouble, makeTrouble } from '../demo/control.ts'
import type { Stage } from '../demo/stage.ts'
import { createAws, type Aws } from '../infra/aws/clients.ts'
import type { WorkloadStackConfig } from '../infra/programs.ts'
import { home } from '../infra/traffic.ts'
import type { WorkloadOutputs } from '../infra/workloads/kind.ts'
import { kindOf } from '../infra/workloads/kinds.ts'
import { settled, timeHome } from './home.ts'
import { ms, ratio, summaryOf, timed, type Summary } from './measure.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const rounds = 5
/** What a call to AWS takes, roughly. */
const awsDelayMs = 50

interface KindFigures {
  readonly workload: string
  readonly kind: string
  /** The direct calls of the way home, with the read-back, by operation. */
  readonly calls: readonly string[]
  readonly floor: Summary
  readonly rollback: Summary
  /** The advance out of `prepared`, with its plan: 202 to succeeded. */
  readonly up: Summary
}

export interface AtOnceFigures {
  readonly workloads: number
  readonly throughRestMs: number
  readonly byHandMs: number
}

/**
 * For a workload that is `prepared`: how long the up lasts that first gives green traffic, and how long it is until traffic is home
 * again, against the same AWS calls made directly; every AWS call is answered after 50 ms while the way home is measured.
 */
export async function measureKind(stage: Stage, client: Client, name: string): Promise<KindFigures> {
  const { kind: kindName, site } = (await configOf(client, name)).config
  const kind = kindOf(kindName)
  const aws = awsOf(stage)
  const floor: number[] = []
  const rollback: number[] = []
  const up: number[] = []
  let calls: readonly string[] = []
  for (let round = 0; round < rounds; round += 1) {
    await client.removeHolds(name)
    await client.open(name, [], 180)
    const { result } = await client.act(name, 'plan')
    await client.open(name, [], 180)
    const { requestedAt, finishedAt } = await client.act(name, 'advance', { plan: result?.['hash'] })
    up.push(Date.parse(finishedAt ?? '') - Date.parse(requestedAt))
    const outputs = await client.get<WorkloadOutputs>(`${client.pathOf(name)}/outputs`)
    await slowAws(stage)
    rollback.push(await timeHome(client, name))
    await settled(stage, client, name)
    const goHome = async (): Promise<void> => {
      await kind.flip(site, outputs, home, aws)
      await kind.observe.split(site, outputs, aws)
    }
    calls = await operationsOf(stage, goHome)
    await slowAws(stage)
    floor.push(await timed(goHome))
    await clearTrouble(stage.ready, '/faults')
  }
  aws.close()
  const figures = { floor: summaryOf(floor), rollback: summaryOf(rollback), up: summaryOf(up) }
  return { workload: name, kind: kind.name, calls, ...figures }
}

/** All from `adopted` to `prepared` at the same time: through the service with their plans, then as many `pulumi up` by hand. */
export async function measureAtOnce(stage: Stage, client: Client, names: readonly string[]): Promise<AtOnceFigures> {
  const all = <Result>(act: (name: string) => Promise<Result>): Promise<Result[]> => Promise.all(names.map(act))
  const plans = await all(async (name) => {
    await client.open(name, [], 180)
    const { result } = await client.act(name, 'plan')
    await client.open(name, [], 180)
    return [name, result?.['hash']] as const
  })
  const throughRestMs = await timed(() =>
    Promise.all(plans.map(([name, plan]) => client.act(name, 'advance', { plan }))),
  )
  const prepared = await all((name) => configOf(client, name))
  await all((name) => client.act(name, 'rollback', { reason: 'bench' }))
  for (const { path, text } of prepared) {
    const file = parse(text) as { config: Record<string, unknown> }
    file.config['eks-cutover:byHand'] = true
    await writeFile(path, stringify(file))
  }
  const byHandMs = await timed(() =>
    Promise.all(
      prepared.map(({ up, environment }) => {
        const [program = '', ...args] = up.split(' ')
        const env = { ...process.env, ...stage.ready.env, ...stage.ready.byHand, ...environment }
        return run(program, [...args, '--yes', '--non-interactive', '--skip-preview=false'], { cwd: root, env })
      }),
    ),
  )
  return { workloads: names.length, throughRestMs, byHandMs }
}

/** What the service wrote for the workload's program, and how a person would run it. */
async function configOf(client: Client, name: string) {
  const { environment, up } = await client.get<ByHand>(`${client.pathOf(name)}/by-hand`)
  const path = up.split(' ').at(-1) ?? ''
  const text = await readFile(path, 'utf8')
  const { config } = parse(text) as { config: Record<string, unknown> }
  const of = <Key extends keyof WorkloadStackConfig>(key: Key) =>
    config[`eks-cutover:${key}`] as WorkloadStackConfig[Key]
  return { path, text, up, environment, config: { kind: of('kind'), site: of('site') } }
}

function awsOf({ ready: { env } }: Stage): Aws {
  for (const [name, value] of Object.entries(env)) if (name.startsWith('AWS_')) process.env[name] = value
  return createAws({ region: env['AWS_REGION'] ?? '', endpoint: env['AWS_ENDPOINT_URL'] ?? '' })
}

/** Which calls an act makes; those of the service's own watching are read only, so the writes are its alone. */
async function operationsOf({ ready: { controlUrl } }: Stage, act: () => Promise<void>): Promise<string[]> {
  await fetch(`${controlUrl}/calls`, { method: 'DELETE' })
  await act()
  const calls = (await (await fetch(`${controlUrl}/calls`)).json()) as { operation: string }[]
  return calls.map(({ operation }) => operation).filter((operation) => !/^(Describe|List|Get)/.test(operation))
}

const slowAws = (stage: Stage): Promise<void> =>
  makeTrouble(stage.ready, '/faults', { match: {}, effect: { delayMs: awsDelayMs } })

export const kindRows = (figures: readonly KindFigures[]): string =>
  figures
    .map(({ workload, kind, calls, floor, rollback, up }) => {
      const writes = calls.map((call) => `\`${call}\``).join(', ')
      const home = `${ms(floor.median)} | ${ms(rollback.median)} | ${ratio(rollback.median, floor.median)}`
      return `| \`${kind}\` (${workload}) | ${ms(up.median)} | ${ratio(up.median, floor.median)} | ${writes} | ${home} |`
    })
    .join('\n')
