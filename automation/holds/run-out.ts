import { itself, type Asker } from '../asker.ts'
import type { Clock } from '../clock.ts'
import type { Homecomings } from '../homecoming.ts'
import type { Hold } from '../migration.ts'
import { phases } from '../phases/phases.ts'
import type { PhaseName } from '../migration.ts'
import type { Replica } from '../replica.ts'
import type { Subject } from '../requests.ts'
import type { Store } from '../store/store.ts'
import { tell } from './requests.ts'
import { covers, describeHold, isFreeze } from './scope.ts'

export interface RunOutDependencies {
  readonly store: Store
  readonly clock: Clock
  readonly replica: Pick<Replica, 'mine'>
  readonly homecomings: Homecomings
}

/**
 * Carries out what holds say is to be done when their time has come. A hold stays until that is done, so nothing advances meanwhile,
 * and a service that dies in between leaves a row that says what is left to do. Done twice it is done once: what is home is left there.
 */
export class RunOut {
  readonly #deps: RunOutDependencies

  constructor(deps: RunOutDependencies) {
    this.#deps = deps
  }

  /** Every hold whose time has come and that is this replica's share. */
  async sweep(): Promise<void> {
    const { store, clock, replica } = this.#deps
    const due = await store.read.holds.due(clock.now())
    for (const hold of due.filter(({ id }) => replica.mine(`hold ${id}`))) {
      if (hold.then === 'resume') await this.#remove(hold)
      else await this.#bringHome(hold)
    }
  }

  async #bringHome(hold: Hold): Promise<void> {
    const { store, clock, homecomings } = this.#deps
    const asker = this.#askerFor(hold)
    const noted = await store.transaction(async (work) => {
      const first = await work.holds.runOut(hold, clock.now())
      if (first) tell(work, asker, 'run-out', hold)
      return first
    })
    if (noted === null) return
    const refusals = await homecomings.bring(await this.#heldBy(hold), false, asker)
    if (refusals.size === 0) return this.#remove(hold)
    // the way home was refused, which is on record; somebody has to look, and until then nothing advances
    await store.read.holds.keep(hold)
  }

  async #remove(hold: Hold): Promise<void> {
    await this.#deps.store.transaction(async (work) => {
      const removed = await work.holds.remove(hold, hold.id)
      if (removed) tell(work, this.#askerFor(hold), isFreeze(hold) ? 'thaw' : 'unhold', removed)
    })
  }

  #askerFor(hold: Hold): Asker {
    return itself(`hold ${hold.name}`, `its time has come: ${describeHold(hold)}`, this.#deps.clock.now())
  }

  async #heldBy(hold: Hold): Promise<Subject[]> {
    const { read } = this.#deps.store
    const workloads = (await read.workloads.in(underWay)).filter((workload) => covers(hold, workload))
    const names = [...new Set(workloads.map(({ migration }) => migration))]
    const migrations = new Map(
      await Promise.all(names.map(async (name) => [name, await read.migrations.get(name)] as const)),
    )
    return workloads.flatMap((workload) => {
      const migration = migrations.get(workload.migration)
      return migration ? [{ workload, migration }] : []
    })
  }
}

/** Phases out of which there is a way home, or will be once an advance out of them has written. */
const underWay = (Object.keys(phases) as PhaseName[]).filter((name) => typeof phases[name].undo === 'function')
