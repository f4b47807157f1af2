import type { Execution } from './execution.ts'
import { diffOf, type StageDiff } from './plan/diff.ts'
import { basisDigest, hashOf, wayBackFrom, type Basis, type Plan } from './plan/plan.ts'
import type { EngineStep } from './engine/engine.ts'
import type { Moment, Transition } from './phases/phase.ts'
import { phaseOf } from './phases/phases.ts'
import { partsOf } from './parts.ts'
import { createStack, previewChecked } from './stage-runs.ts'

/** The result of a plan operation, with what tells whether it still holds. */
export interface MadePlan extends Plan {
  readonly basis: string
}

/**
 * Previews every stage of a transition against what is there now, checks the invariants, and binds the result to what it was made
 * from. A preview takes no lock and writes nothing but its own config file.
 */
export async function makePlan(execution: Execution, transition: Transition, moment: Moment): Promise<MadePlan> {
  const { workload, site, kind } = execution
  await createStack(execution)
  const basis = await basisOf(execution, transition)
  const previews: (readonly EngineStep[])[] = []
  const diffs: StageDiff[] = []
  let split = phaseOf(workload.state).split(workload.state)
  const from = split
  for (const stage of partsOf(execution, transition)) {
    const configFile = await execution.writeConfig(stage, { beside: 'planned' })
    const steps = await previewChecked(execution, stage, configFile)
    previews.push(steps)
    const diff = diffOf(stage, split, steps, kind.switchResources(site), kind.partWords)
    diffs.push({ ...diff, lines: [...diff.lines, ...(kind.completion?.(site, stage) ?? [])] })
    split = stage.split
  }
  return {
    hash: hashOf(basis, previews),
    basis: basisDigest(basis),
    from: workload.state.phase,
    to: transition.to.phase,
    split: { from, to: split },
    stages: diffs,
    wayBack: wayBackFrom(transition, workload, site, moment),
  }
}

/** What a plan stands on, read now. */
export async function basisOf(execution: Execution, transition: Transition): Promise<Basis> {
  const switchPoint = await execution.kind.observe.switchPoint(execution.site, execution.aws)
  return { revision: execution.workload.revision, stages: transition.stages, switchPoint }
}
