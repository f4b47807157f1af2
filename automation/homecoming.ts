import { setTimeout as sleep } from 'node:timers/promises'
import { home, sameSplit } from '../infra/traffic.ts'
import type { Asker } from './asker.ts'
import { decisionOf, refusalOf } from './audit.ts'
import { CutoverError, failureOf, type Failure } from './errors.ts'
import type { Instant, Migration, Operation, PhaseName, Workload } from './migration.ts'
import { isActive } from './migration.ts'
import { isAway } from './phases/decide.ts'
import { phaseOf } from './phases/phases.ts'
import type { Requests, Subject } from './requests.ts'
import type { Store } from './store/store.ts'

/** Milliseconds on the wall between two looks at who is home. */
const lookMs = 50

/** Of one workload, after all were asked to come home. */
export interface Homecoming {
  readonly workload: string
  readonly phase: PhaseName
  /** `refused`: its traffic is on green, or green has taken over for good, and nothing is on the way. */
  readonly outcome: 'home' | 'going' | 'refused'
  /** When AWS was read back as home; null: it is not, or it has never left. */
  readonly since: Instant | null
  /** The rollback that brings it, or brought it, home; null: none was needed. */
  readonly operation: string | null
  readonly refusal: Failure | null
}

/** Brings many workloads home at once: those that have, or may get, traffic on green. All others stay where they are. */
export class Homecomings {
  readonly #store: Store
  readonly #requests: Requests

  constructor(store: Store, requests: Requests) {
    this.#store = store
    this.#requests = requests
  }

  /** Every workload of a migration. `waitMs`: how long the answer may wait for the last one to be home, on the wall. */
  async all(migration: Migration, force: boolean, waitMs: number, asker: Asker): Promise<Homecoming[]> {
    const workloads = await this.#store.read.workloads.of(migration.name)
    const active = (await this.#store.read.operations.active()).filter((one) => one.migration === migration.name)
    const advancing = new Set(active.flatMap(({ action, workload }) => (action === 'advance' ? [workload] : [])))
    const subjects = newestFirst(
      workloads.map((workload) => ({ workload, migration })),
      advancing,
    )
    await this.#store.transaction((work) => {
      const details = { force, workloads: subjects.map(({ workload }) => workload.name) }
      work.audit.write(decisionOf(asker, { migration: migration.name, name: null }, 'rollback-all', { details }))
    })
    const refusals = await this.bring(subjects, force, { ...asker, idempotencyKey: null })
    const deadline = Date.now() + waitMs
    for (;;) {
      const outcomes = await this.#outcomesOf(migration.name, subjects, refusals)
      if (Date.now() >= deadline || outcomes.every(({ outcome }) => outcome !== 'going')) return outcomes
      await sleep(lookMs)
    }
  }

  /** All at once, begun in this order; resolves when each is on its way, with those that are refused, by their names. */
  async bring(subjects: readonly Subject[], force: boolean, asker: Asker): Promise<ReadonlyMap<string, Failure>> {
    const refused = await Promise.all(subjects.map((one) => this.#bringOne(one, force, asker)))
    const refusals = subjects.map(({ workload }, at) => [workload.name, refused[at] ?? null] as const)
    return new Map(refusals.flatMap(([name, failure]) => (failure ? [[name, failure] as const] : [])))
  }

  /** null: it is on its way, or there is nothing to bring home. */
  async #bringOne(subject: Subject, force: boolean, asker: Asker): Promise<Failure | null> {
    try {
      await this.#requests.bringHome(subject, force, asker)
      return null
    } catch (error) {
      if (!(error instanceof CutoverError)) throw error
      if (isOnItsWay(error)) return null
      const { migration, name: workload } = subject.workload
      const { by, credential, address, reason } = asker
      const details = { code: error.code, detail: error.message }
      const fact = refusalOf({ by, credential, address, reason }, { migration, workload }, 'rollback', details)
      await this.#store.transaction((work) => work.audit.write(fact))
      return failureOf(error)
    }
  }

  /** In two queries however many they are: those who go home need the journal meanwhile. */
  async #outcomesOf(migration: string, subjects: readonly Subject[], refusals: ReadonlyMap<string, Failure>) {
    const { read } = this.#store
    const names = subjects.map(({ workload }) => workload.name)
    const [workloads, rollbacks] = await Promise.all([
      read.workloads.of(migration),
      read.operations.lastOf(migration, names, 'rollback'),
    ])
    const now = new Map(workloads.map((workload) => [workload.name, workload]))
    return names.map((name) => {
      const workload = now.get(name)
      if (!workload) throw new CutoverError('not-found', `there is no workload ${name} in migration ${migration}`)
      return homecomingOf(workload, rollbacks.get(name) ?? null, refusals.get(name) ?? null)
    })
  }
}

/** Pure. `rollback`: the last one. */
export function homecomingOf(
  { name: workload, state }: Pick<Workload, 'name' | 'state'>,
  rollback: Operation | null,
  refusal: Failure | null,
): Homecoming {
  const { phase } = state
  const operation = rollback?.id ?? null
  if (refusal) return { workload, phase, outcome: 'refused', since: null, operation: null, refusal }
  const going = rollback !== null && isActive(rollback)
  const since = rollback && rollback.homeMs !== null ? rollback.requestedAt + rollback.homeMs : null
  // a rollback saves that it is home together with the phase that this stands for
  const isHome = sameSplit(phaseOf(state).split(state), home) && (!going || since !== null)
  if (isHome) return { workload, phase, outcome: 'home', since, operation, refusal: null }
  if (going) return { workload, phase, outcome: 'going', since: null, operation, refusal: null }
  const failed = rollback?.error ?? { code: 'interrupted', message: 'the way home broke off; ask again' }
  return { workload, phase, outcome: 'refused', since: null, operation, refusal: failed }
}

/**
 * Those that are getting traffic now go home first, then those that have got it last; what has none is last, by name. `advancing`:
 * names of workloads of which an advance runs.
 */
export function newestFirst(subjects: readonly Subject[], advancing: ReadonlySet<string>): readonly Subject[] {
  const movedAt = ({ workload: { name, state } }: Subject): Instant => {
    if (advancing.has(name)) return Number.MAX_SAFE_INTEGER
    return isAway(state, null) && 'since' in state ? state.since : 0
  }
  return [...subjects].sort((a, b) => movedAt(b) - movedAt(a) || a.workload.name.localeCompare(b.workload.name))
}

const isOnItsWay = ({ code, details }: CutoverError): boolean =>
  code === 'operation-in-progress' && (details['operation'] as { readonly action?: string }).action === 'rollback'
