import type { Dialect } from 'kysely'
import type { AwsSettings } from '../infra/aws/clients.ts'
import { itself } from './asker.ts'
import { BindingsWatch } from './cluster/bindings-watch.ts'
import { kubeconfigsIn } from './cluster/kubeconfigs.ts'
import { ClusterRequests } from './cluster/requests.ts'
import { createClock } from './clock.ts'
import { Cutover } from './cutover.ts'
import { createPulumiEngine, engineEnvironment, type PulumiEngineOptions } from './engine/pulumi-engine.ts'
import { StackFiles, type StackFilesOptions } from './engine/stack-files.ts'
import { Events } from './events.ts'
import { Observer } from './observer.ts'
import { createAsk } from './probe.ts'
import { createReader } from './reader.ts'
import { recover } from './recovery.ts'
import { Runner } from './runner.ts'
import { passThrough, type PassStopPoint } from './stop-points.ts'
import { Store } from './store/store.ts'
import { createConnections } from './surroundings.ts'

export interface AutomationOptions {
  readonly journal: Dialect
  readonly aws: Omit<AwsSettings, 'region'>
  readonly clockRate: number
  /** The forward proxy that front doors are asked through; null: none. */
  readonly probeProxy: string | null
  readonly engine: PulumiEngineOptions
  readonly stacks: Omit<StackFilesOptions, 'aws' | 'environment'>
  /** Tests stop here; see stop-points.ts. */
  readonly pass?: PassStopPoint
}

export interface Automation {
  readonly cutover: Cutover
  /** Brings the journal up to date, clears away what an earlier service left, and begins to watch. */
  start(): Promise<void>
  /** Ends or hands back what runs and leaves no process behind. */
  stop(): Promise<void>
}

/** Wires the parts together; the one place that knows all of them. */
export function createAutomation(options: AutomationOptions): Automation {
  const clock = createClock(options.clockRate)
  const events = new Events().setMaxListeners(0)
  const kubeconfigs = kubeconfigsIn(options.stacks.folder, options.aws.endpoint)
  const store = new Store(options.journal, events, kubeconfigs)
  const connections = createConnections(options.aws)
  const environment = engineEnvironment(options.engine)
  const files = new StackFiles({ ...options.stacks, aws: options.aws, environment }, store.read.stacks)
  const engine = createPulumiEngine(options.engine)
  const testRouteSecret: StackFiles['testRouteSecret'] = (workload) => files.testRouteSecret(workload)
  const ask = createAsk(options.probeProxy)
  const reader = createReader({ clock, connections, ask, testRouteSecret })
  const tools = { store, engine, files, connections, clock, pass: options.pass ?? passThrough }
  const runner = new Runner(tools)
  const clusters = new ClusterRequests(tools)
  const bindings = new BindingsWatch(tools)
  const observer: Observer = new Observer({
    store,
    reader,
    clock,
    ask,
    testRouteSecret,
    onFiring: (workload, firing) => cutover.guardFired(workload, firing),
  })
  const cutover: Cutover = new Cutover({ ...tools, events, reader, observer, runner, clusters })
  return {
    cutover,
    start: async () => {
      // loading the SDKs takes as long as opening the journal; neither waits for the other
      const engineStarted = engine.start()
      engineStarted.catch(() => undefined)
      await store.open()
      await store.passphrase.require(options.stacks.passphrase)
      const unfinished = await recover(store, engine)
      cutover.accept(true)
      for (const { migration, workload, force, reason } of unfinished) {
        const asker = itself('recovery', reason ?? 'a rollback was interrupted', clock.now())
        await cutover.rollback(migration, workload, force, asker).catch(() => undefined) // it had come home, or was refused: its state says so
      }
      observer.start()
      bindings.start()
      await engineStarted
    },
    stop: async () => {
      cutover.accept(false)
      await Promise.all([observer.stop(), bindings.stop()])
      await Promise.all([runner.stop(), clusters.stop()])
      await engine.stop()
      connections.close()
      await store.close()
    },
  }
}
