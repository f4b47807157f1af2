import { WeightedChoice } from '../../network/weights.ts'
import type { World } from '../world.ts'
import { policyOf } from './change-shape.ts'
import { compare } from './names.ts'
import type { HostedZone, RecordSet } from './state.ts'
import { isHealthy } from './target-health.ts'

/** Route 53 answers with at most so many multivalue records. */
const mostValues = 8

/**
 * Which of the sets of one name and type a query is answered with. Unhealthy ones are left out, unless all are unhealthy
 * ("How Amazon Route 53 chooses records when health checking is configured" in its guide). Whoever asks is in the world's
 * region and at no known place.
 */
export function choose(world: World, zone: HostedZone, sets: readonly RecordSet[]): readonly RecordSet[] {
  const [first] = sets
  if (!first) return []
  const policy = policyOf(first)
  if (policy === 'Weight') return chooseByWeight(world, zone, sets)
  const well = sets.filter((set) => isHealthy(world, zone, set))
  const candidates = well.length > 0 ? well : sets
  const one = (set: RecordSet | undefined) => (set ? [set] : [])
  switch (policy) {
    case undefined:
      return [first]
    case 'MultiValueAnswer':
      return candidates.slice(0, mostValues)
    case 'Failover':
      return one(candidates.find(({ Failover }) => Failover === 'PRIMARY') ?? candidates[0])
    case 'GeoLocation':
      return one(candidates.find(({ GeoLocation }) => GeoLocation?.CountryCode === '*'))
    case 'CidrRoutingConfig':
      return one(candidates.find(({ CidrRoutingConfig }) => CidrRoutingConfig?.LocationName === '*'))
    case 'Region':
      return one(nearest(candidates, world.region, (set) => set.Region))
    case 'GeoProximityLocation':
      return one(nearest(candidates, world.region, (set) => set.GeoProximityLocation?.AWSRegion))
  }
}

/** No latencies and distances are known here: the region itself is nearest, else the first by name. */
function nearest(sets: readonly RecordSet[], region: string, regionOf: (set: RecordSet) => string | undefined) {
  const sorted = [...sets].sort((a, b) => compare(regionOf(a) ?? '~', regionOf(b) ?? '~'))
  return sorted.find((set) => regionOf(set) === region) ?? sorted[0]
}

/**
 * Sets of weight 0 only when no other is healthy, then each as often. AWS draws by chance; here they take turns, exactly by
 * their weights.
 */
function chooseByWeight(world: World, zone: HostedZone, sets: readonly RecordSet[]): RecordSet[] {
  const weighted = sets.filter(({ Weight = 0 }) => Weight > 0)
  const candidates =
    [weighted, sets].map((some) => some.filter((set) => isHealthy(world, zone, set))).find((some) => some.length > 0) ??
    (weighted.length > 0 ? weighted : sets)
  const allZero = candidates.every(({ Weight = 0 }) => Weight === 0)
  const entries = candidates.map(({ SetIdentifier = '', Weight = 0 }) => ({
    arn: SetIdentifier,
    weight: allZero ? 1 : Weight,
  }))
  const next = turnAmong(world, `${zone.id} ${sets[0]?.Name} ${sets[0]?.Type}`, entries)
  return candidates.filter(({ SetIdentifier }) => SetIdentifier === next)
}

function turnAmong(world: World, key: string, entries: ConstructorParameters<typeof WeightedChoice>[0]) {
  const { turns } = world.route53
  const among = JSON.stringify(entries)
  const known = turns.get(key)
  const turn = known?.among === among ? known : { among, choice: new WeightedChoice(entries) }
  turns.set(key, turn)
  return turn.choice.next()
}
