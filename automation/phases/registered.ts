import { home } from '../../infra/traffic.ts'
import { noWay, type Phase } from './phase.ts'
import { adopted } from './stages.ts'

/**
 * The inventory entry is valid and nothing has been touched. The first advance finds the switch point, or refuses it, and
 * imports it. Dying in it: nothing was written anywhere but in our journal.
 */
export const registered: Phase<'registered'> = {
  name: 'registered',
  truth: 'the inventory entry is valid; nothing has been touched',
  split: () => home,
  gates: [],
  watched: 'no',
  brokenOff: 'finish',
  forward: () => ({ stages: [adopted], to: { phase: 'adopted' } }),
  rollback: noWay('wrong-phase', 'nothing has been touched yet'),
  undo: noWay('wrong-phase', 'adopting writes nothing to AWS; wait until it is done, then abandon it'),
  abandon: () => ({ stages: [], to: { phase: 'abandoned' } }),
  release: noWay('wrong-phase', 'there is nothing to release before it is retired; abandon it instead'),
}
