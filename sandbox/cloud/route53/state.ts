import type { ResourceRecordSet, RRType, VPC } from '@aws-sdk/client-route-53'
import type { WeightedChoice } from '../../network/weights.ts'

/** Hosted zones and changes by their bare ids, in order of creation. */
export interface Route53State {
  readonly zones: Map<string, HostedZone>
  readonly changes: Map<string, Change>
  /** Whose turn it is among weighted record sets, by zone, name and type. */
  readonly turns: Map<string, Turn>
}

export function createRoute53(): Route53State {
  return { zones: new Map(), changes: new Map(), turns: new Map() }
}

export interface Turn {
  /** Candidates and weights that the choice is among; with others it starts anew. */
  readonly among: string
  readonly choice: WeightedChoice
}

/** Names in canonical form, no member that is undefined. Never changed in place. */
export type RecordSet = Readonly<ResourceRecordSet> & { readonly Name: string; readonly Type: RRType }

/** By `recordKey`. Replaced as a whole by every change batch, so that a batch takes effect at once or not at all. */
export type RecordSets = ReadonlyMap<string, RecordSet>

export interface HostedZone {
  readonly id: string
  /** With its trailing dot. */
  readonly name: string
  readonly callerReference: string
  readonly private: boolean
  readonly nameServers: readonly string[]
  readonly tags: Map<string, string>
  /** Comment by name and type. */
  readonly protections: Map<string, Protection>
  comment?: string
  /** Of a private zone: never none. */
  vpcs: VPC[]
  /** What the API shows. */
  records: RecordSets
  /** What the name servers answer from: the records as the last change that is INSYNC left them. */
  served: RecordSets
  /** A change batch is being processed: another one is refused. */
  busy: boolean
}

export interface Protection {
  readonly name: string
  readonly type: RRType
  readonly comment?: string
}

export interface Change {
  readonly id: string
  readonly submittedAt: Date
  readonly comment?: string
  status: 'PENDING' | 'INSYNC'
}

export const recordKey = (set: Pick<RecordSet, 'Name' | 'Type' | 'SetIdentifier'>): string =>
  `${set.Name}|${set.Type}|${set.SetIdentifier ?? ''}`
