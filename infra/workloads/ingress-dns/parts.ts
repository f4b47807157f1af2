import { splitOfWeights } from '../../traffic.ts'
import type { Stage, StagePart } from '../kind.ts'
import type { IngressDnsSite } from './found.ts'
import type { Layout, Weights } from './layout.ts'
import { isTtlLowered } from './records.ts'

/**
 * The way to a stage. The plugin changes one record after the other and what goes is deleted last, so each `up` here is one that
 * Route 53 takes in that order, and in which clients are never without an answer.
 */
export function parts(site: IngressDnsSite, stage: Stage, before: Stage | null): readonly Stage[] {
  switch (stage.name) {
    case 'adopted':
      return [before?.switchPoint === 'owned' ? { ...stage, part: kept } : stage]
    case 'prepared':
      return isTtlLowered(site) && !isWeighted(before) ? [laid(stage, 'ttl-lowered'), stage] : [stage]
    case 'restored':
      return isWeighted(before) ? [laid(stage, 'blue-by-itself'), stage] : [stage]
    case 'retired':
      return [laid(stage, 'green-twice'), laid(stage, 'green-by-itself'), stage]
    default:
      return jumps(stage, before) ? [begun(stage), stage] : [stage]
  }
}

/**
 * It is in the state and need not be imported again. It could not be either: a refresh gives it the id that it has as a weighted
 * record, an update never takes it back, and an engine that is told to import another id replaces.
 */
export const kept: StagePart = { name: 'kept', data: null }

/** May our records be side by side, or may a run have died while they were? */
const isWeighted = (before: Stage | null): boolean => before?.green === 'present' || before?.name === 'restored'

/** For a plan. */
export const partWords: Readonly<Partial<Record<Layout, string>>> = {
  'ttl-lowered': 'gets the lower TTL',
  'blue-by-itself': "blue by itself, green's record goes",
  'green-twice': 'leads to green, as the record beside it does',
  'green-by-itself': 'green by itself, the record beside it goes',
}

const laid = (stage: Stage, name: Layout): Stage => ({
  ...stage,
  testRoute: false,
  ...(name === 'ttl-lowered' ? { green: 'absent' } : {}),
  part: { name, data: null },
})

/** Blue's weight would be 0 before green's is anything else, and Route 53 serves all of them alike when all are zero. */
const jumps = (stage: Stage, before: Stage | null): boolean =>
  stage.green === 'present' && stage.split.blue === 0 && before?.split.green === 0

/** Green is begun with, as little as can be. */
function begun(stage: Stage): Stage {
  const weights: Weights = { blue: 100, green: 1 }
  const split = splitOfWeights(weights) ?? stage.split
  return { ...stage, split, part: { name: 'begun', data: { ...weights } } }
}
