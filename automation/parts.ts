import { home } from '../infra/traffic.ts'
import type { Stage } from '../infra/workloads/kind.ts'
import type { Execution } from './execution.ts'
import type { Transition } from './phases/phase.ts'

/** Every `up` of a transition, in order: its stages, each after the parts that the kind needs on the way to it. */
export function partsOf(execution: Execution, { stages }: Transition): readonly Stage[] {
  if (stages.length === 0) return []
  const { kind, site, workload, operation } = execution
  const all: Stage[] = []
  let before = operation.action === 'rollback' ? flippedHome(workload.stage) : workload.stage
  for (const stage of stages) {
    all.push(...kind.parts(site, stage, before))
    before = stage
  }
  return all
}

/** A rollback has moved the traffic before its first `up`, so no part has to move it once more. */
const flippedHome = (stage: Stage | null): Stage | null => stage && { ...stage, split: home, part: null }
