import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { known, unknown, type Facts, type GateAnswer, type Need } from '../../../automation/gates/gate.ts'
import { askGates, gates, needsOf, type GateName } from '../../../automation/gates/gates.ts'
import { neededTargets } from '../../../automation/gates/green-enough.ts'
import type { SideHealth } from '../../../infra/workloads/kind.ts'
import { home, moved, splitFor } from '../../../infra/traffic.ts'
import * as stages from '../../../automation/phases/stages.ts'
import { wantedSplits } from '../../../automation/phases/wanted.ts'
import { entry, states, workloadIn } from '../fixture.ts'

const side = (change: Partial<SideHealth> = {}): SideHealth => ({
  healthy: 4,
  unhealthy: 0,
  initial: 0,
  draining: 0,
  unused: 0,
  zones: { a: 2, b: 2 },
  ...change,
})

const confirmation = { by: 'operator', reason: 'curl said so', at: 0 }

/** A workload in `shifting` at 10 % of which everything is as it should be. */
const good: Facts = {
  workload: workloadIn(states.shifting),
  state: states.shifting,
  nextShare: 50,
  secondsInState: 301,
  grain: 'percent',
  wanted: [splitFor(10)],
  split: known(splitFor(10)),
  health: known({ blue: side(), green: side() }),
  greenEndpoints: known(4),
  testRoute: known({ leadsToGreenAlone: true, answers: 3, asExpected: 3, lastFault: null }),
  strangers: known([]),
  obstacles: known([]),
  blueTraffic: known({ requests: 0, minutes: 5 }),
  confirmation,
  crossZone: true,
  changeTime: { open: true, until: null },
  lingerSeconds: 60,
}

const ask = (name: GateName, change: Partial<Facts> = {}): GateAnswer => gates[name].ask({ ...good, ...change })

const names = Object.keys(gates) as GateName[]

describe('every gate', () => {
  const ready: Partial<Facts> = { secondsInState: 24 * 3600 }

  it.each(names)('%s is open when everything is as it should be', (name) => {
    expect(ask(name, ready)).toMatchObject({ state: 'open' })
  })

  it.each(names.flatMap((name) => gates[name].needs.map((need): [GateName, Need] => [name, need])))(
    '%s is unknown, and so not open, when %s could not be read',
    (name, need) => {
      const answer = ask(name, { ...ready, [need]: unknown('AWS throttled') })
      expect(answer.state).toBe('unknown')
      expect(answer.sentence).toContain('AWS throttled')
    },
  )

  it('looks at nothing but what it says that it needs', () => {
    for (const name of names) {
      const others = (['split', 'health', 'greenEndpoints', 'testRoute', 'strangers'] as const).filter(
        (need) => !gates[name].needs.some((own) => own === need),
      )
      const hidden = Object.fromEntries(others.map((need) => [need, unknown('not read')]))
      expect(ask(name, { ...ready, ...hidden })).toEqual(ask(name, ready))
    }
  })

  it('is asked by name, and its needs are read once', () => {
    expect(askGates(['green-ready', 'groups-apart'], good).map(({ name }) => name)).toEqual([
      'green-ready',
      'groups-apart',
    ])
    expect(needsOf(['green-enough', 'split-in-effect', 'bake-elapsed'])).toEqual(new Set(['health', 'split']))
  })
})

describe('green-enough', () => {
  const health = (green: SideHealth | null, blue = side()): Partial<Facts> => ({ health: known({ blue, green }) })

  it('is open exactly when green has what its next share needs, and none is still registering', () => {
    const counts = fc.record({
      healthy: fc.integer({ min: 0, max: 20 }),
      initial: fc.constantFrom(0, 0, 0, 1),
      blueAtHome: fc.integer({ min: 1, max: 20 }),
      nextShare: fc.integer({ min: 1, max: 100 }),
      capacity: fc.constantFrom(0.5, 1, 1.5),
    })
    fc.assert(
      fc.property(counts, ({ healthy, initial, blueAtHome, nextShare, capacity }) => {
        const state = { ...states.shifting, blueAtHome }
        const workload = workloadIn(state, { entry: { ...entry, capacity } })
        const answer = ask('green-enough', { ...health(side({ healthy, initial })), state, workload, nextShare })
        const needed = Math.max(1, Math.ceil((blueAtHome * nextShare * capacity) / 100))
        expect(answer.state).toBe(initial === 0 && healthy >= needed ? 'open' : 'closed')
        expect(answer.numbers).toEqual({ healthy, needed, initial, blueAtHome })
      }),
    )
  })

  it('measures by blue as it is now until green gets traffic, then as it was at home', () => {
    const state = states.prepared
    const blue = side({ healthy: 9 })
    expect(ask('green-enough', { ...health(side(), blue), state }).numbers).toMatchObject({ blueAtHome: 9 })
    expect(ask('green-enough', health(side(), blue)).numbers).toMatchObject({ blueAtHome: 4 })
  })

  it('never needs less than one target, and never less for a larger share', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(100), fc.nat(100), (atHome, a, b) => {
        expect(neededTargets(atHome, a)).toBeGreaterThanOrEqual(1)
        if (a <= b) expect(neededTargets(atHome, a)).toBeLessThanOrEqual(neededTargets(atHome, b))
      }),
    )
  })

  it('is closed when there is nothing to measure green by, and when green has no target group', () => {
    const state = states.prepared
    expect(ask('green-enough', { ...health(side(), side({ healthy: 0 })), state }).state).toBe('closed')
    expect(ask('green-enough', health(null)).state).toBe('closed')
  })

  it('wants a target in every zone of blue where zones do not help each other', () => {
    const oneZone = { ...health(side({ zones: { a: 4 } })), crossZone: false }
    expect(ask('green-enough', oneZone)).toMatchObject({ state: 'closed', sentence: expect.stringMatching(/in b, /) })
    expect(ask('green-enough', { ...oneZone, crossZone: true }).state).toBe('open')
    const empty = { ...health(side({ zones: { a: 4 } }), side({ zones: { a: 4, b: 0 } })), crossZone: false }
    expect(ask('green-enough', empty).state).toBe('open')
  })
})

describe('split-in-effect', () => {
  it('is open only for the split of the phase', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), (green) => {
        const answer = ask('split-in-effect', { split: known(splitFor(green)) })
        expect(answer.state).toBe(green === 10 ? 'open' : 'closed')
        expect(answer.numbers).toEqual({ green })
      }),
    )
  })

  it('takes the split that an operation was about to set as well, while that is unsettled', () => {
    const begun = { stage: stages.shifting(50), unsettled: true }
    const at50 = { split: known(splitFor(50)) }
    const wanted = wantedSplits(workloadIn(states.shifting, begun))
    expect(ask('split-in-effect', { ...at50, wanted }).state).toBe('open')
    const settled = wantedSplits(workloadIn(states.shifting, { ...begun, unsettled: false }))
    expect(ask('split-in-effect', { ...at50, wanted: settled }).state).toBe('closed')
  })

  it('is closed when somebody else gets the traffic', () => {
    expect(ask('split-in-effect', { split: known(null) }).state).toBe('closed')
  })

  it.each([
    ['prepared', home],
    ['soaking', moved],
  ] as const)('wants in %s what the phase stands for', (phase, split) => {
    const wanted = wantedSplits(workloadIn(states[phase]))
    expect(ask('split-in-effect', { wanted, split: known(split) }).state).toBe('open')
  })
})

describe('green-answers', () => {
  const reading = (change: object): Partial<Facts> => ({
    testRoute: known({ leadsToGreenAlone: true, answers: 3, asExpected: 3, lastFault: null, ...change }),
  })

  it.each([
    ['one of three answers is wrong', { asExpected: 2, lastFault: 'status 500 instead of 200' }, /status 500/],
    ['nobody answered', { answers: 0, asExpected: 0 }, /no answer/],
    ['the route leads elsewhere as well', { leadsToGreenAlone: false }, /does not lead to green's target group alone/],
  ])('is closed when %s', (_what, change, sentence) => {
    expect(ask('green-answers', reading(change))).toMatchObject({
      state: 'closed',
      sentence: expect.stringMatching(sentence),
    })
  })

  it('asks a person where there is no route', () => {
    const none = reading({ none: 'no priority is free', leadsToGreenAlone: false })
    expect(ask('green-answers', { ...none, confirmation: null }).state).toBe('closed')
    expect(ask('green-answers', none).sentence).toBe('operator confirmed that green answers: curl said so')
  })

  it('takes no confirmation for an answer where there is a route', () => {
    expect(ask('green-answers', { ...reading({ asExpected: 0 }), confirmation }).state).toBe('closed')
  })
})

describe.each([
  ['bake-elapsed', 300],
  ['soak-elapsed', 24 * 3600],
  ['blue-settled', 60],
] as const)('%s', (name, neededSeconds) => {
  it('opens when its time has passed and not before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 * neededSeconds }), (seconds) => {
        const answer = ask(name, { secondsInState: seconds })
        expect(answer.state).toBe(seconds >= neededSeconds ? 'open' : 'closed')
        expect(answer.numbers).toEqual({ seconds, neededSeconds })
      }),
    )
  })

  it('is unknown when its beginning is', () => expect(ask(name, { secondsInState: null }).state).toBe('unknown'))
})

describe('the rest', () => {
  it('green-ready is closed without a ready endpoint', () => {
    expect(ask('green-ready', { greenEndpoints: known(0) })).toMatchObject({ state: 'closed', numbers: { ready: 0 } })
    expect(ask('green-ready', { greenEndpoints: known(1) }).sentence).toMatch(/1 ready endpoint in/)
  })

  it("groups-apart is closed and names who binds blue's group", () => {
    expect(ask('groups-apart', { strangers: known(['shop/search', 'shop/other']) })).toMatchObject({
      state: 'closed',
      sentence: expect.stringContaining('shop/search, shop/other'),
      numbers: { bindings: 2 },
    })
  })

  it('way-clear is closed and says everything that is in the way', () => {
    const sentences = ['a canary is on; remove it', 'an edit is not deployed; deploy it']
    expect(ask('way-clear', { obstacles: known(sentences) })).toMatchObject({
      state: 'closed',
      sentence: sentences.join('; '),
      numbers: { obstacles: 2 },
    })
  })

  it('blue-idle is closed while something is counted for blue', () => {
    expect(ask('blue-idle', { blueTraffic: known({ requests: 3, minutes: 5 }) })).toMatchObject({
      state: 'closed',
      sentence: '3 requests came to blue in the last 5 minutes counted',
      numbers: { requests: 3, minutes: 5 },
    })
  })

  it('blue-idle leaves it to time and a person where blue cannot be told apart, and says so', () => {
    const answer = ask('blue-idle', { blueTraffic: known({ none: 'two services share it' }) })
    expect(answer).toMatchObject({ state: 'open', sentence: expect.stringContaining('two services share it') })
  })

  it('person-confirms is closed until one has', () => {
    expect(ask('person-confirms', { confirmation: null }).state).toBe('closed')
    expect(ask('person-confirms').sentence).toBe('operator confirmed: curl said so')
  })
})
