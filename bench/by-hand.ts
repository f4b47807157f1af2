import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parse, stringify } from 'yaml'
import type { ByHand } from '../automation/engine/stack-files.ts'
import type { Client } from '../demo/client.ts'
import type { Stage } from '../demo/stage.ts'
import type { WorkloadStackConfig } from '../infra/programs.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))

/** What the service last wrote for a workload's program, and how a person runs it. */
export interface Written {
  readonly config: WorkloadStackConfig
  readonly command: ByHand
  readonly file: { readonly config: Readonly<Record<string, unknown>> }
}

export async function written(client: Client, name: string): Promise<Written> {
  const command = await client.get<ByHand>(`${client.pathOf(name)}/by-hand`)
  const file = parse(await readFile(configFile(command), 'utf8')) as Written['file']
  const plain = Object.entries(file.config).map(([key, value]) => [key.replace(/^eks-cutover:/, ''), value] as const)
  return { command, file, config: Object.fromEntries(plain) as unknown as WorkloadStackConfig }
}

const configFile = ({ up }: ByHand): string => up.split(' ').at(-1) ?? ''

/** As people run it: `pulumi up --yes` in the checkout, which previews too. `stage`: instead of the one that was written. */
export async function upByHand(
  { ready }: Stage,
  { command, config, file }: Written,
  stage = config.stage,
): Promise<void> {
  const changed = { 'eks-cutover:stage': stage, 'eks-cutover:byHand': true }
  await writeFile(configFile(command), stringify({ ...file, config: { ...file.config, ...changed } }))
  const [program = '', ...args] = command.up.split(' ')
  const env = { ...process.env, ...ready.env, ...ready.byHand, ...command.environment }
  await run(program, [...args, '--yes', '--non-interactive', '--skip-preview=false'], { cwd: root, env })
}
