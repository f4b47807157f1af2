import type { Hold } from '../migration.ts'

/** What a hold is on: one workload, all of a migration (`workload` null), or everything (both null). */
export type HoldScope = Pick<Hold, 'migration' | 'workload'>

export const everything: HoldScope = { migration: null, workload: null }

/** A hold on everything by this name is a freeze: it also ends what has been accepted and has not begun. */
export const freezeName = 'freeze'

export const isFreeze = ({ name, migration }: Pick<Hold, 'name' | 'migration'>): boolean =>
  migration === null && name === freezeName

export const scopeNames = ['workload', 'migration', 'everything'] as const

export type ScopeName = (typeof scopeNames)[number]

export function scopeNameOf({ migration, workload }: HoldScope): ScopeName {
  if (migration === null) return 'everything'
  return workload === null ? 'migration' : 'workload'
}

/** Does a hold on `scope` keep this workload from advancing? */
export const covers = (
  { migration, workload }: HoldScope,
  held: { readonly migration: string; readonly name: string },
): boolean => (migration === null || migration === held.migration) && (workload === null || workload === held.name)

/** `freeze by ada on everything (Black Friday)`. */
export const describeHold = (hold: Hold): string =>
  `${hold.name} by ${hold.by}${placeOf(hold)} (${hold.reason}${endOf(hold)})`

/** For a sentence about one workload that is held. */
export const heldSentence = (hold: Hold): string =>
  `held by ${hold.by} (${hold.name}${placeOf(hold).replace(/^ /, ', ')}): ${hold.reason}${endOf(hold)}`

const placeOf = (scope: HoldScope): string => (scope.workload === null ? ` on ${describeScope(scope)}` : '')

export const describeScope = ({ migration, workload }: HoldScope): string => workload ?? migration ?? 'everything'

function endOf({ until, then }: Hold): string {
  if (until === null) return ''
  return `; until ${new Date(until).toISOString()}, ${then === 'rollback' ? 'then home' : 'then it is gone'}`
}
