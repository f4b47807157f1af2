import type { WorkloadOutputs } from '../infra/workloads/kind.ts'
import { itself, type Asker } from './asker.ts'
import { decisionOf, type AuditFact } from './audit.ts'
import type { ClusterRequests } from './cluster/requests.ts'
import { clusterViewOf, type ClusterView } from './cluster/view.ts'
import { residentBytes } from './engine/processes.ts'
import type { ByHand } from './engine/stack-files.ts'
import { CutoverError } from './errors.ts'
import type { Events } from './events.ts'
import type { Firing } from './guards/watch.ts'
import type { GateResult } from './gates/gate.ts'
import { defaults, type Inventory } from './inventory.ts'
import { Homecomings, type Homecoming } from './homecoming.ts'
import { HoldRequests } from './holds/requests.ts'
import type { Confirmation, Migration, MigrationHead, Workload } from './migration.ts'
import { phaseOf } from './phases/phases.ts'
import { readingsOf, type Readings } from './readings.ts'
import { register } from './registration.ts'
import { reportOf, type RunReport } from './report/report.ts'
import { waitsOf, type Waits } from './report/waits.ts'
import { Requests, type RequestsDependencies, type Subject } from './requests.ts'
import type { OperationRecord } from './store/operations.ts'
import { mustNotHaveRetired } from './two-persons.ts'
import { viewOf, viewsOf, type WorkloadView } from './views.ts'
import { viewWhen, type Wait } from './waiting.ts'

export interface CutoverDependencies extends RequestsDependencies {
  readonly events: Events
  readonly clusters: ClusterRequests
}

/** Everything that may be asked of the service. What takes longer than a lookup is accepted as an operation and carried out after. */
export class Cutover {
  readonly #deps: CutoverDependencies
  readonly #requests: Requests
  readonly holds: HoldRequests
  readonly homecomings: Homecomings
  #accepting = false

  constructor(deps: CutoverDependencies) {
    this.#deps = deps
    this.#requests = new Requests(deps)
    this.holds = new HoldRequests(deps)
    this.homecomings = new Homecomings(deps.store, this.#requests)
  }

  get events(): Events {
    return this.#deps.events
  }

  get store(): CutoverDependencies['store'] {
    return this.#deps.store
  }

  /** The id of this service among those on the journal. */
  get replica(): string {
    return this.#deps.replica.id
  }

  accept(accepting: boolean): void {
    this.#accepting = accepting
  }

  /** null: operations are accepted; otherwise why not. */
  notAccepting(): string | null {
    if (!this.#accepting) return 'the service is starting or stopping'
    return this.#deps.replica.lost() ?? this.#deps.engine.notReady()
  }

  register(inventory: Inventory, asker: Asker): Promise<{ readonly migration: Migration; readonly created: boolean }> {
    return register(this.#deps.store, inventory, asker)
  }

  async migration(name: string): Promise<Migration> {
    const migration = await this.#deps.store.read.migrations.get(name)
    if (!migration) throw noMigration(name)
    return migration
  }

  async #head(name: string): Promise<MigrationHead> {
    const head = await this.#deps.store.read.migrations.head(name)
    if (!head) throw noMigration(name)
    return head
  }

  async workload(migration: string, name: string): Promise<Workload> {
    const workload = await this.#deps.store.read.workloads.get(migration, name)
    if (!workload) throw noWorkload(migration, name)
    return workload
  }

  async operation(id: string): Promise<OperationRecord> {
    const operation = await this.#deps.store.read.operations.get(id)
    if (!operation) throw new CutoverError('not-found', `there is no operation ${id}`)
    return operation
  }

  async outputs(migration: string, name: string): Promise<WorkloadOutputs> {
    const { outputs } = await this.workload(migration, name)
    if (!outputs) throw new CutoverError('not-found', `${name} has no stack outputs before it is adopted`)
    return outputs
  }

  /** How a person runs a workload's stack, once it has one. */
  async byHand(migration: string, name: string): Promise<ByHand> {
    const workload = await this.workload(migration, name)
    const { stage } = workload
    if (!stage) throw new CutoverError('not-found', `${name} has no stack before it is adopted`)
    const { files } = this.#deps
    await files.prepare(workload)
    const config = await files.write(workload, await this.migration(migration), stage, { beside: 'by-hand' })
    return files.byHand(workload, config)
  }

  async view(migration: string, name: string): Promise<WorkloadView> {
    const [workload, head] = await Promise.all([this.workload(migration, name), this.#head(migration)])
    return viewOf(workload, head, this.#deps)
  }

  /** The same, once it meets a condition or time is up. */
  viewWhen(migration: string, name: string, wait: Wait): Promise<WorkloadView> {
    return viewWhen({ migration, name }, () => this.view(migration, name), this.#deps.events, wait)
  }

  /** By name, after `after`; `only`: none but these. */
  async views(
    migration: string,
    after: string,
    limit: number,
    only: readonly string[] | null,
  ): Promise<WorkloadView[]> {
    const [head, workloads] = await Promise.all([
      this.#head(migration),
      this.#deps.store.read.workloads.page(migration, after, limit, only),
    ])
    return viewsOf(workloads, head, this.#deps)
  }

  /** How a workload's move went so far. */
  async report(migration: string, name: string): Promise<RunReport> {
    const workload = await this.workload(migration, name)
    const { read } = this.#deps.store
    const [{ gates }, operations, entries] = await Promise.all([
      this.view(migration, name),
      read.operations.all(migration, name),
      Array.fromAsync(read.audit.all({ migration, workload: name })),
    ])
    const { clock } = this.#deps
    return reportOf({ workload, operations, entries, gates, now: clock.now(), rate: clock.rate })
  }

  /** Every workload in figures, and how much memory what runs here takes. */
  readings(): Promise<Readings> {
    return readingsOf(this.#deps)
  }

  /** Bytes that the service and its engine workers hold, by process. */
  memory(): readonly { readonly process: 'service' | 'worker'; readonly pid: number; readonly bytes: number }[] {
    const workers = this.#deps.engine
      .workerPids()
      .map((pid) => ({ process: 'worker' as const, pid, bytes: residentBytes(pid) }))
    return [{ process: 'service', pid: process.pid, bytes: process.memoryUsage.rss() }, ...workers]
  }

  /** How long a workload rested before an operation, and what for. */
  async waitedBefore(operation: OperationRecord): Promise<Waits> {
    const { store, clock } = this.#deps
    const before = await store.read.operations.before(operation)
    if (!before?.finishedAt) return { time: 0, people: 0 }
    const [entry] = await store.read.audit.page({ operation: operation.id, action: operation.action }, null, 1)
    const gates = (entry?.details['gates'] as readonly GateResult[] | undefined) ?? []
    return waitsOf(operation.requestedAt - before.finishedAt, gates, clock.rate)
  }

  /** Green's cluster, whoever builds it. */
  async cluster(migration: string): Promise<ClusterView> {
    return clusterViewOf(await this.migration(migration), this.#deps.store)
  }

  async previewCluster(migration: string, asker: Asker): Promise<OperationRecord> {
    this.#mustAccept()
    return this.#deps.clusters.preview(await this.migration(migration), asker)
  }

  async bringUpCluster(migration: string, asker: Asker): Promise<OperationRecord> {
    this.#mustAccept()
    return this.#deps.clusters.up(await this.migration(migration), asker)
  }

  async destroyCluster(migration: string, confirm: string, asker: Asker): Promise<OperationRecord> {
    this.#mustAccept()
    return this.#deps.clusters.destroy(await this.migration(migration), confirm, asker)
  }

  async cancelCluster(migration: string, asker: Asker): Promise<OperationRecord> {
    return this.#deps.clusters.cancel(await this.migration(migration), asker)
  }

  /** How a person runs the stack of green's cluster, once it has one. */
  async clusterByHand(migration: string): Promise<ByHand> {
    return this.#deps.clusters.byHand(await this.migration(migration))
  }

  async plan(migration: string, name: string, asker: Asker): Promise<OperationRecord> {
    this.#mustAccept()
    return this.#requests.plan(await this.#subject(migration, name), asker)
  }

  async advance(migration: string, name: string, plan: string | null, asker: Asker): Promise<OperationRecord> {
    this.#mustAccept()
    return this.#requests.advance(await this.#subject(migration, name), plan, asker)
  }

  async rollback(migration: string, name: string, force: boolean, asker: Asker): Promise<OperationRecord> {
    if (!this.#accepting) throw notAccepting('the service is starting or stopping')
    return this.#requests.rollback(await this.#subject(migration, name), force, asker)
  }

  /** Every workload of a migration that has, or may get, traffic on green; and which of all are home, and since when. */
  async rollbackAll(migration: string, force: boolean, waitMs: number, asker: Asker): Promise<Homecoming[]> {
    if (!this.#accepting) throw notAccepting('the service is starting or stopping')
    return this.homecomings.all(await this.migration(migration), force, waitMs, asker)
  }

  async abandon(migration: string, name: string, force: boolean, asker: Asker): Promise<OperationRecord> {
    this.#mustAccept()
    return this.#requests.leave(await this.#subject(migration, name), 'abandon', force, asker)
  }

  async release(migration: string, name: string, asker: Asker): Promise<OperationRecord> {
    this.#mustAccept()
    return this.#requests.leave(await this.#subject(migration, name), 'release', false, asker)
  }

  /** A guard has fired. The workload is looked at again first: meanwhile it may have gone home, or on. */
  async guardFired(seen: Workload, firing: Firing): Promise<void> {
    const { store, clock } = this.#deps
    const { migration, name, entry, state } = await this.workload(seen.migration, seen.name)
    const active = await store.read.operations.activeOf(migration, name)
    if (phaseOf(state).watched !== 'gates and guards' || active?.action === 'rollback') return
    const asker = itself(`guard ${firing.guard}`, `${firing.guard}: ${firing.sentence}`, clock.now())
    const held = (await store.read.holds.of(migration, name)).some(({ by }) => by === asker.by)
    if (held) return
    const onGuard = entry.onGuard ?? defaults.onGuard
    await store.transaction((work) => {
      work.audit.write(decisionOf(asker, seen, 'guard', { details: { ...firing, onGuard } }))
      work.events.write(seen, active?.id ?? null, 'guard-fired', { ...firing })
    })
    if (onGuard === 'hold') await this.holds.place({ migration, workload: name }, firing.guard, asker)
    else await this.rollback(migration, name, false, asker)
  }

  /** The person's gate: in `soaking` that blue may be retired; before it, where nothing can ask green, that it answers. */
  async confirm(migration: string, name: string, asker: Asker): Promise<Confirmation> {
    const owner = await this.migration(migration)
    const confirmation: Confirmation = { by: asker.by, reason: asker.reason ?? '', at: this.#deps.clock.now() }
    await this.#deps.store.transaction(async (work) => {
      const workload = await work.workloads.lock(migration, name)
      if (!workload) throw noWorkload(migration, name)
      const { state } = workload
      if (!('confirmation' in state)) {
        const message = `${name} is ${state.phase}: there is something to confirm only while it is prepared, shifting or soaking`
        throw new CutoverError('wrong-phase', message, { phase: state.phase })
      }
      await mustNotHaveRetired(work, owner, workload, asker)
      await work.workloads.change(migration, name, { state: { ...state, confirmation } })
      work.audit.write(decisionOf(asker, workload, 'confirm', { details: { from: state } }))
      work.events.write(workload, null, 'confirmed', { ...confirmation })
    })
    return confirmation
  }

  /** A decision that was not let through, on record. */
  async refused(fact: AuditFact): Promise<void> {
    await this.#deps.store.transaction((work) => work.audit.write(fact))
  }

  /** A rollback does not ask this: it needs AWS and the journal, and its reconciling can wait for an engine. */
  #mustAccept(): void {
    const reason = this.notAccepting()
    if (reason) throw notAccepting(reason)
  }

  async #subject(migration: string, name: string): Promise<Subject> {
    const [workload, owner] = await Promise.all([this.workload(migration, name), this.migration(migration)])
    return { workload, migration: owner }
  }
}

const noMigration = (name: string): CutoverError => new CutoverError('not-found', `there is no migration ${name}`)

const noWorkload = (migration: string, name: string): CutoverError =>
  new CutoverError('not-found', `there is no workload ${name} in migration ${migration}`)

const notAccepting = (reason: string): CutoverError =>
  new CutoverError('not-accepting', `no operation is accepted now: ${reason}`)
