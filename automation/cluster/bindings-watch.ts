import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import type { Migration, Workload } from '../migration.ts'
import type { Store } from '../store/store.ts'
import type { Connections } from '../surroundings.ts'
import { blueGroupsOf, strangersIn, type Stranger } from './blue-groups.ts'
import { greenOf } from './state.ts'

/** Seconds of product time between two looks at green's bindings. */
const lookSeconds = 30
/** Milliseconds on the wall that a look takes at the least, however fast the clock is. */
const shortestMs = 1_000

export const strangerHold = 'blue-group-bound-by-green'

export interface BindingsWatchDependencies {
  readonly store: Store
  readonly connections: Connections
  readonly clock: Clock
}

/**
 * Lists green's bindings for as long as a migration is under way, whoever made them, and holds all of its workloads on any that
 * names one of blue's target groups: each controller removes the other's targets, up to 45 minutes later. Where the controller
 * is ours it could do no harm, because its role is denied that; what was meant is held all the same.
 */
export class BindingsWatch {
  readonly #deps: BindingsWatchDependencies
  readonly #stopped = new AbortController()
  #loop: Promise<void> = Promise.resolve()

  constructor(deps: BindingsWatchDependencies) {
    this.#deps = deps
  }

  start(): void {
    this.#loop = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#loop
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      await this.look().catch(() => undefined) // the journal does not answer; the next look is due soon
      const pauseMs = Math.max(shortestMs, this.#deps.clock.wallMs(lookSeconds))
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }

  /** One look at every migration that has something to lose. */
  async look(): Promise<void> {
    const { store } = this.#deps
    const workloads = (await store.read.workloads.all()).filter(({ state }) => !ended.includes(state.phase))
    const names = new Set(workloads.map(({ migration }) => migration))
    await Promise.all(
      [...names].map(async (name) => {
        const migration = await store.read.migrations.get(name)
        if (migration && greenOf(migration)) {
          await this.#lookAt(
            migration,
            workloads.filter((one) => one.migration === name),
          )
        }
      }),
    )
  }

  async #lookAt(migration: Migration, workloads: readonly Workload[]): Promise<void> {
    const green = this.#deps.connections.green(migration)
    // a cluster that does not answer says nothing; the gates of each workload say that it does not
    const strangers = await strangersIn(green, blueGroupsOf(workloads)).catch(() => [])
    if (strangers.length === 0) return
    for (const workload of workloads) await this.#hold(workload, strangers)
  }

  async #hold({ migration, name }: Workload, strangers: readonly Stranger[]): Promise<void> {
    await this.#deps.store.transaction(async (work) => {
      const holds = await work.holds.of(migration, name)
      if (holds.some((hold) => hold.name === strangerHold)) return
      const which = strangers.map(({ binding, targetGroup }) => `${binding} names ${targetGroup}`).join('; ')
      const reason = `green binds what is blue's: ${which}. Delete the binding, then remove this hold.`
      const hold = await work.holds.place({ migration, workload: name, name: strangerHold, reason, by: 'eks-cutover' })
      work.events.write({ migration, name }, null, 'hold-placed', { ...hold })
    })
  }
}

const ended = ['released', 'abandoned']
