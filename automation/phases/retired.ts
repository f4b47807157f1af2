import { moved } from '../../infra/traffic.ts'
import { noWay, type Phase } from './phase.ts'
import * as stages from './stages.ts'

const noReturn = 'blue is out of the switch, and green may be the only side that is fit to serve'

/**
 * Blue's side is out of the switch: past the point of no return. Nothing of blue's was deleted; its owner may now do that.
 * Dying on the way out: releasing writes to our state alone, never to AWS.
 */
export const retired: Phase<'retired'> = {
  name: 'retired',
  truth: "blue's side is out of the switch",
  split: () => moved,
  gates: [],
  watched: 'no',
  brokenOff: 'finish',
  forward: noWay('wrong-phase', 'the move is done; release it to hand the switch point back'),
  rollback: noWay('past-point-of-no-return', noReturn),
  undo: noWay('past-point-of-no-return', noReturn),
  abandon: noWay('past-point-of-no-return', noReturn),
  release: (_state, { stage }) => ({
    stages: [...(stage?.name === 'left-out' ? [] : [stages.unprotected]), stages.leftOut(moved)],
    to: { phase: 'released' },
  }),
}
