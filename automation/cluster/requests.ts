import { clusterStack } from '../../infra/names.ts'
import type { ClusterConfig } from '../../infra/cluster/config.ts'
import type { ClusterSite } from '../../infra/cluster/stage.ts'
import type { ByHand } from '../engine/stack-files.ts'
import { CutoverError } from '../errors.ts'
import type { ClusterAction, EndState, Migration, Operation } from '../migration.ts'
import type { Tools } from '../operation-run.ts'
import type { OperationRuns } from '../operation-runs.ts'
import type { Asker } from '../asker.ts'
import { decisionOf, essenceOf } from '../audit.ts'
import type { OperationRecord } from '../store/operations.ts'
import type { Work } from '../store/store.ts'
import { destroyCluster, previewCluster, upCluster } from './acts.ts'
import { ClusterRun } from './cluster-run.ts'
import { requireEmpty } from './occupants.ts'
import { preflight, requireToBuild, siteFor, type Preflight } from './preflight.ts'
import { noCluster, type ClusterRecord, type ClusterStateName } from './record.ts'
import { clusterStateOf } from './state.ts'
import { traceparent } from '../traces.ts'
import { patiently } from '../unanswered.ts'
import { nextStage, type ClusterStage } from '../../infra/cluster/stage.ts'

/** What is asked for, and what the journal says of the cluster from its acceptance on. */
interface Intent {
  readonly action: ClusterAction
  readonly to: ClusterStateName
  readonly warnings: readonly string[]
  readonly request: object
  /** In the transaction that accepts it; throws a refusal. */
  accept(work: Work): Promise<void>
}

const nothing = (): Promise<void> => Promise.resolve()

/** Requests about green's cluster that become operations: one at a time for each cluster. */
export class ClusterRequests {
  readonly #tools: Tools
  readonly #runs: OperationRuns

  constructor(tools: Tools, runs: OperationRuns) {
    this.#tools = tools
    this.#runs = runs
  }

  /** What an `up` would change. */
  async preview(migration: Migration, asker: Asker): Promise<OperationRecord> {
    const { warnings } = await this.#preflight(migration)
    return this.#accept(migration, asker, {
      action: 'cluster-preview',
      to: 'built',
      warnings,
      request: {},
      accept: nothing,
    })
  }

  /** Builds the cluster, or makes it what the inventory says now, or goes on where an `up` broke off. */
  async up(migration: Migration, asker: Asker): Promise<OperationRecord> {
    const { stage, pins, warnings } = await this.#preflight(migration)
    return this.#accept(migration, asker, {
      action: 'cluster-up',
      to: 'built',
      warnings,
      request: {},
      accept: async (work) => void (await work.clusters.change(migration.name, { asked: stage, pins })),
    })
  }

  /** `confirm`: the cluster's name, by somebody who means it. From its acceptance on green counts as not built. */
  async destroy(migration: Migration, confirm: string, asker: Asker): Promise<OperationRecord> {
    const config = requireToBuild(migration)
    const record = requireAsked(migration)
    if (confirm !== config.cluster) {
      const message = `nothing is destroyed: confirm says ${confirm}, the cluster is ${config.cluster}`
      throw new CutoverError('not-confirmed', message, { cluster: config.cluster })
    }
    const stage = nextStage('unprotected', config, record)
    return this.#accept(migration, asker, {
      action: 'cluster-destroy',
      to: 'not-built',
      warnings: [],
      request: { confirm },
      accept: async (work) => {
        await requireEmpty(work, migration.name)
        await work.clusters.change(migration.name, { asked: stage, outputs: null })
      },
    })
  }

  /** How a person runs the cluster's stack. */
  async byHand(migration: Migration): Promise<ByHand> {
    const { cluster: record } = migration
    if (!record?.asked) {
      const message = "green's cluster has no config of its own before its first up; a preview writes one beside it"
      throw new CutoverError('not-found', message)
    }
    const { files } = this.#tools
    const owner = { migration: migration.name, name: clusterStack }
    const site = await this.#siteOf(migration, requireToBuild(migration), record)
    await files.prepare(owner)
    return files.byHand(owner, await files.writeCluster(site, record.asked, { beside: 'by-hand' }))
  }

  /** Ends what runs, wherever, with a grace for what is in flight. What was begun is gone on with by the next `up` or destroy. */
  async cancel({ name }: Migration, asker: Asker): Promise<OperationRecord> {
    const subject = { migration: name, name: clusterStack }
    return this.#tools.store.transaction(async (work) => {
      const active = await work.operations.activeOf(name, clusterStack)
      if (!active) throw new CutoverError('not-found', `no operation of the cluster of ${name} is under way`)
      work.audit.write(decisionOf(asker, subject, 'cluster-cancel', { operation: active.id }))
      work.events.write(subject, active.id, 'cancel-asked', {})
      return active
    })
  }

  /** What was accepted, or what somebody had before and did not end: every act of it may be done twice. */
  begin(operation: OperationRecord, migration: Migration): void {
    const run = new ClusterRun(this.#tools, operation, migration)
    const gone = operation.action === 'cluster-destroy'
    this.#runs.begin(run, {
      act: () => this.#act(run),
      finish: (result) =>
        this.#end(run, 'succeeded', result ? { result } : {}, (work) =>
          gone ? work.clusters.remove(migration.name) : nothing(),
        ),
      fail: (error, state) => this.#end(run, state, { error }),
    })
  }

  async #act(run: ClusterRun): Promise<object | null> {
    if (run.operation.fence > 1) await run.takeOver()
    return patiently(run, (attempt) => {
      if (attempt > 1) run.brokeOff()
      return this.#carryOut(run)
    })
  }

  async #carryOut(run: ClusterRun): Promise<object | null> {
    const { operation, migration } = run
    if (operation.action === 'cluster-destroy') {
      const config = requireToBuild(migration)
      const record = requireAsked(migration)
      await destroyCluster(run, await this.#siteOf(migration, config, record), record.asked)
      return null
    }
    const flight = await this.#preflight(migration)
    const act = operation.action === 'cluster-up' ? upCluster : previewCluster
    return resultOf(flight, await act(run, flight.site, flight.stage))
  }

  async #siteOf(migration: Migration, config: ClusterConfig, { pins }: ClusterRecord): Promise<ClusterSite> {
    const workloads = await this.#tools.store.read.workloads.of(migration.name)
    return siteFor(migration, config, pins ?? { version: config.version, addons: {} }, workloads)
  }

  async #preflight(migration: Migration): Promise<Preflight> {
    const { store, connections } = this.#tools
    const workloads = await store.read.workloads.of(migration.name)
    return preflight(migration, workloads, connections.aws(migration.inventory.aws.region))
  }

  async #accept(migration: Migration, asker: Asker, intent: Intent): Promise<OperationRecord> {
    const { name } = migration
    const subject = { migration: name, name: clusterStack }
    return this.#tools.store.transaction(async (work) => {
      const active = await work.operations.activeOf(name, clusterStack)
      if (active) throw inProgress(active)
      await intent.accept(work)
      const added = await work.operations.add({
        migration: name,
        workload: clusterStack,
        action: intent.action,
        from: clusterStateOf(migration),
        to: intent.to,
        reason: asker.reason,
        requestedBy: asker.by,
        requestedAt: asker.receivedAt,
        credential: asker.credential,
        address: asker.address,
        trace: traceparent(),
        idempotencyKey: asker.idempotencyKey,
        request: { ...intent.request },
      })
      const queued = ['operation-queued', { action: intent.action, reason: asker.reason }] as const
      const details = { warnings: intent.warnings }
      work.audit.write(decisionOf(asker, subject, intent.action, { operation: added.id, details }))
      const warned = intent.warnings.map((text) => ['message', { severity: 'warning', text }] as const)
      work.events.writeAll(subject, added.id, [queued, ...warned])
      return added
    })
  }

  async #end(
    run: ClusterRun,
    state: EndState,
    outcome: { readonly error?: Operation['error']; readonly result?: object },
    also: (work: Work) => Promise<void> = nothing,
  ): Promise<void> {
    const { operation, subject } = run
    await this.#tools.store.transaction(async (work) => {
      const ended = await work.operations.finish(operation, state, outcome)
      if (!ended) return
      work.audit.write(run.fact({ action: 'end', outcome: state, details: { error: essenceOf(ended.error) } }, ended))
      await also(work)
      work.events.write(subject, operation.id, 'operation-finished', { state, error: outcome.error ?? null })
    })
  }
}

const resultOf = ({ warnings, trust }: Preflight, { lines, counts }: { lines: readonly string[]; counts: object }) => ({
  lines: [...trust, ...lines],
  counts,
  warnings,
})

function requireAsked(migration: Migration): ClusterRecord & { readonly asked: ClusterStage } {
  const record = migration.cluster ?? noCluster
  const { asked } = record
  if (asked) return { ...record, asked }
  throw new CutoverError(
    'cluster-not-built',
    `the cluster of ${migration.name} has not been built: there is nothing to destroy`,
  )
}

const inProgress = ({ id, action, requestedAt: since }: OperationRecord): CutoverError =>
  new CutoverError('operation-in-progress', `${action} ${id} is under way; wait for it or cancel it`, {
    operation: { id, action, since },
  })
