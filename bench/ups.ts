import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parse, stringify } from 'yaml'
import type { ByHand } from '../automation/engine/stack-files.ts'
import type { Client, OperationAnswer } from '../demo/client.ts'
import type { Stage } from '../demo/stage.ts'
import { summaryOf, timed, type Summary } from './measure.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
const rounds = 7

export interface UpFigures {
  /** 202 to succeeded, of an advance that names its plan. */
  readonly planned: Summary
  /** The same without a plan, so that it previews first. */
  readonly unplanned: Summary
  /** `pulumi up --yes`, which previews too, as people run it. */
  readonly byHand: Summary
}

/** One weight step on one stack: through REST, and by hand on the same stack with the same kind of change. */
export async function measureUps(stage: Stage, client: Client, name: string): Promise<UpFigures> {
  const planned: number[] = []
  const unplanned: number[] = []
  const byHand: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const { result } = await client.act(name, 'plan')
    planned.push(await timeAdvance(client, name, { plan: result?.['hash'] }))
    unplanned.push(await timeAdvance(client, name, {}))
    const { step } = await client.workload(name)
    byHand.push(await timeByHand(stage, client, name, (step ?? 1) + 1))
    // and back, so that the service finds what it left
    byHand.push(await timeByHand(stage, client, name, step ?? 1))
  }
  return { planned: summaryOf(planned), unplanned: summaryOf(unplanned), byHand: summaryOf(byHand) }
}

async function timeAdvance(client: Client, name: string, body: object): Promise<number> {
  await client.open(name)
  return lasted(await client.act(name, 'advance', body))
}

const lasted = ({ requestedAt, finishedAt }: OperationAnswer): number =>
  Date.parse(finishedAt ?? '') - Date.parse(requestedAt)

async function timeByHand(stage: Stage, client: Client, name: string, green: number): Promise<number> {
  const { environment, up } = await client.get<ByHand>(`/v1/migrations/small/workloads/${name}/by-hand`)
  const [program = '', ...args] = up.split(' ')
  const config = args.at(-1) ?? ''
  const file = parse(await readFile(config, 'utf8')) as { config: Record<string, unknown> }
  const before = file.config['eks-cutover:stage'] as object
  file.config['eks-cutover:stage'] = { ...before, split: { blue: 100 - green, green } }
  file.config['eks-cutover:byHand'] = true
  await writeFile(config, stringify(file))
  const env = { ...process.env, ...stage.ready.env, ...stage.ready.byHand, ...environment }
  return timed(() => run(program, [...args, '--yes', '--non-interactive', '--skip-preview=false'], { cwd: root, env }))
}
