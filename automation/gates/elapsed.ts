import { describeSeconds, parseDuration } from '../clock.ts'
import { defaults, type WorkloadEntry } from '../inventory.ts'
import { closed, notKnown, open, type Gate, type GateAnswer } from './gate.ts'

const elapsed = (what: string, needed: (entry: WorkloadEntry) => number): Gate => ({
  asks: `has the ${what} passed?`,
  needs: [],
  ask: ({ secondsInState, workload }) => waited(what, secondsInState, needed(workload.entry)),
})

function waited(what: string, seconds: number | null, neededSeconds: number): GateAnswer {
  if (seconds === null) return notKnown(`when the ${what} began is not known`)
  const numbers = { seconds: Math.floor(seconds), neededSeconds }
  if (seconds >= neededSeconds) return open(`the ${what} of ${describeSeconds(neededSeconds)} has passed`, numbers)
  const left = describeSeconds(Math.ceil(neededSeconds - seconds))
  return closed(`the ${what} of ${describeSeconds(neededSeconds)} has ${left} to go`, numbers)
}

/** Each step has to last before the next. */
export const bakeElapsed = elapsed('bake', ({ bake }) => parseDuration(bake ?? defaults.bake))

/** Green has to have had everything for a while before blue is taken away. */
export const soakElapsed = elapsed('soak', ({ soak }) => parseDuration(soak ?? defaults.soak))

/**
 * What goes on after the switch has passed since green got everything, so nobody is on blue any more. Asked where the load
 * balancer's own counters are not read; the person's confirmation says why that is good enough.
 */
export const blueSettled: Gate = {
  asks: 'has everything that was under way to blue ended?',
  needs: [],
  ask: ({ secondsInState, lingerSeconds }) =>
    waited('time in which requests to blue may still be under way', secondsInState, lingerSeconds),
}
