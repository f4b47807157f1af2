import { splitFor } from '../../infra/traffic.ts'
import { backToPrepared, noWay, type Phase } from './phase.ts'
import { nextStep, stepTo } from './steps.ts'

/**
 * Green has the step's share, read back from AWS. Guards watch and may bring the traffic home.
 * Dying on the way out: the split is this step's or the next one's, both of which were allowed by open gates; the next advance
 * goes on, a rollback brings it home.
 */
export const shifting: Phase<'shifting'> = {
  name: 'shifting',
  truth: "green has the step's share of the traffic",
  split: ({ step }) => splitFor(step),
  gates: [
    'split-in-effect',
    'groups-apart',
    'way-clear',
    'green-enough',
    'green-answers',
    'bake-elapsed',
    'window-open',
  ],
  watched: 'gates and guards',
  brokenOff: 'asks again',
  forward: ({ step, blueAtHome, confirmation }, workload, { now }) =>
    stepTo(nextStep(workload, step), splitFor(step), workload, { blueAtHome, now, confirmation }),
  rollback: backToPrepared,
  undo: backToPrepared,
  abandon: noWay('roll-back-first', 'green has traffic; roll back first, then abandon'),
  release: noWay('wrong-phase', 'there is nothing to release before it is retired'),
}
