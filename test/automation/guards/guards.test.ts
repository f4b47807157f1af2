import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { known, unknown } from '../../../automation/gates/gate.ts'
import { greenErrors } from '../../../automation/guards/green-errors.ts'
import { greenTargets } from '../../../automation/guards/green-targets.ts'
import type { GuardFacts, Reading } from '../../../automation/guards/guard.ts'
import { calmCounts, readingsToFire, watch, type Firing } from '../../../automation/guards/watch.ts'
import { splitFor } from '../../../infra/traffic.ts'
import type { SideHealth } from '../../../infra/workloads/kind.ts'

const side = (healthy: number): SideHealth => ({ healthy, unhealthy: 0, initial: 0, draining: 0, unused: 0, zones: {} })

const health = (blue: number, green: number) => known({ blue: side(blue), green: side(green) })

const fine: Reading = {
  at: 0,
  split: known(splitFor(50)),
  health: health(4, 4),
  probes: { blue: { answers: 4, faults: 0 }, green: { answers: 4, faults: 0 } },
}

const facts = (change: Partial<Reading> = {}, blueAtHome = 4, capacity = 1): GuardFacts => ({
  reading: { ...fine, ...change },
  blueAtHome,
  capacity,
  grain: 'percent',
})

const sick: Partial<Reading> = { health: health(4, 0) }
const throttled: Partial<Reading> = { health: unknown('Throttling: Rate exceeded') }
const restarting: Partial<Reading> = { health: health(4, 1) }
const faulty: Partial<Reading> = { probes: { blue: { answers: 4, faults: 0 }, green: { answers: 4, faults: 4 } } }

/** The guards that fire over a series of readings, each with the reading's place in it. */
function firings(series: readonly Partial<Reading>[]): [number, Firing['guard']][] {
  const fired: [number, Firing['guard']][] = []
  let counts = calmCounts
  for (const [at, change] of series.entries()) {
    const after = watch(counts, facts(change))
    counts = after.fires ? calmCounts : after.counts
    if (after.fires) fired.push([at, after.fires.guard])
  }
  return fired
}

describe('green-targets', () => {
  it('is calm when blue had no target to begin with', () => {
    expect(greenTargets.look(facts({ health: health(0, 0) }, 0)).state).toBe('calm')
  })

  const anyCount = fc.integer({ min: 0, max: 12 })
  const anyCase = fc.record({
    blue: anyCount,
    green: anyCount,
    atHome: fc.integer({ min: 1, max: 12 }),
    share: fc.integer({ min: 0, max: 100 }),
    capacity: fc.constantFrom(0.5, 1, 1.5),
  })

  it('is never alarmed while green lacks at most one target, nor without traffic on green', () => {
    fc.assert(
      fc.property(anyCase, ({ blue, green, atHome, share, capacity }) => {
        const reading = { split: known(splitFor(share)), health: health(blue, green) }
        const { state } = greenTargets.look(facts(reading, atHome, capacity))
        const needed = Math.max(1, Math.ceil((atHome * share * capacity) / 100))
        if (share === 0 || (green > 0 && green >= needed - 1)) expect(state).toBe('calm')
      }),
    )
  })

  it('is never alarmed when blue is no healthier, measured by what each side needs', () => {
    fc.assert(
      fc.property(anyCase, ({ blue, green, atHome, share, capacity }) => {
        const reading = { split: known(splitFor(share)), health: health(blue, green) }
        const { state } = greenTargets.look(facts(reading, atHome, capacity))
        const needed = Math.max(1, Math.ceil((atHome * share * capacity) / 100))
        if (blue / atHome <= green / needed) expect(state).toBe('calm')
      }),
    )
  })

  it('is alarmed with its numbers when green has lost what it needs and blue has not', () => {
    const answer = greenTargets.look(facts({ ...sick, split: known(splitFor(100)) }))
    expect(answer).toMatchObject({ state: 'alarmed', numbers: { healthy: 0, needed: 4, share: 100 } })
  })

  it('is alarmed when the only target that a small share needs is gone', () => {
    expect(greenTargets.look(facts({ ...sick, split: known(splitFor(10)) })).state).toBe('alarmed')
  })

  describe('where the nodes of both clusters are in one group', () => {
    const look = (share: number, green: Partial<SideHealth>): string => {
      const both = known({ blue: side(4), green: { ...side(0), ...green } })
      return greenTargets.look({ ...facts({ split: known(splitFor(share)), health: both }), grain: 'by-targets' }).state
    }

    it('knows nothing of nodes that nobody has checked yet, because none of them is asked', () => {
      expect(look(1, { initial: 2 })).toBe('unknown')
      expect(look(1, { initial: 1, unhealthy: 1 })).toBe('unknown')
    })

    it('is alarmed once they have been checked and none is healthy', () => {
      expect(look(1, { unhealthy: 2 })).toBe('alarmed')
    })

    it('is alarmed when green has all traffic and its nodes are new', () => {
      expect(look(100, { initial: 4 })).toBe('alarmed')
    })

    it('waits for no check where weights send traffic to whoever is in the group', () => {
      const both = known({ blue: side(4), green: { ...side(0), initial: 4 } })
      expect(greenTargets.look(facts({ split: known(splitFor(50)), health: both })).state).toBe('alarmed')
    })
  })

  it('knows nothing without the split or the health', () => {
    expect(greenTargets.look(facts(throttled)).state).toBe('unknown')
    expect(greenTargets.look(facts({ ...sick, split: unknown('Throttling') })).state).toBe('unknown')
  })
})

describe('green-errors', () => {
  const tally = fc.nat(6).chain((answers) => fc.nat(answers).map((faults) => ({ answers, faults })))
  const ratio = ({ answers, faults }: { answers: number; faults: number }) => (answers === 0 ? 0 : faults / answers)

  it('is alarmed exactly when half of the answers of green are faulty and blue is better', () => {
    fc.assert(
      fc.property(tally, tally, (blue, green) => {
        const { state } = greenErrors.look(facts({ probes: { blue, green } }))
        if (green.answers < 2) return void expect(state).toBe('unknown')
        expect(state).toBe(ratio(green) >= 0.5 && ratio(green) > ratio(blue) ? 'alarmed' : 'calm')
      }),
    )
  })

  it('is calm when blue could not serve', () => {
    expect(greenErrors.look(facts({ ...faulty, health: health(0, 4) })).state).toBe('calm')
  })

  it('says what was wrong, so that a person knows where to look', () => {
    const green = { answers: 4, faults: 4, lastFault: 'status 503 instead of 200' }
    const { sentence } = greenErrors.look(facts({ probes: { blue: { answers: 0, faults: 0 }, green } }))
    expect(sentence).toBe('4 of 4 answers of green were faulty, 0 of 0 of blue; the last: status 503 instead of 200')
  })

  it('tells both sides apart in its numbers', () => {
    expect(greenErrors.look(facts(faulty))).toMatchObject({ numbers: { faults: 4, answers: 4, blueFaults: 0 } })
  })
})

describe('a watch', () => {
  it('fires after three alarmed readings in a row, and names the guard', () => {
    expect(firings([sick, sick])).toEqual([])
    expect(firings([{}, sick, sick, sick])).toEqual([[3, 'green-targets']])
    expect(firings([faulty, faulty, faulty])).toEqual([[2, 'green-errors']])
  })

  it('begins to count anew after a calm reading', () => {
    expect(firings([sick, sick, {}, sick, sick])).toEqual([])
  })

  it('neither counts nor forgets an unknown reading', () => {
    expect(firings([sick, throttled, sick, throttled, throttled])).toEqual([])
    expect(firings([sick, throttled, sick, throttled, sick])).toEqual([[4, 'green-targets']])
  })

  it('is never fired by throttling, however long it lasts', () => {
    expect(firings(Array.from({ length: 20 }, () => throttled))).toEqual([])
  })

  it('is never fired by one throttled reading or one restarting pod among calm ones', () => {
    expect(firings([{}, throttled, {}, restarting, restarting, restarting, restarting, {}])).toEqual([])
  })

  it('never fires when blue is as ill as green', () => {
    expect(firings(Array.from({ length: 9 }, () => ({ health: health(0, 0) })))).toEqual([])
  })

  it('does not add up what two guards saw', () => {
    expect(firings([sick, faulty, sick, faulty, sick, faulty])).toEqual([])
  })

  it('fires only where the last readings that said something were three alarms of one guard', () => {
    const kinds = { sick, calm: {}, throttled }
    const anySeries = fc.array(fc.constantFrom('sick' as const, 'calm' as const, 'throttled' as const), {
      maxLength: 12,
    })
    fc.assert(
      fc.property(anySeries, (series) => {
        const fired = firings(series.map((kind) => kinds[kind]))
        let inARow = 0
        const expected: number[] = []
        for (const [at, kind] of series.entries()) {
          if (kind === 'calm') inARow = 0
          if (kind === 'sick') inARow += 1
          if (kind !== 'sick' || inARow < readingsToFire) continue
          expected.push(at)
          inARow = 0
        }
        expect(fired.map(([at]) => at)).toEqual(expected)
      }),
    )
  })
})
