import type { ClusterRequests } from './cluster/requests.ts'
import type { Engine } from './engine/engine.ts'
import { CutoverError } from './errors.ts'
import type { Events, EventType, JournalEvent } from './events.ts'
import type { OperationRuns } from './operation-runs.ts'
import type { Replica } from './replica.ts'
import type { Runner } from './runner.ts'
import { clusterStack } from '../infra/names.ts'
import type { Taken } from './store/ownership.ts'
import type { Store } from './store/store.ts'

/** Between two looks for what nobody has, beside those that an event asks for. Milliseconds. */
const lookMs = 1_000

export interface DispatcherDependencies {
  readonly store: Store
  readonly events: Events
  readonly engine: Engine
  readonly replica: Replica
  readonly runs: OperationRuns
  readonly runner: Runner
  readonly clusters: ClusterRequests
  /** How many operations this replica has under way before it begins no other; rollbacks, and what had begun elsewhere, come beside them. */
  readonly slots: number
}

/**
 * Takes operations from the journal, as many as this replica has room for: those that were just accepted, by whichever replica, and
 * those that a replica had which is dead, or a graceful stop has let go.
 */
export class Dispatcher {
  readonly #deps: DispatcherDependencies
  #taking = false
  #timer: NodeJS.Timeout | null = null
  #round: Promise<void> | null = null
  #again = false

  constructor(deps: DispatcherDependencies) {
    this.#deps = deps
  }

  start(): void {
    const { events, runs } = this.#deps
    this.#taking = true
    events.on('event', this.#hear)
    runs.onFree(() => this.#look())
    this.#timer = setInterval(() => this.#look(), lookMs).unref()
    this.#look()
  }

  /** Takes nothing more. */
  async stop(): Promise<void> {
    this.#taking = false
    this.#deps.events.off('event', this.#hear)
    if (this.#timer) clearInterval(this.#timer)
    await this.#round
  }

  readonly #hear = ({ type, operation }: JournalEvent): void => {
    if (operation === null) return
    if (type === 'operation-queued' || type === 'operation-let-go') this.#look()
    // another replica has ended it, because a rollback took its place there
    if (type === 'operation-finished') this.#deps.runs.kill(operation)
    if (type === 'cancel-asked')
      this.#deps.runs.cancel(operation, new CutoverError('cancelled', 'a person cancelled it'))
  }

  #look(): void {
    this.#again = true
    this.#round ??= this.#takeAll().finally(() => {
      this.#round = null
      if (this.#again && this.#taking) this.#look()
    })
  }

  async #takeAll(): Promise<void> {
    this.#again = false
    try {
      await this.#clearEnded()
      // once a look: what is over its share is for others to take
      if (this.#mayTake()) await this.#take('takeBegun')
      while (this.#mayTake() && this.#deps.runs.ids.length < this.#deps.slots) {
        if ((await this.#take('takeNext')) === 0) return
      }
    } catch {
      // the journal does not answer; the next look is due in a moment
    }
  }

  #mayTake(): boolean {
    return this.#taking && !this.#deps.replica.lost()
  }

  /** Begins what it takes, and says how many that are. */
  async #take(which: 'takeBegun' | 'takeNext'): Promise<number> {
    const { store, replica, runs, events: heard } = this.#deps
    const taken = await store.transaction(async ({ ownership, events }) => {
      const chosen = await ownership[which](replica.id, runs.ids)
      for (const { operation, from } of chosen) {
        const { id, migration, workload: name } = operation
        const told: readonly [EventType, object] =
          operation.fence > 1 ? ['operation-taken-over', { from, by: replica.id }] : ['operation-started', {}]
        events.writeAll({ migration, name }, id, [told])
      }
      return chosen
    })
    for (const { from } of taken) if (from !== null && from !== replica.id) heard.emit('lease-taken')
    await Promise.all(taken.map((one) => this.#begin(one)))
    return taken.length
  }

  async #begin({ operation }: Taken): Promise<void> {
    const { runner, clusters, store } = this.#deps
    const migration = await store.read.migrations.get(operation.migration)
    if (!migration) throw new Error(`${operation.id} belongs to ${operation.migration}, which is gone`)
    if (operation.workload === clusterStack) return clusters.begin(operation, migration)
    const workload = await store.read.workloads.get(operation.migration, operation.workload)
    if (!workload) throw new Error(`${operation.id} belongs to ${operation.workload}, which is gone`)
    runner.begin({ operation, workload, migration })
  }

  /** What ended while its owner died may have left processes, which the next operation of that workload waits for. */
  async #clearEnded(): Promise<void> {
    const { store, replica, runs, engine } = this.#deps
    for (const operation of await store.read.ownership.takeEnded(replica.id, runs.ids)) {
      await engine.clearAway(operation.id)
      await store.read.ownership.letGo(operation)
    }
  }
}
