import type { Engine, EngineEvent, Inspection, PreviewResult, Run, Task, UpResult } from './engine.ts'
import type { Job } from './messages.ts'
import { WorkerPool, type PoolOptions } from './pool.ts'
import { endProcessesOf } from './processes.ts'

export interface PulumiEngineOptions extends PoolOptions {
  /** Where the stacks' state is. The password of a database does not stand in it. */
  readonly backendUrl: string
  readonly backendPasswordFile?: string | null
  readonly passphraseFile: string
  /** Pulumi's own home: workspaces, logs, plugins. */
  readonly home: string
}

export const poolDefaults: PoolOptions = {
  workers: 2,
  operationsPerWorker: 25,
  workerMemoryMib: 1024,
  silenceMs: 15 * 60_000,
  graceMs: 10_000,
}

/** The Pulumi CLI, driven by warm workers. */
export function createPulumiEngine(options: PulumiEngineOptions): Engine {
  const pool = new WorkerPool(options)
  const deaf = (): void => undefined
  const run = <Result>(task: Task, job: Job, listen: (event: EngineEvent) => void = deaf): Run<Result> =>
    pool.run<Result>({ task, job, environment: engineEnvironment(options) }, listen)
  return {
    create: (task, secrets) => run<null>(task, { do: 'create', secrets }),
    preview: (task, listen) => run<PreviewResult>(task, { do: 'preview' }, listen),
    up: (task, listen) => run<UpResult>(task, { do: 'up' }, listen),
    destroy: (task, listen) => run<PreviewResult>(task, { do: 'destroy' }, listen),
    refresh: (task, targets, adoptions = []) => run<null>(task, { do: 'refresh', targets, adoptions }),
    inspect: (task) => run<Inspection>(task, { do: 'inspect' }),
    unprotect: (task) => run<null>(task, { do: 'unprotect' }),
    unlock: (task) => run<null>(task, { do: 'unlock' }),
    clearAway: endProcessesOf,
    keepAlive: (ms) => pool.keepAlive(ms),
    workerPids: () => pool.pids(),
    notReady: () => pool.notReady(),
    start: () => pool.start(),
    stop: () => pool.stop(),
  }
}

/**
 * Where files are the backend, its driver (gocloud's fileblob) keeps what it knows of each in a second one, `<file>.attrs`, and does
 * not write that in one piece. A CLI that is killed meanwhile leaves it empty, and a stack that nobody can read: `failed to load
 * checkpoint: EOF`. Pulumi has no use for it, so none is written.
 */
function inWholeFiles(backendUrl: string): string {
  if (!backendUrl.startsWith('file://') || /[?&]metadata=/.test(backendUrl)) return backendUrl
  return `${backendUrl}${backendUrl.includes('?') ? '&' : '?'}metadata=skip`
}

/**
 * What every run has in its environment: nothing is downloaded, checked for updates or guessed from the surroundings in the middle
 * of a move. Also what a person needs to run the same stack by hand.
 */
export const engineEnvironment = (
  options: Pick<PulumiEngineOptions, 'backendUrl' | 'backendPasswordFile' | 'passphraseFile' | 'home'>,
): Record<string, string> => ({
  PULUMI_BACKEND_URL: inWholeFiles(options.backendUrl),
  ...(options.backendPasswordFile ? { PGPASSFILE: options.backendPasswordFile } : {}),
  PULUMI_CONFIG_PASSPHRASE_FILE: options.passphraseFile,
  PULUMI_HOME: options.home,
  PULUMI_SKIP_UPDATE_CHECK: 'true',
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
  PULUMI_OPTION_SKIP_PLUGIN_PRE_INSTALL: 'true',
  PULUMI_IGNORE_AMBIENT_PLUGINS: 'true',
  PULUMI_DISABLE_CI_DETECTION: '1',
  PULUMI_SUPPRESS_NEO_LINK: 'true',
  PULUMI_DISABLE_REGISTRY_RESOLVE: 'true',
  NO_COLOR: '1',
})
