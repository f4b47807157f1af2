import { describe, expect, it } from 'vitest'
import { homecomingOf, newestFirst } from '../../automation/homecoming.ts'
import { isAway } from '../../automation/phases/decide.ts'
import type { Migration, PhaseName, State } from '../../automation/migration.ts'
import { operationOf, phaseNames, states, workloadIn } from './fixture.ts'

const rollback = (change: Parameters<typeof operationOf>[0] = {}) =>
  operationOf({ action: 'rollback', state: 'running', requestedAt: 1000, ...change })

const outcome = (phase: PhaseName, ...rest: Parameters<typeof homecomingOf> extends [any, ...infer R] ? R : never) => {
  const { outcome, since } = homecomingOf({ name: 'search', state: states[phase] }, ...rest)
  return [outcome, since]
}

describe('what is away', () => {
  it('is what has traffic on green, or may get some by an advance that runs', () => {
    const away = phaseNames.filter((phase) => isAway(states[phase], null))
    expect(away).toEqual(['shifting', 'soaking', 'retired', 'released'])
    const advancing = phaseNames.filter((phase) => isAway(states[phase], { action: 'advance' }))
    expect(advancing).toEqual(['adopted', 'prepared', 'shifting', 'soaking', 'retired', 'released'])
    expect(isAway(states.prepared, { action: 'plan' })).toBe(false)
  })
})

describe('a homecoming', () => {
  it.each<[string, PhaseName, ReturnType<typeof rollback> | null, readonly unknown[]]>([
    ['was none for what has never left', 'prepared', null, ['home', null]],
    ['was when AWS was read back as home', 'prepared', rollback({ homeMs: 200, state: 'succeeded' }), ['home', 1200]],
    ['is over although it is still reconciled', 'prepared', rollback({ homeMs: 200 }), ['home', 1200]],
    ['is under way until then', 'soaking', rollback(), ['going', null]],
    ['is under way of an advance that is undone', 'prepared', rollback({ to: 'prepared' }), ['going', null]],
    ['is none when AWS refused it', 'shifting', rollback({ state: 'failed' }), ['refused', null]],
  ])('%s', (_what, phase, last, expected) => {
    expect(outcome(phase, last, null)).toEqual(expected)
  })

  it('that is refused says why', () => {
    const refusal = { code: 'past-point-of-no-return', message: 'blue is out of the switch' }
    expect(homecomingOf({ name: 'search', state: states.retired }, null, refusal)).toEqual({
      workload: 'search',
      phase: 'retired',
      outcome: 'refused',
      since: null,
      operation: null,
      refusal,
    })
    const error = { code: 'aws-failed', message: 'AccessDenied' }
    expect(
      homecomingOf({ name: 'x', state: states.shifting }, rollback({ state: 'failed', error }), null).refusal,
    ).toBe(error)
  })
})

it('what is getting traffic goes first, then the newest cut-over; what has none is last', () => {
  const migration = {} as Migration
  const at = (name: string, state: State) => ({ workload: workloadIn(state, { name }), migration })
  const subjects = [
    at('a', states.prepared),
    at('b', { ...states.soaking, since: 1 }),
    at('c', { ...states.shifting, since: 3 }),
    at('d', { ...states.soaking, since: 2 }),
    at('e', states.registered),
    at('f', states.prepared),
  ]
  expect(newestFirst(subjects, new Set(['f'])).map(({ workload }) => workload.name)).toEqual([
    'f',
    'c',
    'd',
    'b',
    'a',
    'e',
  ])
})
