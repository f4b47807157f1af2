import type { Fault } from '../../sandbox/faults.ts'
import type { LegName } from './legs.ts'

/** One way in which a call of AWS goes wrong. */
export interface Failing {
  readonly effect: Fault['effect']
  /** Spent after so many calls; null: as long as the operation runs. */
  readonly times: number | null
  /** What the operation says when it has failed of it, beside the name of the call. */
  readonly words: RegExp
}

export const failings = {
  denied: { effect: { denied: true }, times: null, words: /not authorized to perform/ },
  throttled: { effect: { throttle: true }, times: null, words: /Throttl|TooManyRequests|RequestLimitExceeded|Rate/ },
  'done and answered with 500': { effect: { failAfterEffect: 'error' }, times: 1, words: /./ },
  'done and never answered': { effect: { failAfterEffect: 'drop' }, times: 1, words: /./ },
} as const satisfies Readonly<Record<string, Failing>>

export type FailingName = keyof typeof failings

/** Home is tried for as long as it takes where trying again may help; so there AWS throttles for a while alone. */
export const timesOn = (leg: LegName, { effect, times }: Failing): number | null =>
  'throttle' in effect && (leg === 'home' || leg === 'undo') ? 7 : times

/** `elbv2 ModifyRule`: a call that changes something, as the sandbox's log has it. */
export type Write = string

export function faultOn(write: Write, leg: LegName, failing: Failing): Fault {
  const [service, operation] = write.split(' ') as [NonNullable<Fault['match']['service']>, string]
  const times = timesOn(leg, failing)
  return { match: { service, operation }, effect: failing.effect, ...(times === null ? {} : { times }) }
}
