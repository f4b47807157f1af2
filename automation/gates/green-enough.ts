import type { SideHealth } from '../../infra/workloads/kind.ts'
import { defaults } from '../inventory.ts'
import { closed, notKnown, open, type Facts, type Gate } from './gate.ts'

/**
 * Load balancers fail open: a group without a healthy target still gets its share. So green must have enough healthy targets
 * for its next share before it gets it: ⌈blue's count at 100/0 × share × capacity⌉, and none still registering.
 */
export const greenEnough: Gate = {
  asks: 'has green enough healthy targets for its next share?',
  needs: ['health'],
  ask: (facts) => {
    if ('unknown' in facts.health) return notKnown(`target health could not be read: ${facts.health.unknown}`)
    const { green, blue } = facts.health.value
    if (!green) return closed('green has no target group')
    const atHome = blueAtHome(facts, blue)
    const needed = neededTargets(atHome, facts.nextShare, facts.workload.entry.capacity)
    const numbers = { healthy: green.healthy, needed, initial: green.initial, blueAtHome: atHome }
    const share = `${facts.nextShare} % of the traffic`
    if (atHome === 0) return closed('blue had no healthy target, so there is nothing to measure green by', numbers)
    if (green.initial > 0) return closed(`${green.initial} of green's targets are still registering`, numbers)
    if (green.healthy < needed)
      return closed(`green has ${green.healthy} healthy of ${needed} targets needed for ${share}`, numbers)
    const missing = missingZones(facts, blue, green)
    if (missing.length > 0)
      return closed(`green has no healthy target in ${missing.join(', ')}, where blue has`, numbers)
    return open(`green has ${green.healthy} healthy targets, ${needed} needed for ${share}`, numbers)
  },
}

export const neededTargets = (blueAtHome: number, sharePercent: number, capacity: number = defaults.capacity): number =>
  Math.max(1, Math.ceil((blueAtHome * sharePercent * capacity) / 100))

/** Blue's healthy targets while it had everything; until green gets traffic that is now. */
export const blueAtHome = ({ state }: Pick<Facts, 'state'>, blue: SideHealth): number =>
  'blueAtHome' in state ? state.blueAtHome : blue.healthy

/** Without cross-zone balancing a zone without a target loses its clients. */
function missingZones({ crossZone }: Facts, blue: SideHealth, green: SideHealth): string[] {
  if (crossZone) return []
  return Object.keys(blue.zones).filter((zone) => (blue.zones[zone] ?? 0) > 0 && !green.zones[zone])
}
