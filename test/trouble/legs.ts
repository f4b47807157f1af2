import { home, moved, splitFor, type Grain, type Split } from '../../infra/traffic.ts'

/** One transition, as it is asked for: what of a journey trouble may strike. */
export interface Leg {
  readonly name: LegName
  readonly action: 'advance' | 'rollback'
  readonly from: PlaceName
  readonly to: PlaceName
}

export type LegName = 'prepare' | 'shift' | 'move' | 'home' | 'undo' | 'retire'

/** Where a workload may stand between two legs: its phase, and the split that is wanted there. */
export const places = {
  adopted: home,
  prepared: home,
  shifting: splitFor(50),
  soaking: moved,
  retired: moved,
} as const satisfies Readonly<Record<string, Split>>

export type PlaceName = keyof typeof places

const half: Leg = { name: 'shift', action: 'advance', from: 'prepared', to: 'shifting' }
const moveFrom = (from: PlaceName): Leg => ({ name: 'move', action: 'advance', from, to: 'soaking' })

/** Every leg of a grain, in the order of a journey forth and back, with the one that has no way back last. */
export function legsOf(grain: Grain): readonly Leg[] {
  const switching = grain === 'all-or-nothing' ? [moveFrom('prepared')] : [half, moveFrom('shifting')]
  return [
    { name: 'prepare', action: 'advance', from: 'adopted', to: 'prepared' },
    ...switching,
    { name: 'home', action: 'rollback', from: 'soaking', to: 'prepared' },
    { name: 'undo', action: 'rollback', from: 'prepared', to: 'adopted' },
    { name: 'retire', action: 'advance', from: 'soaking', to: 'retired' },
  ]
}

/** As an inventory says it. */
export const stepsOf = (grain: Grain): readonly number[] => (grain === 'all-or-nothing' ? [100] : [50, 100])

/** The leg that leads from one place towards another. */
export function legTowards(legs: readonly Leg[], from: PlaceName, to: PlaceName): Leg {
  const order: readonly PlaceName[] = ['adopted', 'prepared', 'shifting', 'soaking', 'retired']
  const forward = order.indexOf(to) > order.indexOf(from)
  const back = { name: 'home', action: 'rollback', from, to: 'prepared' } as const
  const found = legs.find((leg) => leg.from === from && (leg.action === 'advance') === forward)
  const leg = found ?? (forward ? undefined : back)
  if (!leg) throw new Error(`there is no way from ${from} to ${to}`)
  return leg
}
