import type { Kill } from './kills.ts'

/** An event of the journal that is about an operation. */
export interface OperationEvent {
  readonly operation: string
  readonly type: string
  /** Wall clock, milliseconds. */
  readonly at: number
  readonly data: Readonly<Record<string, unknown>>
}

/** An operation as it stands in the journal. */
export interface OperationRow {
  readonly id: string
  readonly migration: string
  readonly action: string
  readonly state: string
  readonly fence: number
  readonly owner: string | null
  readonly error: { readonly code: string; readonly message: string } | null
}

const lifecycle = ['operation-queued', 'operation-started', 'operation-taken-over', 'operation-finished'] as const

/** How long others may take to take over what a dead replica had. Milliseconds. */
export const takeoverMs = 15_000

/** What is wrong with the lives of the operations: each begins once, is gone on with any number of times, and ends once. Pure. */
export function faultsInLives(operations: readonly OperationRow[], events: readonly OperationEvent[]): string[] {
  const told = Map.groupBy(events, ({ operation }) => operation)
  return operations.flatMap(({ id, action, state, fence, owner, error }) => {
    const life = (told.get(id) ?? []).map(({ type }) => type).filter((type) => lifecycle.includes(type as never))
    const taken = life.filter((type) => type === 'operation-taken-over').length
    const what = `${action} ${id}`
    const faults: string[] = []
    if (!endedWell.includes(state)) faults.push(`${what} is ${state}${error ? `: ${error.message}` : ''}`)
    if (owner !== null) faults.push(`${what} is still ${owner}'s`)
    if (!/^queued( started( taken)*)? finished$/.test(shortly(life))) faults.push(`${what} was ${shortly(life)}`)
    // what ended while its owner died is taken once more, to clear it away, which no event tells
    if (state === 'succeeded' && fence !== 1 + taken)
      faults.push(`${what} has fence ${fence} after ${taken} take-overs`)
    return faults
  })
}

/** Of `cancelled` a rollback took the place, or it was undone; an `interrupted` one had written nothing. */
const endedWell: readonly string[] = ['succeeded', 'cancelled', 'interrupted']

const shortly = (life: readonly string[]): string =>
  life.map((type) => type.replace('operation-', '').replace('-over', '')).join(' ')

export interface Takeover {
  readonly operation: string
  /** From the death until another replica had it. */
  readonly ms: number
}

/** When each operation that a dead replica had was taken over. Pure. */
export function takeoversOf(kills: readonly Kill[], events: readonly OperationEvent[]): Takeover[] {
  const taken = events.filter(({ type }) => type === 'operation-taken-over')
  return kills.flatMap(({ replica, at }) =>
    taken
      .filter(({ data }) => data['from'] === replica)
      .map(({ operation, at: takenAt }) => ({ operation, ms: takenAt - at })),
  )
}

/** What a dead replica had and nobody took over in time. What a rollback has ended meanwhile has nobody to go on with it. Pure. */
export function faultsInTakeovers(kills: readonly Kill[], events: readonly OperationEvent[]): string[] {
  const late = takeoversOf(kills, events)
    .filter(({ ms }) => ms > takeoverMs)
    .map(({ operation, ms }) => `${operation} was taken over ${Math.round(ms / 100) / 10} s after its owner had died`)
  const left = kills.flatMap(({ name, replica, operations }) =>
    operations
      .filter((id) => {
        const of = events.filter(({ operation }) => operation === id)
        const taken = of.some(({ type, data }) => type === 'operation-taken-over' && data['from'] === replica)
        const ended = of.find(({ type }) => type === 'operation-finished')?.data['state']
        return !taken && ended !== 'cancelled'
      })
      .map((id) => `${id} of ${name}, which was killed, was taken over by nobody`),
  )
  return [...late, ...left]
}

/** The stream against the journal: nothing left out, nothing twice, nothing out of order. Pure. */
export function faultsInStream(seen: readonly number[], journal: readonly number[]): string[] {
  const known = new Set(seen)
  const missing = journal.filter((seq) => !known.has(seq))
  const disorder = seen.filter((seq, at) => at > 0 && seq <= (seen[at - 1] as number))
  return [
    ...(missing.length > 0 ? [`the stream left out ${missing.length} events, the first ${missing[0]}`] : []),
    ...(disorder.length > 0
      ? [`the stream told ${disorder.length} events twice or late, the first ${disorder[0]}`]
      : []),
  ]
}
