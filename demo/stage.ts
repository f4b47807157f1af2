import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ReadyFile } from '../sandbox/sandbox.ts'

/** The sandbox and the service, each a process of its own, as an operator would have AWS and the service. */
export interface Stage {
  readonly ready: ReadyFile
  /** As the sandbox has it now: green may have come since. */
  readonly readyNow: () => Promise<ReadyFile>
  /** The service's base URL. */
  readonly service: string
  readonly dataDir: string
  readonly pids: { readonly sandbox: number; readonly service: number }
  /** Ends the service: SIGTERM as an operator would, SIGKILL as a crash would. Its exit code; null when the signal ended it. */
  endService(signal: NodeJS.Signals): Promise<number | null>
  startService(): Promise<void>
  stop(): Promise<void>
}

export interface StageOptions {
  readonly scenario: string
  readonly timeScale?: number
  /** Engine operations at once. Default 2, as the service's own. */
  readonly workers?: number
  /** 0: any that is free. */
  readonly port: number
  readonly progress?: (text: string) => void
  readonly logLevel?: string
  /** Of the service, beside what the sandbox says. */
  readonly environment?: Readonly<Record<string, string>>
  /** Where the service's log goes; without it nobody reads it. */
  readonly logFile?: string
}

const root = fileURLToPath(new URL('..', import.meta.url))
const startTimeoutMs = 120_000

export async function startStage(options: StageOptions): Promise<Stage> {
  const { scenario, timeScale = 60, workers = 2, logLevel = 'warn', environment = {} } = options
  const say = options.progress ?? (() => undefined)
  const folder = await mkdtemp(join(tmpdir(), 'eks-cutover-stage-'))
  const dataDir = join(folder, 'data')
  const readyFile = join(folder, 'ready.json')
  say('starting the sandbox: a small AWS, two clusters, pods and load balancers on loopback')
  const sandbox = run(
    'sandbox/main.ts',
    ['--scenario', scenario, '--ready', readyFile, '--time-scale', String(timeScale)],
    {},
  )
  let service: ServiceProcess | null = null
  const stop = async (): Promise<void> => {
    await service?.end()
    await end(sandbox)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const ready = JSON.parse(await waitForFile(readyFile, sandbox)) as ReadyFile
    const running = await serviceProcess({
      ...{ dataDir, workers, logLevel, port: options.port },
      env: { ...ready.env, ...environment },
      ...(options.logFile ? { logFile: options.logFile } : {}),
    })
    service = running
    const startService = (): Promise<void> => {
      say('starting the service')
      return running.start()
    }
    await startService()
    return {
      ready,
      readyNow: async () => JSON.parse(await readFile(readyFile, 'utf8')) as ReadyFile,
      service: running.url,
      dataDir,
      get pids() {
        return { sandbox: sandbox.pid ?? 0, service: running.pid }
      },
      endService: (signal) => running.end(signal),
      startService,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

export interface ServiceProcessOptions {
  /** How it reaches AWS and finds its plugins. */
  readonly env: Readonly<Record<string, string>>
  readonly dataDir: string
  readonly workers: number
  /** 0: any that is free. */
  readonly port: number
  readonly logLevel: string
  /** Where the log goes; without it nobody reads it. */
  readonly logFile?: string
  /** What is run, from the root. Default: what `npm start` runs. */
  readonly script?: string
}

/** The service as a process that may end and be started again, at the same address and on the same data. */
export interface ServiceProcess {
  readonly url: string
  /** 0 before its first start. */
  readonly pid: number
  /** Resolves when it accepts operations. */
  start(): Promise<void>
  /** SIGTERM unless it says otherwise. Its exit code; null when the signal ended it, or it never ran. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

export async function serviceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const { env, dataDir, workers, logLevel } = options
  const port = options.port || (await freePort())
  const url = `http://127.0.0.1:${port}`
  const own = {
    CUTOVER_PORT: String(port),
    CUTOVER_DATA_DIR: dataDir,
    CUTOVER_LOG_LEVEL: logLevel,
    CUTOVER_WORKERS: String(workers),
  }
  let child: ChildProcess | null = null
  return {
    url,
    get pid() {
      return child?.pid ?? 0
    },
    start: () => {
      child = run(options.script ?? 'api/server.ts', [], { ...env, ...own }, options.logFile)
      return waitUntilReady(url, child)
    },
    end: async (signal) => (child ? end(child, signal) : null),
  }
}

function run(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  logFile?: string,
): ChildProcess {
  const out = logFile === undefined ? 'ignore' : openSync(logFile, 'a')
  const child = spawn(process.execPath, [join(root, script), ...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', out, 'pipe'],
  }).on('spawn', function (this: ChildProcess) {
    collect(this)
  })
  if (typeof out === 'number') closeSync(out)
  return child
}

/** The last that a process said on standard error, for when it ends too early. */
const said = new WeakMap<ChildProcess, string>()

function collect(child: ChildProcess): void {
  child.stderr?.on('data', (chunk: Buffer) =>
    said.set(child, ((said.get(child) ?? '') + chunk.toString()).slice(-4000)),
  )
}

async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
  return child.exitCode
}

function mustLive(child: ChildProcess, what: string): void {
  if (child.exitCode === null && child.signalCode === null) return
  throw new Error(`${what} ended (${child.signalCode ?? child.exitCode}):\n${said.get(child) ?? ''}`)
}

async function waitForFile(file: string, child: ChildProcess): Promise<string> {
  for (let waited = 0; waited < startTimeoutMs; waited += 50) {
    mustLive(child, 'the sandbox')
    try {
      return await readFile(file, 'utf8')
    } catch {
      await sleep(50)
    }
  }
  throw new Error('the sandbox was not ready in two minutes')
}

async function waitUntilReady(url: string, child: ChildProcess): Promise<void> {
  for (let waited = 0; waited < startTimeoutMs; waited += 100) {
    mustLive(child, 'the service')
    const ok = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (ok) return
    await sleep(100)
  }
  throw new Error('the service was not ready in two minutes')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}
