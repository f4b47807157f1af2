import type { Stage } from '../../infra/workloads/kind.ts'
import type { Workload } from '../migration.ts'
import type { Transition } from './phase.ts'

/**
 * The same transition with its stages numbered by the try that they belong to: leaving `prepared` forward begins a new one. What
 * an earlier try has made and AWS still keeps, a deployment for one, is then never taken for this one's.
 */
export function numbered(transition: Transition, { state, stage }: Pick<Workload, 'state' | 'stage'>): Transition {
  const begins = state.phase === 'prepared' && ['shifting', 'soaking'].includes(transition.to.phase)
  const attempt = (stage?.attempt ?? 0) + (begins ? 1 : 0)
  return { ...transition, stages: transition.stages.map((one): Stage => ({ ...one, attempt })) }
}
