import { home, moved, type Split } from '../../infra/traffic.ts'
import { noWay, type Phase } from './phase.ts'

/** Both ends: we own nothing, no process watches, and nothing can be asked of it any more. */
const ended = <P extends 'released' | 'abandoned'>(name: P, truth: string, split: Split): Phase<P> => {
  const over = noWay('wrong-phase', `it is ${name}: we own nothing of it any more`)
  return {
    name,
    truth,
    split: () => split,
    gates: [],
    watched: 'no',
    brokenOff: 'finish',
    forward: over,
    rollback: over,
    undo: over,
    abandon: over,
    release: over,
  }
}

export const released = ended('released', 'we own nothing; the switch point sends everything to green', moved)
export const abandoned = ended('abandoned', 'we own nothing; the switch point is as it was found', home)
