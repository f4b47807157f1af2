import type { Asker } from '../asker.ts'
import { decisionOf, type AuditAction } from '../audit.ts'
import type { Clock } from '../clock.ts'
import { CutoverError } from '../errors.ts'
import type { Hold, HoldEnd, Instant } from '../migration.ts'
import type { Store, Work } from '../store/store.ts'
import { describeScope, everything, freezeName, isFreeze, type HoldScope } from './scope.ts'

export interface HoldDependencies {
  readonly store: Store
  readonly clock: Clock
}

/** When a hold ends by itself and what is then done; `until` null: when somebody removes it. */
export interface HoldTerm {
  readonly until?: Instant | null
  /** `rollback` when left out: who set a time-out and does not come back has not said that all is well. */
  readonly then?: HoldEnd
}

/** Holds as people, and parts of the service, place and remove them. */
export class HoldRequests {
  readonly #deps: HoldDependencies

  constructor(deps: HoldDependencies) {
    this.#deps = deps
  }

  async place(scope: HoldScope, name: string, asker: Asker, term: HoldTerm = {}): Promise<Hold> {
    if (isFreeze({ ...scope, name })) return (await this.freeze(asker, term)).hold
    const end = this.#endOf(term)
    return this.#deps.store.transaction(async (work) => {
      await mustBeThere(work, scope)
      const hold = await work.holds.place({ ...scope, name, reason: asker.reason ?? '', by: asker.by, ...end })
      tell(work, asker, 'hold', hold)
      return hold
    })
  }

  /** Removing one hold leaves every other. */
  async remove(scope: HoldScope, id: string, asker: Asker): Promise<void> {
    await this.#deps.store.transaction(async (work) => {
      await mustBeThere(work, scope)
      const hold = await work.holds.remove(scope, id)
      if (!hold) throw new CutoverError('not-found', `there is no hold ${id} on ${describeScope(scope)}`)
      tell(work, asker, isFreeze(hold) ? 'thaw' : 'unhold', hold)
    })
  }

  /** Asked for once more it is what was asked for last. A freeze that ends by itself ends, and moves nothing. */
  async freeze(asker: Asker, term: HoldTerm = {}): Promise<{ readonly hold: Hold; readonly created: boolean }> {
    const end = this.#endOf({ then: 'resume', ...term })
    return this.#deps.store.transaction(async (work) => {
      const before = await work.holds.freeze()
      const hold = await work.holds.placeFreeze({ reason: asker.reason ?? '', by: asker.by, ...end })
      tell(work, asker, 'freeze', hold)
      return { hold, created: before?.id !== hold.id }
    })
  }

  async thaw(asker: Asker): Promise<void> {
    await this.#deps.store.transaction(async (work) => {
      const freeze = await work.holds.freeze()
      const hold = freeze && (await work.holds.remove(everything, freeze.id))
      if (!hold) throw new CutoverError('not-found', `there is no ${freezeName}`)
      tell(work, asker, 'thaw', hold)
    })
  }

  #endOf({ until = null, then = 'rollback' }: HoldTerm): Pick<Hold, 'until' | 'then'> {
    if (until === null) return { until, then: null }
    if (until <= this.#deps.clock.now()) {
      throw new CutoverError('time-past', `${new Date(until).toISOString()} has passed already`)
    }
    return { until, then }
  }
}

async function mustBeThere(work: Work, { migration, workload }: HoldScope): Promise<void> {
  if (migration === null) return
  if (workload !== null && !(await work.workloads.get(migration, workload)))
    throw new CutoverError('not-found', `there is no workload ${workload} in migration ${migration}`)
  if (!(await work.migrations.get(migration))) throw new CutoverError('not-found', `there is no migration ${migration}`)
}

/** Puts on record what was decided about a hold, and tells of it. */
export function tell(work: Work, asker: Asker, action: AuditAction, hold: Hold): void {
  const subject = { migration: hold.migration, name: hold.workload }
  work.audit.write(decisionOf(asker, subject, action, { details: { hold } }))
  work.events.write(subject, null, eventOf[action] ?? 'hold-placed', { ...hold })
}

const eventOf: Partial<Record<AuditAction, 'hold-removed' | 'hold-ran-out'>> = {
  unhold: 'hold-removed',
  thaw: 'hold-removed',
  'run-out': 'hold-ran-out',
}
