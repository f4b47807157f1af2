import fc from 'fast-check'
import type { Split } from '../../infra/traffic.ts'
import { splitFor } from '../../infra/traffic.ts'
import type { Stage } from '../../infra/workloads/kind.ts'
import * as stages from '../../automation/phases/stages.ts'

/** A migration's or a workload's name, as an inventory may say it. */
export const anyName = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/)

export const anySplit: fc.Arbitrary<Split> = fc.integer({ min: 0, max: 100 }).map(splitFor)

const stepSplit = fc.integer({ min: 1, max: 99 })

/** Every stage that the table of phases is made of. */
export const anyStage: fc.Arbitrary<Stage> = fc.oneof(
  fc.constantFrom(stages.adopted, stages.prepared, stages.soaking, stages.retired, stages.restored, stages.unprotected),
  stepSplit.map(stages.shifting),
  anySplit.map(stages.withoutTestRoute),
  anySplit.map(stages.leftOut),
)

/** One of each, for tests that build resources, which takes a while. */
export const everyStage: readonly Stage[] = [
  stages.adopted,
  stages.prepared,
  stages.shifting(10),
  stages.withoutTestRoute(splitFor(50)),
  stages.soaking,
  stages.retired,
  stages.restored,
  stages.unprotected,
  stages.leftOut(splitFor(0)),
]
