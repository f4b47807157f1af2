import { moved } from '../../infra/traffic.ts'
import { backToPrepared, noWay, type Phase } from './phase.ts'
import * as stages from './stages.ts'

/**
 * Green has 100 %, blue is warm at 0 % and as healthy as before, so the way home is one write. Guards watch.
 * Dying on the way out: blue is still in the switch at 0 %, or just out of it; green has everything either way. Until the next
 * advance has ended a rollback is still legal: blue's target group and its binding exist.
 */
export const soaking: Phase<'soaking'> = {
  name: 'soaking',
  truth: 'green has all traffic; blue is warm at 0 %',
  split: () => moved,
  gates: [
    'split-in-effect',
    'groups-apart',
    'green-enough',
    'soak-elapsed',
    'blue-idle',
    'blue-settled',
    'window-open',
    'person-confirms',
  ],
  watched: 'gates and guards',
  brokenOff: 'finish',
  forward: (_state, _workload, { now }) => ({ stages: [stages.retired], to: { phase: 'retired', since: now } }),
  rollback: backToPrepared,
  undo: backToPrepared,
  abandon: noWay('roll-back-first', 'green has all traffic; roll back first, then abandon'),
  release: noWay('wrong-phase', 'there is nothing to release before it is retired; advance it'),
}
