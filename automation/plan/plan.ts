import type { Split } from '../../infra/traffic.ts'
import type { Json, Site, Stage, SwitchPoint } from '../../infra/workloads/kind.ts'
import { kindOf } from '../../infra/workloads/kinds.ts'
import type { EngineStep } from '../engine/engine.ts'
import { sha256 } from '../digest.ts'
import { canonical } from '../same-json.ts'
import type { PhaseName, State, Workload } from '../migration.ts'
import type { Moment, Transition } from '../phases/phase.ts'
import { phaseOf } from '../phases/phases.ts'
import type { StageDiff } from './diff.ts'

/** What an advance would do, bound to what it was made from. The result of a plan operation. */
export interface Plan {
  /** An advance that names it is refused once the workload or its switch point is not what it was. */
  readonly hash: string
  readonly from: PhaseName
  readonly to: PhaseName
  readonly split: { readonly from: Split; readonly to: Split }
  readonly stages: readonly StageDiff[]
  readonly wayBack: WayBack
}

/** How to undo it once it is done. */
export interface WayBack {
  readonly action: 'rollback' | 'abandon' | 'none'
  readonly to: PhaseName | null
  readonly split: Split | null
  readonly sentence: string
}

/** What a plan stands on; when any of it differs, the plan is stale. */
export interface Basis {
  readonly revision: number
  readonly stages: readonly Stage[]
  readonly switchPoint: SwitchPoint
}

/** The same for the same basis and steps, whatever the order of keys. */
export function hashOf(basis: Basis, steps: readonly (readonly EngineStep[])[]): string {
  const essence = steps.map((of) => of.map(({ urn, op, changes }) => ({ urn, op, changes })))
  return `plan-${digest({ basis, steps: essence } as unknown as Json).slice(0, 24)}`
}

export const basisDigest = (basis: Basis): string => digest(basis as unknown as Json)

const digest = (value: Json): string => sha256(canonical(value))

/** The way back from where a transition ends. */
export function wayBackFrom({ to }: Transition, workload: Workload, site: Site, moment: Moment): WayBack {
  const phase = phaseOf(to)
  const after: Workload = { ...workload, state: to }
  for (const action of ['rollback', 'abandon'] as const) {
    const way = phase[action]
    if (typeof way !== 'function') continue
    const back = way(to, after, moment)
    const split = phaseOf(back.to).split(back.to)
    return { action, to: back.to.phase, split, sentence: sentenceFor(action, back.to, workload, site, split) }
  }
  const because = typeof phase.rollback === 'function' ? '' : phase.rollback.because
  return { action: 'none', to: null, split: null, sentence: `there is no way back: ${because}` }
}

function sentenceFor(action: 'rollback' | 'abandon', to: State, workload: Workload, site: Site, split: Split): string {
  if (action === 'abandon') return 'abandon leaves the switch point as it was found and forgets it'
  const lingers = kindOf(workload.kind).lingers(site, split)
  return `rollback writes the split home straight to AWS, without Pulumi, and then reconciles to ${to.phase}; ${lingers.sentence}`
}
