import { clusterStack } from '../infra/names.ts'
import type { WorkloadOutputs } from '../infra/workloads/kind.ts'
import type { ClusterRequests } from './cluster/requests.ts'
import { clusterViewOf, type ClusterView } from './cluster/view.ts'
import type { ByHand } from './engine/stack-files.ts'
import { CutoverError } from './errors.ts'
import type { Events } from './events.ts'
import type { Firing } from './guards/watch.ts'
import { defaults, type Inventory } from './inventory.ts'
import type { Confirmation, Hold, Migration, Workload } from './migration.ts'
import { phaseOf } from './phases/phases.ts'
import { register } from './registration.ts'
import { Requests, type Asker, type RequestsDependencies, type Subject } from './requests.ts'
import type { OperationRecord } from './store/operations.ts'
import { viewOf, type WorkloadView } from './views.ts'

export interface CutoverDependencies extends RequestsDependencies {
  readonly events: Events
  readonly clusters: ClusterRequests
}

/** Everything that may be asked of the service. What takes longer than a lookup is accepted as an operation and carried out after. */
export class Cutover {
  readonly #deps: CutoverDependencies
  readonly #requests: Requests
  #accepting = false

  constructor(deps: CutoverDependencies) {
    this.#deps = deps
    this.#requests = new Requests(deps)
  }

  get events(): Events {
    return this.#deps.events
  }

  get store(): CutoverDependencies['store'] {
    return this.#deps.store
  }

  accept(accepting: boolean): void {
    this.#accepting = accepting
  }

  /** null: operations are accepted; otherwise why not. */
  notAccepting(): string | null {
    return this.#accepting ? this.#deps.engine.notReady() : 'the service is starting or stopping'
  }

  register(inventory: Inventory): Promise<{ readonly migration: Migration; readonly created: boolean }> {
    return register(this.#deps.store, inventory)
  }

  async migration(name: string): Promise<Migration> {
    const migration = await this.#deps.store.read.migrations.get(name)
    if (!migration) throw new CutoverError('not-found', `there is no migration ${name}`)
    return migration
  }

  async workload(migration: string, name: string): Promise<Workload> {
    const workload = await this.#deps.store.read.workloads.get(migration, name)
    if (!workload) throw new CutoverError('not-found', `there is no workload ${name} in migration ${migration}`)
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
    if (!workload.stage) throw new CutoverError('not-found', `${name} has no stack before it is adopted`)
    return this.#deps.files.byHand(workload)
  }

  async view(migration: string, name: string): Promise<WorkloadView> {
    return viewOf(await this.workload(migration, name), await this.migration(migration), this.#deps)
  }

  async views(migration: string): Promise<WorkloadView[]> {
    const owner = await this.migration(migration)
    const workloads = await this.#deps.store.read.workloads.of(migration)
    return Promise.all(workloads.map((workload) => viewOf(workload, owner, this.#deps)))
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

  async cancelCluster(migration: string): Promise<OperationRecord> {
    return this.#deps.clusters.cancel(await this.migration(migration))
  }

  /** How a person runs the stack of green's cluster, once it has one. */
  async clusterByHand(migration: string): Promise<ByHand> {
    const { cluster } = await this.migration(migration)
    if (!cluster?.asked)
      throw new CutoverError(
        'not-found',
        "green's cluster has no config of its own before its first up; a preview writes one beside it",
      )
    return this.#deps.files.byHand({ migration, name: clusterStack })
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
    const asker: Asker = {
      by: `guard ${firing.guard}`,
      reason: `${firing.guard}: ${firing.sentence}`,
      receivedAt: clock.now(),
    }
    const held = (await store.read.holds.of(migration, name)).some(({ by }) => by === asker.by)
    if (held) return
    await store.transaction((work) => work.events.write(seen, active?.id ?? null, 'guard-fired', { ...firing }))
    const onGuard = entry.onGuard ?? defaults.onGuard
    if (onGuard === 'hold') await this.hold(migration, name, firing.guard, asker)
    else await this.rollback(migration, name, false, asker)
  }

  async hold(migration: string, name: string, holdName: string, { by, reason }: Asker): Promise<Hold> {
    const workload = await this.workload(migration, name)
    return this.#deps.store.transaction(async (work) => {
      const hold = await work.holds.place({ migration, workload: name, name: holdName, reason: reason ?? '', by })
      await work.events.write(workload, null, 'hold-placed', { ...hold })
      return hold
    })
  }

  /** Removing one hold leaves every other. */
  async removeHold(migration: string, name: string, id: string): Promise<void> {
    const workload = await this.workload(migration, name)
    await this.#deps.store.transaction(async (work) => {
      const hold = await work.holds.remove(migration, name, id)
      if (!hold) throw new CutoverError('not-found', `${name} has no hold ${id}`)
      await work.events.write(workload, null, 'hold-removed', { ...hold })
    })
  }

  /** The person's gate: in `soaking` that blue may be retired; before it, where nothing can ask green, that it answers. */
  async confirm(migration: string, name: string, { by, reason }: Asker): Promise<Confirmation> {
    const workload = await this.workload(migration, name)
    const { state } = workload
    if (!('confirmation' in state)) {
      const message = `${name} is ${state.phase}: there is something to confirm only while it is prepared, shifting or soaking`
      throw new CutoverError('wrong-phase', message, { phase: state.phase })
    }
    const confirmation: Confirmation = { by, reason: reason ?? '', at: this.#deps.clock.now() }
    await this.#deps.store.transaction(async (work) => {
      await work.workloads.change(migration, name, { state: { ...state, confirmation } })
      await work.events.write(workload, null, 'confirmed', { ...confirmation })
    })
    return confirmation
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

const notAccepting = (reason: string): CutoverError =>
  new CutoverError('not-accepting', `no operation is accepted now: ${reason}`)
