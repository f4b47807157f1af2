import type { Clock } from './clock.ts'
import type { Facts, Known, Need } from './gates/gate.ts'
import { needsOf } from './gates/gates.ts'
import type { GuardFacts, Reading as GuardReading, Tally } from './guards/guard.ts'
import { calmCounts, watch, type Counts, type Firing } from './guards/watch.ts'
import { defaults } from './inventory.ts'
import { keyOf, type Migration, type Workload } from './migration.ts'
import { phaseOf, phases } from './phases/phases.ts'
import type { Answer, Ask } from './probe.ts'
import { readingsOf, type Reader } from './reader.ts'
import { kindOf } from '../infra/workloads/kinds.ts'
import { siteOf } from './surroundings.ts'
import type { Replica } from './replica.ts'
import type { Reading } from './store/readings.ts'
import type { Store } from './store/store.ts'

/** Seconds of product time between two looks at one workload. */
const pollSeconds = 10
/** No workload is looked at more often than this, however fast the clock runs. Milliseconds. */
const shortestPauseMs = 250
/** Reads of all workloads together stay below this many a second, so that many workloads are looked at less often each. */
const readsPerSecond = 20
/** Our own requests to the front door per look. */
const frontDoorQuestions = 4

/** A workload that has just come under way is seen after so long at the latest. Milliseconds. */
const longestRoundMs = 1_000

const watchedPhases = Object.values(phases)
  .filter(({ watched }) => watched !== 'no')
  .map(({ name }) => name)

/** What guards look at: AWS alone. */
const urgentNeeds = ['split', 'health'] as const satisfies readonly Need[]

interface Watched {
  counts: Counts
  latest: Reading | null
  /** What only gates want to know; read beside the look, because a cluster that hangs must not hold up a guard. */
  rest: Facts | null
  dueAt: number
  looking: boolean
  readingRest: boolean
}

export interface ObserverDependencies {
  readonly store: Store
  readonly reader: Reader
  readonly clock: Clock
  readonly ask: Ask
  readonly testRouteSecret: (workload: Workload) => string
  readonly replica: Pick<Replica, 'mine'>
  /** No other replica asks what was read here. */
  readonly alone: boolean
  /** A guard has fired; what follows is the listener's to decide. */
  readonly onFiring: (workload: Workload, firing: Firing) => Promise<void>
}

/**
 * The one observer: it looks at every workload under way that is its replica's share, in turn, within a budget of reads, and everything that wants to know how
 * the world is (status, gates, guards, the look at blue before going home) takes it from here. There is no other poller.
 */
export class Observer {
  readonly #deps: ObserverDependencies
  readonly #watched = new Map<string, Watched>()
  readonly #stopped = new AbortController()
  readonly #looks = new Set<Promise<unknown>>()
  #loop: Promise<void> = Promise.resolve()

  constructor(deps: ObserverDependencies) {
    this.#deps = deps
  }

  start(): void {
    this.#loop = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#loop
  }

  /** What was last read of a workload, by whichever replica, however old; null: nothing yet. */
  async latest(workload: { readonly migration: string; readonly name: string }): Promise<Reading | null> {
    return (
      this.own(workload) ??
      (this.#deps.alone ? null : this.#deps.store.read.readings.of(workload.migration, workload.name))
    )
  }

  /** The same of many workloads of one migration, by their names. */
  async latestOf(migration: string, names: readonly string[]): Promise<ReadonlyMap<string, Reading>> {
    const own = names.flatMap((name) => {
      const latest = this.own({ migration, name })
      return latest ? [[name, latest] as const] : []
    })
    const known = new Map(own)
    const others = this.#deps.alone ? [] : names.filter((name) => !known.has(name))
    return new Map([...known, ...(await this.#deps.store.read.readings.ofAll(migration, others))])
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      try {
        await this.#round()
      } catch {
        // the journal does not answer; look again in a moment
      }
      await pause(Math.min(this.#shortestMs() / 5, longestRoundMs), signal)
    }
    await Promise.allSettled(this.#looks)
  }

  /** What this replica has read of it last. */
  own(workload: { readonly migration: string; readonly name: string }): Reading | null {
    return this.#watched.get(keyOf(workload))?.latest ?? null
  }

  #shortestMs(): number {
    return Math.max(shortestPauseMs, this.#deps.clock.wallMs(pollSeconds))
  }

  /** Begins a look at every workload that is due. */
  async #round(): Promise<void> {
    const { store, replica } = this.#deps
    const workloads = (await store.read.workloads.in(watchedPhases)).filter((one) => replica.mine(keyOf(one)))
    this.#forgetOthers(workloads)
    const pauseMs = Math.max(this.#shortestMs(), (workloads.length * 1000) / readsPerSecond)
    for (const workload of workloads) {
      const entry = this.#entryOf(workload)
      if (entry.looking || entry.dueAt > Date.now()) continue
      entry.dueAt = Date.now() + pauseMs
      entry.looking = true
      this.#inBackground(this.#look(workload, entry).finally(() => (entry.looking = false)))
    }
  }

  /** A look that fails says nothing; the next one is due soon. Its promise is kept so that a stop can wait for it. */
  #inBackground(look: Promise<unknown>): void {
    const settled = look.catch(() => undefined).finally(() => this.#looks.delete(settled))
    this.#looks.add(settled)
  }

  #entryOf(workload: Workload): Watched {
    const key = keyOf(workload)
    const existing = this.#watched.get(key)
    if (existing) return existing
    const made: Watched = { counts: calmCounts, latest: null, rest: null, dueAt: 0, looking: false, readingRest: false }
    this.#watched.set(key, made)
    return made
  }

  #forgetOthers(workloads: readonly Workload[]): void {
    const keys = new Set(workloads.map(keyOf))
    for (const key of this.#watched.keys()) if (!keys.has(key)) this.#watched.delete(key)
  }

  async #look(workload: Workload, entry: Watched): Promise<void> {
    const { store, reader, onFiring } = this.#deps
    const migration = await store.read.migrations.get(workload.migration)
    if (!migration || this.#stopped.signal.aborted) return
    this.#readRest(workload, migration, entry)
    const [seen, probes] = await Promise.all([
      reader.facts(workload, migration, new Set(urgentNeeds)),
      this.#probe(workload, migration),
    ])
    const rest = entry.rest ?? seen
    entry.latest = { facts: { ...readingsOf(rest), split: seen.split, health: seen.health }, at: Date.now() }
    if (!this.#deps.alone) await store.read.readings.save(workload, entry.latest)
    if (phaseOf(workload.state).watched !== 'gates and guards' || !('blueAtHome' in workload.state)) {
      entry.counts = calmCounts
      return
    }
    const { counts, fires } = watch(entry.counts, this.#guardFacts(workload, seen, probes, workload.state.blueAtHome))
    entry.counts = fires ? calmCounts : counts
    if (fires) await onFiring(workload, fires)
  }

  #readRest(workload: Workload, migration: Migration, entry: Watched): void {
    const needs = needsOf(phaseOf(workload.state).gates).difference(new Set<Need>(urgentNeeds))
    if (entry.readingRest) return
    entry.readingRest = true
    const read = this.#deps.reader.facts(workload, migration, needs).then((facts) => (entry.rest = facts))
    this.#inBackground(read.finally(() => (entry.readingRest = false)))
  }

  #guardFacts(workload: Workload, facts: Facts, answers: ProbeAnswers, blueAtHome: number): GuardFacts {
    const reading: GuardReading = {
      at: Date.now(),
      split: facts.split,
      health: facts.health,
      probes: tally(answers, facts.split),
    }
    return { reading, blueAtHome, capacity: workload.entry.capacity ?? defaults.capacity, grain: facts.grain }
  }

  /** Our own requests, to the front door and on the test route, where green has traffic. */
  async #probe(workload: Workload, migration: Migration): Promise<ProbeAnswers> {
    const { probe } = workload.entry
    const { ask } = this.#deps
    if (probe === 'none' || phaseOf(workload.state).watched !== 'gates and guards') return { door: [], route: [] }
    const kind = kindOf(workload.kind)
    const route = kind.testRoute(siteOf(workload, migration), this.#deps.testRouteSecret(workload))
    const hasRoute = workload.stage?.testRoute && workload.outputs?.testRoute && !('none' in route)
    const [door, onRoute] = await Promise.all([
      Promise.all(Array.from({ length: frontDoorQuestions }, () => ask(probe))),
      hasRoute ? Promise.all([ask(probe, route), ask(probe, route)]) : [],
    ])
    return { door, route: onRoute }
  }
}

interface ProbeAnswers {
  readonly door: readonly Answer[]
  readonly route: readonly Answer[]
}

/** Which side gave an answer: the test route leads to green; at the front door the marker tells, or a split that leaves no doubt. */
function tally(
  { door, route }: ProbeAnswers,
  split: Known<{ blue: number; green: number } | null>,
): GuardReading['probes'] {
  const whole = 'value' in split ? split.value : null
  const certain = whole?.green === 100 ? 'green' : whole?.blue === 100 ? 'blue' : null
  const of = (colour: 'blue' | 'green'): Answer[] => [
    ...door.filter((answer) => (answer.colour ?? certain) === colour),
    ...(colour === 'green' ? route : []),
  ]
  const count = (answers: readonly Answer[]): Tally => {
    const faulty = answers.filter(({ asExpected }) => !asExpected)
    return { answers: answers.length, faults: faulty.length, lastFault: faulty.at(-1)?.fault ?? null }
  }
  return { blue: count(of('blue')), green: count(of('green')) }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
