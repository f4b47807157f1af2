import type { Split } from '../../infra/traffic.ts'
import { stepsOf } from '../inventory.ts'
import type { Confirmation, Instant, Workload } from '../migration.ts'
import type { Transition } from './phase.ts'
import * as stages from './stages.ts'

export const firstStep = (workload: Workload): number => nextStep(workload, 0)

/** The step after `share`. Steps rise strictly and end in 100, so there is one after every share below 100. */
export const nextStep = (workload: Workload, share: number): number =>
  stepsOf(workload.entry).find((step) => step > share) ?? 100

/**
 * The transition that gives green `step` percent. The step 100 is soaking; the test route goes before it, in a run of its own. Where
 * an operation broke off after that run it is not made again: it would take the split back to where it came from.
 */
export function stepTo(
  step: number,
  from: Split,
  { stage, unsettled }: Pick<Workload, 'stage' | 'unsettled'>,
  { blueAtHome, now, confirmation }: StepMoment,
): Transition {
  if (step < 100) {
    return { stages: [stages.shifting(step)], to: { phase: 'shifting', step, since: now, blueAtHome, confirmation } }
  }
  const routeIsGone = unsettled && stage?.name === 'soaking'
  return {
    stages: [...(routeIsGone ? [] : [stages.withoutTestRoute(from)]), stages.soaking],
    to: { phase: 'soaking', since: now, blueAtHome, confirmation: null },
  }
}

interface StepMoment {
  readonly blueAtHome: number
  readonly now: Instant
  /** That green answers, as a person said where nothing can ask it; it holds for every step but the last. */
  readonly confirmation: Confirmation | null
}
