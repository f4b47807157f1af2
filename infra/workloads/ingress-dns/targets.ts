import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import { plainName } from '../../aws/route53.ts'
import type { Colour, Split } from '../../traffic.ts'
import { splitOfWeights } from '../../traffic.ts'
import { routedTypes, type FoundLoadBalancer, type RoutedType } from './found.ts'

/** A record set that leads clients somewhere. */
export type Routed = ResourceRecordSet & { readonly Type: RoutedType }

export const isRouted = (set: ResourceRecordSet): set is Routed =>
  (routedTypes as readonly (string | undefined)[]).includes(set.Type)

/** Names that it answers with; of an alias the one that it stands for. AWS's `dualstack.` before a name changes nothing. */
export const targetsOf = ({ AliasTarget, ResourceRecords = [] }: ResourceRecordSet): readonly string[] =>
  (AliasTarget ? [AliasTarget.DNSName] : ResourceRecords.map(({ Value }) => Value)).map((name) =>
    plainName(name).replace(/^dualstack\./, ''),
  )

type LoadBalancers = Readonly<Record<Colour, Pick<FoundLoadBalancer, 'dnsName'>>>

/** Which side a record set leads to; null: to something else. */
export function sideOf(set: ResourceRecordSet, { blue, green }: LoadBalancers): Colour | null {
  const [target, ...more] = targetsOf(set)
  if (more.length > 0) return null
  if (target === plainName(blue.dnsName)) return 'blue'
  return target === plainName(green.dnsName) ? 'green' : null
}

/**
 * The split that the record sets of one name have in effect: null when any of them leads elsewhere, when a type of it has none, or
 * when types differ.
 */
export function splitIn(
  sets: readonly Routed[],
  types: readonly RoutedType[],
  loadBalancers: LoadBalancers,
): Split | null {
  const splits = types.map((type) =>
    splitOfType(
      sets.filter((set) => set.Type === type),
      loadBalancers,
    ),
  )
  const [first] = splits
  return first && splits.every((split) => split?.green === first.green) ? first : null
}

/** Weights that are all zero count alike, as Route 53 serves them (API reference, ResourceRecordSet, Weight). */
function splitOfType(sets: readonly Routed[], loadBalancers: LoadBalancers): Split | null {
  const allZero = sets.every(({ Weight }) => Weight === 0)
  const weights = { blue: 0, green: 0 }
  for (const set of sets) {
    const side = sideOf(set, loadBalancers)
    if (!side) return null
    weights[side] += allZero ? 1 : (set.Weight ?? 1)
  }
  return splitOfWeights(weights)
}
