import { home } from '../../infra/traffic.ts'
import { backToPrepared, noWay, type Phase } from './phase.ts'
import { firstStep, stepTo } from './steps.ts'
import * as stages from './stages.ts'

/**
 * Green's side exists, is bound, gets no production traffic and answers on a test route. The switch point reads 100/0.
 * Dying on the way out: the split is 100/0 or that of the first step; the next advance goes on, a rollback brings it home.
 */
export const prepared: Phase<'prepared'> = {
  name: 'prepared',
  truth: "green's side exists and is bound; it gets no production traffic",
  split: () => home,
  gates: ['split-in-effect', 'groups-apart', 'way-clear', 'green-enough', 'green-answers', 'window-open'],
  watched: 'gates',
  brokenOff: 'asks again',
  forward: ({ confirmation }, workload, { blueHealthy, now }) =>
    stepTo(firstStep(workload), home, workload, { blueAtHome: blueHealthy, now, confirmation }),
  rollback: (_state, { stage }) => ({
    stages: stage?.name === 'left-out' ? [stages.adopted] : [stages.restored, stages.adopted],
    to: { phase: 'adopted' },
  }),
  undo: backToPrepared,
  abandon: (_state, { stage }) => ({
    stages: [...(stage?.name === 'left-out' ? [] : [stages.restored]), stages.leftOut(home)],
    to: { phase: 'abandoned' },
  }),
  release: noWay('wrong-phase', 'there is nothing to release before it is retired; abandon it instead'),
}
