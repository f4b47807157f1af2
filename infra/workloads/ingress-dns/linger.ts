import { sameSplit } from '../../traffic.ts'
import type { Lingering, Stage } from '../kind.ts'
import type { IngressDnsSite } from './found.ts'
import { layoutOf, layouts } from './layout.ts'
import { ttlOf } from './records.ts'

/** What resolvers keep of an alias to a load balancer ("How Route 53 determines the TTL for alias records" in its guide). */
const aliasTtlSeconds = 60

/** A change is served everywhere "generally within 60 seconds" (API reference, ChangeResourceRecordSets). */
const propagationSeconds = 60

/** For how long resolvers keep an answer of the name. Seconds; the longest of its types. */
function ttlIn(site: IngressDnsSite, stage: Stage): number {
  const which = layouts[layoutOf(stage)].switchPoint.ttl
  const ttls = site.found.records.map(({ points }) =>
    'alias' in points ? aliasTtlSeconds : ttlOf(site, points.ttl, which),
  )
  return Math.max(...ttls)
}

/** The plugin has waited until every name server has the change (INSYNC); resolvers keep what they were told before it. */
export function propagation(site: IngressDnsSite, stage: Stage, before: Stage | null): Lingering | null {
  if (!before || stage.switchPoint !== 'owned') return null
  const seconds = ttlIn(site, before)
  if (sameSplit(before.split, stage.split) && ttlIn(site, stage) >= seconds) return null
  return { seconds, sentence: `resolvers may keep the answer of before for their TTL of ${seconds} s` }
}

/** Nobody can end what a client or a resolver remembers: this is how long a way back takes, too. */
export function lingers(site: IngressDnsSite): Lingering {
  const { loadBalancers, records } = site.found
  const ttl = Math.max(
    ...records.map(({ points }) => ('alias' in points ? aliasTtlSeconds : ttlOf(site, points.ttl, 'lowered'))),
  )
  const sides = Object.values(loadBalancers)
  const kept = Math.max(...sides.map(({ keepAliveSeconds }) => keepAliveSeconds))
  const flows = sides.some(({ type }) => type === 'network')
  const connections = flows
    ? `connections that clients keep stay where they are until they are closed, or idle for ${kept} s`
    : `connections that clients keep stay where they are for at most ${kept} s`
  return {
    seconds: propagationSeconds + ttl + kept,
    sentence: `Route 53 serves a change everywhere within about ${propagationSeconds} s, resolvers may answer as before for ${ttl} s more; ${connections}`,
  }
}
