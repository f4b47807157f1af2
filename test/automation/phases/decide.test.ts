import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Action, PhaseName } from '../../../automation/migration.ts'
import {
  decide,
  type ActiveOperation,
  type Circumstances,
  type Decision,
  type Request,
} from '../../../automation/phases/decide.ts'
import { leftOut } from '../../../automation/phases/stages.ts'
import { home, moved } from '../../../infra/traffic.ts'
import { anyWorkload, gate, hold, phaseNames, states, workloadIn } from '../fixture.ts'

type RequestAction = Request['action']

const request = (action: RequestAction, force = false): Request =>
  action === 'rollback' ? { action, force } : { action }

const calm: Circumstances = { now: 1, blueHealthy: 4, holds: [], active: null, gates: [], blueAllUnhealthy: false }

const running = (action: Action, from: PhaseName, writes = true): ActiveOperation => ({
  id: 'op-1',
  action,
  since: 0,
  from,
  writes,
})

/** Where it leads, or the code with which it is refused. */
const outcome = (decision: Decision): string =>
  'transition' in decision ? decision.transition.to.phase : decision.refusal.code

const ask = (phase: PhaseName, action: RequestAction, circumstances: Partial<Circumstances> = {}): string =>
  outcome(decide(workloadIn(states[phase]), request(action), { ...calm, ...circumstances }))

type Row = Readonly<Record<RequestAction, string>>

/** Design, section 5: legal or refused, nothing in between. */
const idle: Readonly<Record<PhaseName, Row>> = {
  registered: { advance: 'adopted', rollback: 'wrong-phase', abandon: 'abandoned', release: 'wrong-phase' },
  adopted: { advance: 'prepared', rollback: 'wrong-phase', abandon: 'abandoned', release: 'wrong-phase' },
  prepared: { advance: 'shifting', rollback: 'adopted', abandon: 'abandoned', release: 'wrong-phase' },
  shifting: { advance: 'shifting', rollback: 'prepared', abandon: 'roll-back-first', release: 'wrong-phase' },
  soaking: { advance: 'retired', rollback: 'prepared', abandon: 'roll-back-first', release: 'wrong-phase' },
  retired: {
    advance: 'wrong-phase',
    rollback: 'past-point-of-no-return',
    abandon: 'past-point-of-no-return',
    release: 'released',
  },
  released: { advance: 'wrong-phase', rollback: 'wrong-phase', abandon: 'wrong-phase', release: 'wrong-phase' },
  abandoned: { advance: 'wrong-phase', rollback: 'wrong-phase', abandon: 'wrong-phase', release: 'wrong-phase' },
}

/** A rollback while an advance out of the phase runs: before its first write, and after. */
const duringAdvance: Readonly<Partial<Record<PhaseName, readonly [string, string]>>> = {
  registered: ['wrong-phase', 'wrong-phase'],
  adopted: ['adopted', 'adopted'],
  prepared: ['prepared', 'prepared'],
  shifting: ['prepared', 'prepared'],
  soaking: ['prepared', 'past-point-of-no-return'],
}

const actions: readonly RequestAction[] = ['advance', 'rollback', 'abandon', 'release']

describe('what may be asked of a workload that rests', () => {
  it.each(phaseNames.flatMap((phase) => actions.map((action) => [phase, action, idle[phase][action]] as const)))(
    '%s, %s: %s',
    (phase, action, expected) => expect(ask(phase, action)).toBe(expected),
  )
})

describe('what may be asked while an operation runs', () => {
  it.each(Object.entries(duringAdvance))('rollback during an advance out of %s: %j', (name, [before, after]) => {
    const phase = name as PhaseName
    expect(ask(phase, 'rollback', { active: running('advance', phase, false) })).toBe(before)
    expect(ask(phase, 'rollback', { active: running('advance', phase, true) })).toBe(after)
  })

  it.each(phaseNames)('a plan of %s is in the way of nothing but what would run beside it', (phase) => {
    const active = running('plan', phase, false)
    expect(ask(phase, 'rollback', { active })).toBe(idle[phase].rollback)
    for (const action of ['advance', 'abandon', 'release'] as const)
      expect(ask(phase, action, { active })).toBe('operation-in-progress')
  })

  it.each(phaseNames)('from %s nothing takes the place of a rollback, an abandon or a release', (phase) => {
    for (const action of actions)
      for (const other of ['rollback', 'abandon', 'release'] as const)
        expect(ask(phase, action, { active: running(other, phase) })).toBe('operation-in-progress')
  })

  it.each(phaseNames)('from %s only a rollback is heard during an advance', (phase) => {
    for (const action of ['advance', 'abandon', 'release'] as const)
      expect(ask(phase, action, { active: running('advance', phase) })).toBe('operation-in-progress')
  })

  it('a rollback takes the place of what it found running', () => {
    const active = running('advance', 'shifting')
    const decision = decide(workloadIn(states.shifting), request('rollback'), { ...calm, active })
    expect('replaces' in decision && decision.replaces).toBe(active)
  })
})

const leavable = ['registered', 'adopted', 'prepared', 'shifting', 'soaking'] as const

describe('an advance', () => {
  const anyGates = fc.array(
    fc.constantFrom('open' as const, 'closed' as const, 'unknown' as const).map((state) => gate('some-gate', state)),
    { maxLength: 6 },
  )

  it('is refused when any gate is not open, with exactly those gates', () => {
    fc.assert(
      fc.property(fc.constantFrom(...leavable), anyGates, (phase, gates) => {
        const decision = decide(workloadIn(states[phase]), request('advance'), { ...calm, gates })
        const shut = gates.filter(({ state }) => state !== 'open')
        if (shut.length === 0) return void expect(outcome(decision)).toBe(idle[phase].advance)
        expect(decision).toMatchObject({ refusal: { code: 'gate-closed', details: { gates: shut } } })
      }),
    )
  })

  it('is refused while there is a hold, and names every holder', () => {
    for (const phase of leavable) {
      const decision = decide(workloadIn(states[phase]), request('advance'), { ...calm, holds: [hold] })
      expect(decision).toMatchObject({ refusal: { code: 'held', details: { holds: [hold] } } })
      expect('refusal' in decision && decision.refusal.message).toMatch(/freeze by operator \(Black Friday\)/)
    }
  })
})

describe('a rollback', () => {
  const legal = ['prepared', 'shifting', 'soaking'] as const

  it('is stopped by no gate and no hold', () => {
    for (const phase of legal) {
      const gates = [gate('green-enough', 'closed'), gate('split-in-effect', 'unknown')]
      expect(ask(phase, 'rollback', { gates, holds: [hold] })).toBe(idle[phase].rollback)
    }
  })

  it('is refused when every target of blue is known to be unhealthy, unless it is forced', () => {
    for (const phase of legal) {
      const ill = { ...calm, blueAllUnhealthy: true }
      expect(outcome(decide(workloadIn(states[phase]), request('rollback'), ill))).toBe('blue-unhealthy')
      expect(outcome(decide(workloadIn(states[phase]), request('rollback', true), ill))).toBe(idle[phase].rollback)
    }
  })

  it('cannot be forced past the point of no return', () => {
    const decision = decide(workloadIn(states.retired), request('rollback', true), calm)
    expect(outcome(decision)).toBe('past-point-of-no-return')
  })
})

/** An operation that ended after its last `up` and before the journal said so is asked for again: nothing is left in its state. */
describe('what was left already', () => {
  it.each([
    ['adopted', 'abandon', home],
    ['prepared', 'abandon', home],
    ['prepared', 'rollback', home],
    ['adopted', 'advance', home],
    ['retired', 'release', moved],
  ] as const)('gets no new switch point: %s, %s', (phase, action, split) => {
    const workload = workloadIn(states[phase], { stage: leftOut(split) })
    const decision = decide(workload, request(action), calm)
    const [first] = 'transition' in decision ? decision.transition.stages : []
    expect(first?.switchPoint).toMatch(/^(left-out|adopted)$/)
  })
})

describe('decide', () => {
  const anyActive = fc.option(
    fc.record({
      id: fc.constant('op-1'),
      action: fc.constantFrom<Action>('plan', 'advance', 'rollback', 'abandon', 'release'),
      since: fc.nat(),
      from: fc.constantFrom(...phaseNames),
      writes: fc.boolean(),
    }),
  )

  const anyCircumstances: fc.Arbitrary<Circumstances> = fc.record({
    now: fc.nat(),
    blueHealthy: fc.nat(),
    holds: fc.constantFrom([], [hold]),
    active: anyActive,
    gates: fc.constantFrom([], [gate('green-enough', 'closed')], [gate('green-enough', 'open')]),
    blueAllUnhealthy: fc.boolean(),
  })

  const anyRequest = fc
    .tuple(fc.constantFrom(...actions), fc.boolean())
    .map(([action, force]) => request(action, force))

  it('either says what to do or refuses with a sentence, whatever is asked of whatever', () => {
    fc.assert(
      fc.property(anyWorkload, anyRequest, anyCircumstances, (workload, asked, circumstances) => {
        const decision = decide(workload, asked, circumstances)
        expect('transition' in decision).not.toBe('refusal' in decision)
        if ('refusal' in decision) expect(decision.refusal.message).not.toBe('')
        else if (asked.action !== 'rollback') expect(circumstances.active).toBeNull()
      }),
    )
  })

  it('takes exactly one step at a time', () => {
    fc.assert(
      fc.property(anyWorkload, (workload) => {
        const decision = decide(workload, { action: 'advance' }, calm)
        if (!('transition' in decision)) return
        const { to } = decision.transition
        const at = workload.state.phase === 'shifting' ? workload.state.step : 0
        const [next] = (workload.entry.steps ?? []).filter((step) => step > at)
        if (to.phase === 'shifting') expect(to.step).toBe(next)
        if (to.phase === 'soaking') expect(next).toBe(100)
      }),
    )
  })
})
