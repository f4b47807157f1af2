import type { Dialect } from 'kysely'
import type { AwsSettings } from '../infra/aws/clients.ts'
import { itself } from './asker.ts'
import { BindingsWatch } from './cluster/bindings-watch.ts'
import { kubeconfigsIn } from './cluster/kubeconfigs.ts'
import { ClusterRequests } from './cluster/requests.ts'
import { createClock } from './clock.ts'
import { Cutover } from './cutover.ts'
import type { Task } from './engine/engine.ts'
import type { ProcessIdentity } from './engine/processes.ts'
import { createPulumiEngine, engineEnvironment, type PulumiEngineOptions } from './engine/pulumi-engine.ts'
import { StackFiles, type StackFilesOptions } from './engine/stack-files.ts'
import { tracedEngine } from './engine/traced-engine.ts'
import { Events } from './events.ts'
import { RunOut } from './holds/run-out.ts'
import { Observer } from './observer.ts'
import { createAsk } from './probe.ts'
import { createReader } from './reader.ts'
import { OperationRuns } from './operation-runs.ts'
import { Replica } from './replica.ts'
import { Dispatcher } from './dispatcher.ts'
import { Sweeper } from './sweeper.ts'
import { Runner } from './runner.ts'
import type { RecoveryDependencies } from './recovery.ts'
import { Forgetting, retentionDefaults, type Retention } from './retention.ts'
import { passThrough, type PassStopPoint } from './stop-points.ts'
import type { Listen } from './store/follower.ts'
import { Store } from './store/store.ts'
import { createConnections } from './surroundings.ts'

/**
 * Most of the time an operation waits (for AWS, for DNS, for targets) and needs no worker; so a replica has more of them under way than
 * workers.
 */
const operationsPerWorker = 8

/** Where the journal is. */
export interface Journal {
  readonly dialect: Dialect
  /** Hears of what other services write. */
  readonly listen?: Listen
  /** No other service shares it. */
  readonly alone: boolean
}

export interface AutomationOptions {
  readonly journal: Journal
  readonly aws: Omit<AwsSettings, 'region'>
  readonly clockRate: number
  /** How long an operation waits for AWS to answer; a way home has no end. Product time. */
  readonly awsWaitSeconds: number
  /** The forward proxy that front doors are asked through; null: none. */
  readonly probeProxy: string | null
  readonly engine: PulumiEngineOptions
  readonly stacks: Omit<StackFilesOptions, 'aws' | 'environment'>
  /** Default: retentionDefaults. */
  readonly retention?: Retention
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
  const { dialect, listen, alone } = options.journal
  const store = new Store(dialect, events, { kubeconfigs, listen })
  const connections = createConnections(options.aws, (call) => void events.emit('aws-call', call))
  const environment = engineEnvironment(options.engine)
  const files = new StackFiles({ ...options.stacks, aws: options.aws, environment }, store.read.stacks)
  const onCli = (task: Task, cli: ProcessIdentity): void => {
    const { stack, operation, fence } = task
    const run = { ...cli, stack, operation, fence, host: replica.record.host, owner: replica.id, begunAt: clock.now() }
    // where it is not noted its lock stays until a person removes it
    store.read.cliRuns.note(run).catch(() => undefined)
  }
  const engine = tracedEngine(createPulumiEngine({ ...options.engine, onCli }))
  const testRouteSecret: StackFiles['testRouteSecret'] = (workload) => files.testRouteSecret(workload)
  const ask = createAsk(options.probeProxy)
  const reader = createReader({ clock, connections, ask, testRouteSecret })
  const { awsWaitSeconds, pass = passThrough } = options
  const tools = { store, engine, files, connections, clock, awsWaitSeconds, pass }
  const runs = new OperationRuns()
  const replica: Replica = new Replica({
    store,
    alone,
    onRenewed: (ms) => engine.keepAlive(ms),
    onLost: () => runs.drop(),
  })
  const goHome: RecoveryDependencies['goHome'] = async ({ workload: { migration, name } }, reason) => {
    await cutover.rollback(migration, name, false, itself('recovery', reason, clock.now()))
  }
  const runner = new Runner({ ...tools, runs, reader, goHome })
  const clusters = new ClusterRequests(tools, runs)
  const slots = options.engine.workers * operationsPerWorker
  const dispatcher = new Dispatcher({ store, events, engine, replica, runs, runner, clusters, slots })
  const bindings = new BindingsWatch({ ...tools, replica })
  const observer: Observer = new Observer({
    store,
    reader,
    clock,
    ask,
    testRouteSecret,
    replica,
    alone,
    onFiring: (workload, firing) => cutover.guardFired(workload, firing),
  })
  const cutover: Cutover = new Cutover({ ...tools, events, reader, observer, runner, runs, replica, clusters })
  const { homecomings } = cutover
  const sweeper = new Sweeper(store, new RunOut({ store, clock, replica, homecomings }))
  const forgetting = new Forgetting(store, options.engine.backendUrl, options.retention ?? retentionDefaults)
  return {
    cutover,
    start: async () => {
      // loading the SDKs takes as long as opening the journal; neither waits for the other
      const engineStarted = engine.start()
      engineStarted.catch(() => undefined)
      await store.open()
      await store.passphrase.require(options.stacks.passphrase)
      await replica.start()
      cutover.accept(true)
      dispatcher.start()
      observer.start()
      sweeper.start()
      forgetting.start()
      bindings.start()
      await engineStarted
    },
    stop: async () => {
      cutover.accept(false)
      await Promise.all([observer.stop(), bindings.stop(), sweeper.stop(), forgetting.stop(), dispatcher.stop()])
      await runs.handOver()
      await engine.stop()
      await replica.stop()
      connections.close()
      await store.close()
    },
  }
}
