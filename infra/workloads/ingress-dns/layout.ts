import type { Colour } from '../../traffic.ts'
import type { Stage } from '../kind.ts'

/**
 * What stands at the name. `switch-point` is the record that was there before us and stays to the end; `green-record` comes beside
 * it and goes again. The names of those that are steps on the way are the names of the parts.
 */
export type Layout =
  'as-found' | 'ttl-lowered' | 'side-by-side' | 'blue-by-itself' | 'green-twice' | 'green-by-itself' | 'green-settled'

interface Leads {
  readonly to: Colour
  /** `as-found`: simple where it was simple. */
  readonly routing: 'as-found' | 'weighted'
  readonly ttl: 'found' | 'lowered'
}

interface Laid {
  readonly switchPoint: Leads
  readonly greenRecord: Leads | null
}

const weighted = (to: Colour): Leads => ({ to, routing: 'weighted', ttl: 'lowered' })

/** Route 53 takes no simple record beside a weighted one, and weighted ones of a name have one TTL: hence the steps. */
export const layouts: Readonly<Record<Layout, Laid>> = {
  'as-found': { switchPoint: { to: 'blue', routing: 'as-found', ttl: 'found' }, greenRecord: null },
  'ttl-lowered': { switchPoint: { to: 'blue', routing: 'as-found', ttl: 'lowered' }, greenRecord: null },
  'side-by-side': { switchPoint: weighted('blue'), greenRecord: weighted('green') },
  'blue-by-itself': { switchPoint: weighted('blue'), greenRecord: null },
  'green-twice': { switchPoint: weighted('green'), greenRecord: weighted('green') },
  'green-by-itself': { switchPoint: weighted('green'), greenRecord: null },
  'green-settled': { switchPoint: { to: 'green', routing: 'as-found', ttl: 'found' }, greenRecord: null },
}

const isLayout = (name: string): name is Layout => Object.hasOwn(layouts, name)

export function layoutOf({ part, blue, green }: Stage): Layout {
  if (part && isLayout(part.name)) return part.name
  if (blue === 'retired') return 'green-settled'
  return green === 'present' ? 'side-by-side' : 'as-found'
}

export type Weights = Readonly<Record<Colour, number>>

/** Of records side by side: the split in percent, unless a part says otherwise. One that is all alone has its 100. */
export const weightsIn = ({ part, split }: Pick<Stage, 'part' | 'split'>): Weights =>
  part?.name === 'begun' ? (part.data as unknown as Weights) : split
