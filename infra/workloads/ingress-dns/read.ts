import type { Aws } from '../../aws/clients.ts'
import { recordSetsAt } from '../../aws/route53.ts'
import type { IngressDnsSite, RoutedType } from './found.ts'
import { identifierOf, ttlOf } from './records.ts'
import { isRouted, sideOf, type Routed } from './targets.ts'

/** What leads clients somewhere at the name: one call. */
export async function routedSets({ config }: IngressDnsSite, aws: Aws): Promise<readonly Routed[]> {
  return (await recordSetsAt(config.zone, config.record, aws)).filter(isRouted)
}

export const typesOf = ({ found }: IngressDnsSite): readonly RoutedType[] => found.records.map(({ type }) => type)

/**
 * Is it one that some stage of ours makes: of a type, an identifier, a target and a TTL that we give? Records have no tags; whatever
 * else is at the name is somebody else's, or was changed by them.
 */
export function isOfOurMaking(site: IngressDnsSite, set: Routed): boolean {
  const found = site.found.records.find(({ type }) => type === set.Type)
  if (!found || sideOf(set, site.found.loadBalancers) === null) return false
  const identifiers = [
    found.weighted?.identifier,
    identifierOf(site, found, 'switch-point'),
    identifierOf(site, found, 'green-record'),
  ]
  if (!identifiers.includes(set.SetIdentifier)) return false
  const { points } = found
  if ('alias' in points) return set.AliasTarget !== undefined
  return [ttlOf(site, points.ttl, 'found'), ttlOf(site, points.ttl, 'lowered')].includes(set.TTL ?? -1)
}
