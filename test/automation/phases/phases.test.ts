import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gates } from '../../../automation/gates/gates.ts'
import type { State, Workload } from '../../../automation/migration.ts'
import type { Moment, Phase, Transition } from '../../../automation/phases/phase.ts'
import { phaseOf, phases } from '../../../automation/phases/phases.ts'
import { soaking, withoutTestRoute } from '../../../automation/phases/stages.ts'
import { home, moved, sameSplit } from '../../../infra/traffic.ts'
import { plan } from '../../../infra/workloads/alb/plan.ts'
import type { Stage } from '../../../infra/workloads/kind.ts'
import { site } from '../../infra/workloads/alb/fixture.ts'
import { anySteps, anyWorkload, entry, phaseNames, states, workloadIn } from '../fixture.ts'

const moment: Moment = { now: 1000, blueHealthy: 4 }

const ways = ['forward', 'rollback', 'undo', 'abandon', 'release'] as const

const take = (workload: Workload, way: Phase[(typeof ways)[number]]): Transition | null =>
  typeof way === 'function' ? way(workload.state, workload, moment) : null

const taken = (workload: Workload, name: (typeof ways)[number]): Transition | null =>
  take(workload, phaseOf(workload.state)[name])

const splitOf = (state: State) => phaseOf(state).split(state)

const forEvery = (name: (typeof ways)[number], look: (transition: Transition, workload: Workload) => void): void => {
  let seen = 0
  fc.assert(
    fc.property(anyWorkload, (workload) => {
      const transition = taken(workload, name)
      if (!transition) return
      seen += 1
      look(transition, workload)
    }),
  )
  expect(seen).toBeGreaterThan(0)
}

describe('the table of phases', () => {
  it.each(phaseNames)('knows %s by its own name, with what is true in it and gates that exist', (name) => {
    const phase = phases[name]
    expect(phase.name).toBe(name)
    expect(phase.truth).not.toBe('')
    for (const one of phase.gates) expect(Object.keys(gates)).toContain(one)
  })

  it('watches by guards exactly where green has traffic', () => {
    for (const name of phaseNames) {
      const shares = splitOf(states[name]).green > 0 && !['retired', 'released'].includes(name)
      expect(phases[name].watched === 'gates and guards').toBe(shares)
    }
  })
})

describe('every way forward', () => {
  it('ends with the split of the phase that it leads to, and gives green no more than that on the way', () => {
    forEvery('forward', ({ stages, to }) => {
      const target = splitOf(to)
      for (const { split } of stages) expect(split.green).toBeLessThanOrEqual(target.green)
      expect(stages.at(-1)?.split).toEqual(target)
    })
  })

  it('takes nothing from green on the way', () => {
    forEvery('forward', ({ stages }, { state }) => {
      for (const { split } of stages) expect(split.green).toBeGreaterThanOrEqual(splitOf(state).green)
    })
  })

  it('removes the test route in a run of its own before green gets everything, and has it while green has less', () => {
    forEvery('forward', ({ stages, to }, { state }) => {
      for (const stage of stages) if (sameSplit(stage.split, moved)) expect(stage.testRoute).toBe(false)
      if (to.phase === 'prepared' || to.phase === 'shifting') expect(stages.at(-1)?.testRoute).toBe(true)
      if (to.phase !== 'soaking') return
      expect(stages).toHaveLength(2)
      expect(stages[0]).toMatchObject({ testRoute: false, green: 'present', split: splitOf(state) })
    })
  })

  it('goes on with the last step where that broke off, and does not make the run before it again: that would go back', () => {
    forEvery('forward', ({ stages, to }, workload) => {
      if (to.phase !== 'soaking') return
      const again = (stage: Stage) => taken({ ...workload, stage, unsettled: true }, 'forward')?.stages
      expect(again(soaking)).toEqual([soaking])
      expect(again(withoutTestRoute(splitOf(workload.state)))).toEqual(stages)
    })
  })

  it('protects everything from soaking on', () => {
    forEvery('forward', ({ stages, to }) => {
      const guarded = to.phase === 'soaking' || to.phase === 'retired'
      expect(stages.at(-1)?.keep).toBe(guarded ? 'protected' : 'nothing')
    })
  })

  it("keeps a person's word that green answers for every step but the last, which asks for another", () => {
    forEvery('forward', ({ to }, { state }) => {
      if (to.phase === 'shifting') expect(to.confirmation).toBe('confirmation' in state ? state.confirmation : null)
      if (to.phase === 'prepared' || to.phase === 'soaking') expect(to.confirmation).toBeNull()
    })
  })

  it('remembers how many targets blue had while it had everything', () => {
    forEvery('forward', ({ to }, { state }) => {
      if (!('blueAtHome' in to)) return
      expect(to.blueAtHome).toBe('blueAtHome' in state ? state.blueAtHome : moment.blueHealthy)
    })
  })
})

describe('every way back', () => {
  it.each(['rollback', 'undo', 'abandon'] as const)('%s begins and ends at home', (name) => {
    forEvery(name, ({ stages, to }) => {
      for (const { split } of stages) expect(split).toEqual(home)
      expect(splitOf(to)).toEqual(home)
    })
  })

  it('loses every confirmation', () => {
    forEvery('rollback', ({ to }) => {
      if ('confirmation' in to) expect(to.confirmation).toBeNull()
    })
  })
})

describe('every transition', () => {
  it.each(ways)('%s has stages that a kind can plan, none of which sends traffic to a green that is absent', (name) => {
    forEvery(name, ({ stages }) => {
      for (const stage of stages) {
        if (stage.switchPoint !== 'left-out' && stage.split.green > 0) expect(stage.green).toBe('present')
        expect(() => plan(site, stage)).not.toThrow()
      }
    })
  })

  it('deletes nothing of green in the run that changes the switch, but where the switch is as found', () => {
    for (const name of ways)
      forEvery(name, ({ stages }) => {
        for (const stage of stages)
          if (stage.green === 'absent' && stage.switchPoint === 'owned') expect(stage.name).toBe('restored')
      })
  })
})

describe('a whole migration', () => {
  it('passes each step once, in order, then soaks, and ends released', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const seen: (string | number)[] = []
        let workload = workloadIn(states.registered, { entry: { ...entry, steps } })
        for (let turns = 0; turns < 20; turns += 1) {
          const transition = taken(workload, workload.state.phase === 'retired' ? 'release' : 'forward')
          if (!transition) break
          const { to, stages } = transition
          seen.push(to.phase === 'shifting' ? to.step : to.phase)
          workload = workloadIn(to, { entry: workload.entry, stage: stages.at(-1) ?? null })
        }
        const shifts = steps.filter((step) => step < 100)
        expect(seen).toEqual(['adopted', 'prepared', ...shifts, 'soaking', 'retired', 'released'])
      }),
    )
  })

  it('goes on with the next higher step when the steps were changed on the way', () => {
    fc.assert(
      fc.property(anySteps, fc.integer({ min: 1, max: 99 }), (steps, step) => {
        const workload = workloadIn({ ...states.shifting, step }, { entry: { ...entry, steps } })
        expect(splitOf(taken(workload, 'forward')?.to ?? workload.state).green).toBeGreaterThan(step)
      }),
    )
  })
})

describe('abandoning', () => {
  it('touches nothing that was never touched', () => {
    expect(taken(workloadIn(states.registered), 'abandon')?.stages).toEqual([])
  })

  it('restores the switch point unless it is only adopted', () => {
    const stagesFrom = (name: 'adopted' | 'prepared') => {
      const stage = { name, split: home } as NonNullable<Workload['stage']>
      return taken(workloadIn(states.adopted, { stage }), 'abandon')?.stages.map((one) => one.name)
    }
    expect(stagesFrom('adopted')).toEqual(['left-out'])
    expect(stagesFrom('prepared')).toEqual(['restored', 'left-out'])
  })
})
