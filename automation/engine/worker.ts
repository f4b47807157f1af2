/**
 * A process that runs one engine operation at a time and has the SDKs loaded before it is asked. It leads a process group of its
 * own, so that it and the CLI that it starts can be ended together, and it ends that group itself when its parent is gone.
 */
import { spawn } from 'node:child_process'
import {
  LocalWorkspace,
  PulumiCommand,
  Stack,
  type EngineEvent as PulumiEvent,
  type OutputMap,
} from '@pulumi/pulumi/automation/index.js'
import { project } from '../../infra/names.ts'
import { runProgram } from '../../infra/programs.ts'
import type { WorkloadOutputs } from '../../infra/workloads/kind.ts'
import { adopt, type Checkpoint } from './adopt.ts'
import { childrenOf, identify } from './processes.ts'
import type { EngineStep, Inspection, UpResult } from './engine.ts'
import type { Directive, EngineFailure, Job, Message, Order } from './messages.ts'
import { eventOf, plain, stackType, stepOf } from './steps.ts'

const tell = (message: Message): void => void process.send?.(message)

// the CLI stops by itself on SIGINT, which the whole group gets; this process waits for it
process.on('SIGINT', () => undefined)
const endGroup = (): void => void process.kill(-process.pid, 'SIGKILL')
process.on('disconnect', endGroup)

let lease: NodeJS.Timeout | undefined
/** A parent that hangs cannot end what it has begun when others take that over. */
function stayAlive(ms: number): void {
  clearTimeout(lease)
  lease = setTimeout(endGroup, ms)
}

const command = await findCli()
if (command) {
  process.on('message', (directive: Directive) => {
    if ('aliveMs' in directive) return stayAlive(directive.aliveMs)
    carryOut(directive.order, command).then(
      (result) => tell({ type: 'done', result }),
      (error: unknown) => tell({ type: 'failed', failure: failureOf(error) }),
    )
  })
  tell({ type: 'ready', cliVersion: command.version?.toString() ?? 'unknown' })
}

async function findCli(): Promise<PulumiCommand | null> {
  try {
    return tellingStarts(await PulumiCommand.get())
  } catch (error) {
    tell({ type: 'unusable', reason: error instanceof Error ? error.message : String(error) })
    return null
  }
}

/** The commands that take the lock of their stack. */
const locking = /^(up|refresh|destroy|import|stack (init|import)|state \S+)\b/

/** Tells of each CLI that may take a lock, as soon as it has a number: so the lock can be told from anybody else's. */
function tellingStarts(command: PulumiCommand): PulumiCommand {
  const own = command as unknown as { run(args: readonly string[], ...rest: unknown[]): Promise<unknown> }
  const run = own.run.bind(command)
  own.run = (args, ...rest) => {
    const before = new Set(childrenOf(process.pid))
    const result = run(args, ...rest)
    for (const pid of childrenOf(process.pid)) if (!before.has(pid)) tellStart(args, pid)
    return result
  }
  return command
}

function tellStart(args: readonly string[], pid: number | undefined): void {
  const cli = pid !== undefined && locking.test(args.join(' ')) ? identify(pid) : null
  if (cli) tell({ type: 'cli', cli })
}

async function carryOut(order: Order, command: PulumiCommand): Promise<unknown> {
  const { task, job } = order
  if (job.do === 'create') return create(order, job.secrets, command)
  const stack = await openStack(order, command)
  switch (job.do) {
    case 'preview':
      return preview(stack, task.configFile)
    case 'up':
      return up(stack, task.operation)
    case 'refresh':
      return refresh(stack, order, job)
    case 'destroy':
      return destroy(stack)
    case 'inspect':
      return inspect(stack)
    case 'unprotect':
      return unprotect(order)
    case 'unlock':
      return stack.cancel().then(() => null)
  }
}

const workspaceOf = ({ task, environment }: Order, pulumiCommand: PulumiCommand): Promise<LocalWorkspace> =>
  LocalWorkspace.create({
    workDir: task.folder,
    envVars: { ...environment },
    pulumiCommand,
    program: () => Promise.resolve(runProgram('service')),
  })

/**
 * An Automation API stack without the CLI runs that this service has no use for: selecting (every command names its stack), and
 * reading outputs and history after each run (outputs come with the events). Four processes less per `up`.
 */
async function openStack(order: Order, command: PulumiCommand): Promise<Stack> {
  const workspace = await workspaceOf(order, command)
  workspace.selectStack = () => Promise.resolve()
  const stack = await Stack.select(order.task.stack, workspace)
  stack.outputs = () => Promise.resolve<OutputMap>({})
  stack.info = () => Promise.resolve(undefined)
  return stack
}

/** Secrets go over standard input: a command line can be read by anybody on the machine. */
async function create(order: Order, secrets: Readonly<Record<string, string>>, command: PulumiCommand): Promise<null> {
  const workspace = await workspaceOf(order, command)
  await Stack.createOrSelect(order.task.stack, workspace)
  for (const [key, value] of Object.entries(secrets)) {
    const args = ['config', 'set', '--secret', `${project}:${key}`, '--stack', order.task.stack, '--non-interactive']
    await runCli(args, value, order)
  }
  return null
}

/** What it printed. */
function runCli(args: readonly string[], input: string, { task, environment }: Order): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('pulumi', args, {
      cwd: task.folder,
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    tellStart(args, child.pid)
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(stdout) : reject(new Error(`pulumi ${args[0]} ${args[1]}: ${stderr}`)),
    )
    child.stdin.end(input)
  })
}

const quiet = { color: 'never', suppressProgress: true, suppressOutputs: true } as const

/** What the run told, kept for its result. */
let diagnostics: string[] = []

function listen(): {
  onEvent: (event: PulumiEvent) => void
  steps: EngineStep[]
  exports: () => Record<string, unknown>
} {
  const steps: EngineStep[] = []
  let exports: Record<string, unknown> = {}
  diagnostics = []
  const onEvent = (event: PulumiEvent): void => {
    const outcome = event.resOutputsEvent?.metadata
    if (outcome?.type === stackType) exports = outcome.new?.outputs ?? {}
    if (event.resourcePreEvent) steps.push(stepOf(event.resourcePreEvent.metadata))
    const told = eventOf(event)
    if (!told) return
    if (told.type === 'message' && told.severity === 'error') diagnostics.push(told.text)
    tell({ type: 'event', event: told })
  }
  return { onEvent, steps, exports: () => exports }
}

async function preview(stack: Stack, configFile: string | undefined): Promise<{ steps: EngineStep[] }> {
  const { onEvent, steps } = listen()
  await stack.preview({ ...quiet, onEvent, ...(configFile ? { configFile } : {}) })
  return { steps }
}

async function up(stack: Stack, operation: string): Promise<UpResult> {
  const { onEvent, steps, exports } = listen()
  await stack.up({ ...quiet, onEvent, message: operation })
  const outputs = (exports()['cutover'] as WorkloadOutputs | undefined) ?? null
  return { steps, outputs, exports: plain(exports()) as Record<string, unknown> }
}

async function destroy(stack: Stack): Promise<{ steps: EngineStep[] }> {
  const { onEvent, steps } = listen()
  await stack.destroy({ ...quiet, onEvent })
  return { steps }
}

type Refresh = Extract<Job, { do: 'refresh' }>

async function refresh(stack: Stack, order: Order, { targets, adoptions }: Refresh): Promise<null> {
  if (adoptions.length > 0) {
    const options = ['--stack', order.task.stack, '--non-interactive']
    const checkpoint = JSON.parse(await runCli(['stack', 'export', ...options], '', order)) as Checkpoint
    await runCli(['stack', 'import', ...options], JSON.stringify(adopt(checkpoint, adoptions)), order)
  }
  const target = [...targets, ...adoptions.map(({ urn }) => urn)]
  const { onEvent } = listen()
  await stack.refresh({ ...quiet, onEvent, target, clearPendingCreates: true })
  return null
}

interface Deployment {
  readonly resources?: readonly { readonly urn: string; readonly protect?: boolean }[]
  readonly pending_operations?: readonly {
    readonly type: string
    readonly resource?: { readonly urn: string; readonly type: string; readonly inputs?: Record<string, unknown> }
  }[]
}

async function inspect(stack: Stack): Promise<Inspection> {
  const { deployment } = (await stack.exportStack()) as { deployment: Deployment | null }
  const creating = (deployment?.pending_operations ?? []).filter(({ type }) => type === 'creating')
  return {
    urns: (deployment?.resources ?? []).map(({ urn }) => urn),
    isProtected: (deployment?.resources ?? []).some(({ protect }) => protect),
    pendingCreates: creating.length > 0,
    pending: creating.flatMap(({ resource }) =>
      resource ? [{ urn: resource.urn, type: resource.type, inputs: plain(resource.inputs ?? {}) as object }] : [],
    ) as Inspection['pending'],
  }
}

async function unprotect(order: Order): Promise<null> {
  await runCli(['state', 'unprotect', '--all', '--yes', '--stack', order.task.stack, '--non-interactive'], '', order)
  return null
}

/** The Automation API's error classes guess from whole command lines; the exit code and standard error are what is certain. */
function failureOf(error: unknown): EngineFailure {
  const run = (error as { commandResult?: { stderr?: string; code?: number; err?: { exitCode?: number } } })
    .commandResult
  return {
    message: error instanceof Error ? error.message : String(error),
    exitCode: run?.err?.exitCode ?? run?.code ?? null,
    stderr: run?.stderr ?? '',
    diagnostics,
  }
}
