import { home } from '../../infra/traffic.ts'
import type { Stage } from '../../infra/workloads/kind.ts'
import { noWay, type Phase } from './phase.ts'
import * as stages from './stages.ts'

/**
 * The switch point is in our state, unchanged, proven twice: by the preview and by what AWS describes. All traffic is on blue.
 * Dying on the way in: an import writes nothing to AWS. Dying on the way out: green's side may exist in part; the next advance
 * completes it, abandoning removes it. The switch point then reads 100/0 or as found, so traffic stays on blue.
 */
export const adopted: Phase<'adopted'> = {
  name: 'adopted',
  truth: 'the switch point is in our state, unchanged',
  split: () => home,
  gates: ['split-in-effect', 'groups-apart', 'way-clear', 'green-ready'],
  watched: 'gates',
  brokenOff: 'finish',
  forward: (_state, { stage }) => ({
    stages: stages.owning(stage, stages.prepared),
    to: { phase: 'prepared', confirmation: null },
  }),
  rollback: noWay('wrong-phase', 'nothing of it has moved; abandon it to undo the adoption'),
  undo: () => ({ stages: [stages.restored, stages.adopted], to: { phase: 'adopted' } }),
  abandon: (_state, { stage }) => ({
    stages: [...(isUntouched(stage) ? [] : [stages.restored]), stages.leftOut(home)],
    to: { phase: 'abandoned' },
  }),
  release: noWay('wrong-phase', 'there is nothing to release before it is retired; abandon it instead'),
}

/** Nothing of green's was ever asked for, or all of it is gone again. */
const isUntouched = (stage: Stage | null): boolean => stage?.name === 'adopted' || stage?.name === 'left-out'
