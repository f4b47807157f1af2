import { clusterStack } from '../../infra/names.ts'
import { CutoverError } from '../errors.ts'
import type { ClusterAction, Migration, Operation } from '../migration.ts'
import type { Tools } from '../operation-run.ts'
import { OperationRuns } from '../operation-runs.ts'
import type { Asker } from '../requests.ts'
import type { OperationRecord } from '../store/operations.ts'
import type { Work } from '../store/store.ts'
import { destroyCluster, previewCluster, upCluster } from './acts.ts'
import { ClusterRun } from './cluster-run.ts'
import { requireEmpty } from './occupants.ts'
import { preflight, requireToBuild, siteFor, type Preflight } from './preflight.ts'
import { noCluster, type ClusterRecord, type ClusterStateName } from './record.ts'
import { clusterStateOf } from './state.ts'
import { nextStage } from '../../infra/cluster/stage.ts'

/** What an operation of the cluster does, and what the journal says of the cluster from its acceptance and from its end on. */
interface Intent {
  readonly action: ClusterAction
  readonly to: ClusterStateName
  readonly warnings: readonly string[]
  readonly request: object
  /** In the transaction that accepts it; throws a refusal. */
  accept(work: Work): Promise<void>
  act(run: ClusterRun): Promise<object | null>
  /** In the transaction that ends it. */
  finish(work: Work): Promise<void>
}

const nothing = (): Promise<void> => Promise.resolve()

/** Requests about green's cluster that become operations: one at a time for each cluster. */
export class ClusterRequests {
  readonly #tools: Tools
  readonly #runs = new OperationRuns()

  constructor(tools: Tools) {
    this.#tools = tools
  }

  /** What an `up` would change. */
  async preview(migration: Migration, asker: Asker): Promise<OperationRecord> {
    const flight = await this.#preflight(migration)
    const { site, stage, warnings } = flight
    return this.#accept(migration, asker, {
      action: 'cluster-preview',
      to: 'built',
      warnings,
      request: {},
      accept: nothing,
      act: async (run) => resultOf(flight, await previewCluster(run, site, stage)),
      finish: nothing,
    })
  }

  /** Builds the cluster, or makes it what the inventory says now, or goes on where an `up` broke off. */
  async up(migration: Migration, asker: Asker): Promise<OperationRecord> {
    const flight = await this.#preflight(migration)
    const { site, stage, pins, warnings } = flight
    return this.#accept(migration, asker, {
      action: 'cluster-up',
      to: 'built',
      warnings,
      request: {},
      accept: async (work) => void (await work.clusters.change(migration.name, { asked: stage, pins })),
      act: async (run) => resultOf(flight, await upCluster(run, site, stage)),
      finish: nothing,
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
    const workloads = await this.#tools.store.read.workloads.of(migration.name)
    const site = siteFor(migration, config, record.pins ?? { version: config.version, addons: {} }, workloads)
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
      act: async (run) => {
        await destroyCluster(run, site, stage)
        return null
      },
      finish: (work) => work.clusters.remove(migration.name),
    })
  }

  /** Ends what runs, with a grace for what is in flight. What was begun is gone on with by the next `up` or destroy. */
  async cancel(migration: Migration): Promise<OperationRecord> {
    const active = await this.#tools.store.read.operations.activeOf(migration.name, clusterStack)
    const run = this.#runs.running(keyOf(migration))
    if (!active || run?.operation.id !== active.id) {
      throw new CutoverError('not-found', `no operation of the cluster of ${migration.name} is under way`)
    }
    run.cancel(new CutoverError('cancelled', 'a person cancelled it'))
    return active
  }

  stop(): Promise<void> {
    return this.#runs.stop()
  }

  async #preflight(migration: Migration): Promise<Preflight> {
    const { store, connections } = this.#tools
    const workloads = await store.read.workloads.of(migration.name)
    return preflight(migration, workloads, connections.aws(migration.inventory.aws.region))
  }

  async #accept(migration: Migration, asker: Asker, intent: Intent): Promise<OperationRecord> {
    const { name } = migration
    const subject = { migration: name, name: clusterStack }
    const operation = await this.#tools.store.transaction(async (work) => {
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
        request: { ...intent.request },
      })
      const queued = ['operation-queued', { action: intent.action, reason: asker.reason }] as const
      const warned = intent.warnings.map((text) => ['message', { severity: 'warning', text }] as const)
      await work.events.writeAll(subject, added.id, [queued, ...warned])
      return added
    })
    const run = new ClusterRun(this.#tools, operation, migration)
    this.#runs.begin(keyOf(migration), run, {
      act: () => intent.act(run),
      finish: (result) => this.#finish(run, intent, result),
      fail: (error, state) => this.#end(run, state, { error }),
    })
    return operation
  }

  #finish(run: ClusterRun, intent: Intent, result: object | null): Promise<void> {
    return this.#end(run, 'succeeded', result ? { result } : {}, (work) => intent.finish(work))
  }

  async #end(
    { operation, subject }: ClusterRun,
    state: Operation['state'],
    outcome: { readonly error?: Operation['error']; readonly result?: object },
    also: (work: Work) => Promise<void> = nothing,
  ): Promise<void> {
    await this.#tools.store.transaction(async (work) => {
      if (!(await work.operations.finish(operation.id, state, outcome))) return
      await also(work)
      await work.events.write(subject, operation.id, 'operation-finished', { state, error: outcome.error ?? null })
    })
  }
}

const keyOf = ({ name }: Migration): string => `${name}/${clusterStack}`

const resultOf = ({ warnings, trust }: Preflight, { lines, counts }: { lines: readonly string[]; counts: object }) => ({
  lines: [...trust, ...lines],
  counts,
  warnings,
})

function requireAsked(migration: Migration): ClusterRecord {
  const record = migration.cluster ?? noCluster
  if (record.asked) return record
  throw new CutoverError(
    'cluster-not-built',
    `the cluster of ${migration.name} has not been built: there is nothing to destroy`,
  )
}

const inProgress = ({ id, action, requestedAt: since }: OperationRecord): CutoverError =>
  new CutoverError('operation-in-progress', `${action} ${id} is under way; wait for it or cancel it`, {
    operation: { id, action, since },
  })
