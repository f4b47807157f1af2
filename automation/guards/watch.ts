import { greenErrors } from './green-errors.ts'
import { greenTargets } from './green-targets.ts'
import type { Guard, GuardAnswer, GuardFacts } from './guard.ts'

export const guards = { 'green-targets': greenTargets, 'green-errors': greenErrors } as const satisfies Record<
  string,
  Guard
>

export type GuardName = keyof typeof guards

/** So many alarmed readings in a row fire: one throttled call, one slow answer or one restarting pod never does. */
export const readingsToFire = 3

/** How often each guard has been alarmed in a row. */
export type Counts = Readonly<Record<GuardName, number>>

export const calmCounts: Counts = { 'green-targets': 0, 'green-errors': 0 }

export interface Firing {
  readonly guard: GuardName
  readonly sentence: string
  readonly numbers: Readonly<Record<string, number>>
}

/** The counts after one more reading, and the guard that fires, if one does. Pure. */
export function watch(counts: Counts, facts: GuardFacts): { readonly counts: Counts; readonly fires: Firing | null } {
  const answers = (Object.keys(guards) as GuardName[]).map((name) => ({ name, answer: guards[name].look(facts) }))
  const next = Object.fromEntries(answers.map(({ name, answer }) => [name, countAfter(counts[name], answer)])) as Counts
  for (const { name, answer } of answers) {
    if (answer.state !== 'alarmed' || next[name] < readingsToFire) continue
    return { counts: next, fires: { guard: name, sentence: answer.sentence, numbers: answer.numbers } }
  }
  return { counts: next, fires: null }
}

/** An unknown reading neither counts nor clears: it says nothing about green. */
const countAfter = (count: number, answer: GuardAnswer): number =>
  answer.state === 'alarmed' ? count + 1 : answer.state === 'unknown' ? count : 0
