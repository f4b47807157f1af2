import type { Split } from '../../infra/traffic.ts'
import type { AuditEntry } from '../audit.ts'
import type { GateResult } from '../gates/gate.ts'
import { finalStates, type Instant, type Operation, type PhaseName, type State, type Workload } from '../migration.ts'
import { phaseOf } from '../phases/phases.ts'
import { waitsOf, type Waits } from './waits.ts'

/** How a workload's move went, from the journal alone. Durations are in seconds of the wall, instants in ISO 8601. */
export interface RunReport {
  readonly schemaVersion: 1
  readonly migration: string
  readonly workload: string
  readonly kind: string
  readonly phase: PhaseName
  /** The first request; null: nobody has asked for anything yet. */
  readonly from: string | null
  /** The last act of a move that is over; else now. */
  readonly to: string
  /** `machine`: operations were under way. `time`, `people`: what was waited for between them. */
  readonly seconds: {
    readonly total: number
    readonly machine: number
    readonly time: number
    readonly people: number
  }
  /** Each phase or step that was entered, in order of time. */
  readonly visits: readonly Visit[]
  readonly rollbacks: readonly RollbackReport[]
  /** Requests that were not let through. */
  readonly refusals: readonly Refused[]
}

export interface Visit {
  readonly phase: PhaseName
  readonly step: number | null
  readonly split: Split
  readonly enteredAt: string
  /** null: it is there still. */
  readonly leftAt: string | null
  readonly waited: { readonly time: number; readonly people: number }
  /** What led out of it; null: nothing yet. */
  readonly left: {
    readonly operation: string
    readonly action: string
    readonly by: string
    readonly reason: string | null
    /** From the request to the operation's end. */
    readonly seconds: number
    /** As they were asked when the advance was let through; a rollback asks none. */
    readonly gates: readonly GateResult[]
  } | null
}

export interface RollbackReport {
  readonly operation: string
  readonly at: string
  readonly by: string
  readonly reason: string | null
  readonly state: Operation['state']
  readonly homeMs: number | null
  /** Until Pulumi agreed again; null: it does not yet. */
  readonly reconciledMs: number | null
  readonly settledMs: number | null
}

export interface Refused {
  readonly at: string
  readonly action: string
  readonly by: string
  readonly code: string
  readonly sentence: string
}

/** All that the journal has of one workload. Operations and entries oldest first. */
export interface Sources {
  readonly workload: Workload
  readonly operations: readonly Operation[]
  readonly entries: readonly AuditEntry[]
  /** The gates of the phase that it is in. */
  readonly gates: readonly GateResult[]
  readonly now: Instant
  readonly rate: number
}

interface Change {
  readonly from: State
  readonly to: State
  readonly at: Instant
  readonly operation: Operation | null
}

export function reportOf(sources: Sources): RunReport {
  const { workload, operations, entries, now } = sources
  const first = operations[0]?.requestedAt ?? null
  const over = workload.state.phase === 'released' || workload.state.phase === 'abandoned'
  const to = over ? (operations.at(-1)?.finishedAt ?? now) : now
  const visits = first === null ? [] : visitsOf(sources, first)
  const machine = operations.reduce((sum, operation) => sum + lasted(operation, now), 0)
  const waited = (of: keyof Waits): number => rounded(visits.reduce((sum, visit) => sum + visit.waited[of], 0))
  return {
    schemaVersion: 1,
    migration: workload.migration,
    workload: workload.name,
    kind: workload.kind,
    phase: workload.state.phase,
    from: first === null ? null : iso(first),
    to: iso(to),
    seconds: {
      total: first === null ? 0 : inSeconds(to - first),
      machine: inSeconds(machine),
      time: waited('time'),
      people: waited('people'),
    },
    visits,
    rollbacks: operations.filter(({ action }) => action === 'rollback').map(rollbackOf),
    refusals: entries.filter(({ outcome }) => outcome === 'refused').map(refusedOf),
  }
}

function visitsOf(sources: Sources, first: Instant): Visit[] {
  const { workload, operations, entries } = sources
  const changes = entries.flatMap((entry) => changeOf(entry, operations))
  const states = [changes[0]?.from ?? workload.state, ...changes.map(({ to }) => to)]
  return states.map((state, at) => {
    const enteredAt = changes[at - 1]?.at ?? first
    return visitOf(sources, state, enteredAt, changes[at] ?? null)
  })
}

function visitOf(sources: Sources, state: State, enteredAt: Instant, next: Change | null): Visit {
  const { entries, operations, now, workload } = sources
  const operation = next?.operation ?? null
  const over = workload.state.phase === 'released' || workload.state.phase === 'abandoned'
  const until = operation?.requestedAt ?? (over ? enteredAt : now)
  const gates = operation ? gatesAsked(entries, operation.id) : sources.gates
  const rest = until - enteredAt - overlap(operations, enteredAt, until, now)
  // until a guard fires nobody has been waited for
  const watched = operation?.requestedBy.startsWith('guard ') ?? false
  const waits = watched ? { time: Math.max(0, rest), people: 0 } : waitsOf(rest, gates, sources.rate)
  return {
    phase: state.phase,
    step: state.phase === 'shifting' ? state.step : null,
    split: phaseOf(state).split(state),
    enteredAt: iso(enteredAt),
    leftAt: next && iso(next.at),
    waited: { time: inSeconds(waits.time), people: inSeconds(waits.people) },
    left: operation && {
      operation: operation.id,
      action: operation.action,
      by: operation.requestedBy,
      reason: operation.reason,
      seconds: inSeconds(lasted(operation, now)),
      gates,
    },
  }
}

/** A change of state is in the act that it came with: home for a rollback, the operation's end for all else. */
function changeOf({ at, operation: id, details }: AuditEntry, operations: readonly Operation[]): Change[] {
  const state = details['state'] as { from: State; to: State } | null | undefined
  if (!state) return []
  return [{ ...state, at: Date.parse(at), operation: operations.find((one) => one.id === id) ?? null }]
}

function gatesAsked(entries: readonly AuditEntry[], operation: string): readonly GateResult[] {
  const accepted = entries.find((entry) => entry.operation === operation && entry.outcome === 'accepted')
  return (accepted?.details['gates'] as readonly GateResult[] | undefined) ?? []
}

/** Milliseconds of a span in which operations were under way; one at a time for each workload. */
const overlap = (operations: readonly Operation[], from: Instant, to: Instant, now: Instant): number =>
  operations.reduce((sum, { requestedAt, finishedAt }) => {
    const shared = Math.min(finishedAt ?? now, to) - Math.max(requestedAt, from)
    return sum + Math.max(0, shared)
  }, 0)

const rollbackOf = (operation: Operation): RollbackReport => {
  const { id, requestedAt, finishedAt, requestedBy, reason, state, homeMs, settledMs } = operation
  const ended = finalStates.includes(state) && finishedAt !== null
  const reconciledMs = ended && state === 'succeeded' ? finishedAt - requestedAt : null
  return { operation: id, at: iso(requestedAt), by: requestedBy, reason, state, homeMs, reconciledMs, settledMs }
}

const refusedOf = ({ at, action, by, details }: AuditEntry): Refused => ({
  at,
  action,
  by,
  code: String(details['code']),
  sentence: String(details['detail']),
})

const lasted = ({ requestedAt, finishedAt }: Operation, now: Instant): number => (finishedAt ?? now) - requestedAt
const iso = (instant: Instant): string => new Date(instant).toISOString()
const rounded = (seconds: number): number => Math.round(seconds * 100) / 100
const inSeconds = (ms: number): number => rounded(ms / 1000)
