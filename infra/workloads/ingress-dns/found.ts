import type { Colour } from '../../traffic.ts'
import type { FoundBase, Site } from '../kind.ts'
import type { IngressDnsConfig } from './config.ts'

/** Types of record sets that lead clients to a load balancer. */
export const routedTypes = ['A', 'AAAA', 'CNAME'] as const

export type RoutedType = (typeof routedTypes)[number]

/** What a record answers with: an alias, whose TTL is its target's, or a name of its own TTL in seconds. */
export type Points =
  | { readonly alias: { readonly zoneId: string; readonly name: string; readonly evaluateTargetHealth: boolean } }
  | { readonly value: string; readonly ttl: number }

/** Blue's record of one type, as found. */
export interface FoundRecord {
  readonly type: RoutedType
  /** null: a simple record. Else it was weighted, with no other beside it. */
  readonly weighted: { readonly identifier: string; readonly weight: number } | null
  readonly points: Points
}

export interface FoundLoadBalancer {
  readonly arn: string
  readonly dnsName: string
  /** The hosted zone of its DNS name: what an alias names. */
  readonly zoneId: string
  readonly type: 'application' | 'network'
  /** Target groups that it forwards to. */
  readonly targetGroups: readonly string[]
  /** For how long it keeps a connection on which nothing is sent (network), or any connection at all (application). */
  readonly keepAliveSeconds: number
}

/** What `find` learns of one name in Route 53; plain JSON. */
export interface IngressDnsFound extends FoundBase {
  readonly records: readonly FoundRecord[]
  readonly loadBalancers: Readonly<Record<Colour, FoundLoadBalancer>>
  /** Other names of the zone that lead to blue's load balancer, so that its counters are theirs as well. */
  readonly sharedBy: readonly string[]
}

export type IngressDnsSite = Site<IngressDnsConfig, IngressDnsFound>
