import { describe, expect, it } from 'vitest'
import { numbered } from '../../automation/phases/attempt.ts'
import { phaseOf } from '../../automation/phases/phases.ts'
import * as stages from '../../automation/phases/stages.ts'
import type { Transition } from '../../automation/phases/phase.ts'
import { states, workloadIn } from './fixture.ts'

const moment = { now: 0, blueHealthy: 3 }

function forward(phase: keyof typeof states, attempt: number): number[] {
  const workload = { ...workloadIn(states[phase]), stage: { ...stages.prepared, attempt } }
  const way = phaseOf(states[phase]).forward as (...of: unknown[]) => Transition
  return numbered(way(states[phase], workload, moment), workload).stages.map((stage) => stage.attempt)
}

describe('the number of a try', () => {
  it('is one more each time prepared is left forward', () => {
    expect(forward('prepared', 0)).toEqual([1])
    expect(forward('prepared', 3)).toEqual([4])
  })

  it('stays the same for the whole of it', () => {
    expect(forward('shifting', 2)).toEqual([2])
    expect(forward('soaking', 2)).toEqual([2])
    expect(forward('adopted', 2)).toEqual([2])
  })

  it('is 0 before the first', () => {
    const workload = workloadIn(states.registered)
    const to = { stages: [stages.adopted], to: states.adopted }
    expect(numbered(to, { ...workload, stage: null }).stages.map(({ attempt }) => attempt)).toEqual([0])
  })

  it('is kept on the way back, so that the next try is never taken for this one', () => {
    const workload = { ...workloadIn(states.soaking), stage: { ...stages.soaking, attempt: 5 } }
    const back = phaseOf(states.soaking).rollback as (...of: unknown[]) => Transition
    expect(numbered(back(states.soaking, workload, moment), workload).stages.map(({ attempt }) => attempt)).toEqual([5])
  })
})
