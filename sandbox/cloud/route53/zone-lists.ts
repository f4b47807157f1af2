import type {
  GetHostedZoneCountCommandInput,
  GetHostedZoneCountCommandOutput,
  ListHostedZonesByNameCommandInput,
  ListHostedZonesByNameCommandOutput,
  ListHostedZonesByVPCCommandInput,
  ListHostedZonesByVPCCommandOutput,
  ListHostedZonesCommandInput,
  ListHostedZonesCommandOutput,
} from '@aws-sdk/client-route-53'
import { AwsError } from '../errors.ts'
import type { Operation } from '../operation.ts'
import { pageOf } from '../page.ts'
import { describe } from './hosted-zones.ts'
import { bareId } from './ids.ts'
import { invalidInput, requireRange } from './invalid.ts'
import { byLabels, canonicalName, compare } from './names.ts'

/** At most so many in one answer, and as many when the caller does not say. */
const largestPage = 100

export const listHostedZones: Operation<ListHostedZonesCommandInput, ListHostedZonesCommandOutput> = (
  world,
  { Marker, MaxItems = largestPage, HostedZoneType },
) => {
  requireRange('maxItems', MaxItems, 1, Infinity)
  const zones = [...world.route53.zones.values()].filter(
    (zone) => HostedZoneType !== 'PrivateHostedZone' || zone.private,
  )
  const start = Marker ? zones.findIndex(({ id }) => id === bareId(Marker)) : 0
  if (start < 0) throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${Marker}`, 404)
  const end = start + Math.min(MaxItems, largestPage)
  return {
    HostedZones: zones.slice(start, end).map(describe),
    Marker: Marker || undefined,
    IsTruncated: end < zones.length,
    NextMarker: zones[end]?.id,
    MaxItems,
  }
}

export const listHostedZonesByName: Operation<ListHostedZonesByNameCommandInput, ListHostedZonesByNameCommandOutput> = (
  world,
  { DNSName, HostedZoneId, MaxItems = largestPage },
) => {
  requireRange('maxItems', MaxItems, 1, Infinity)
  if (HostedZoneId && !DNSName) throw invalidInput('The hosted zone ID cannot be specified without a DNS name')
  const from = DNSName ? canonicalName(DNSName) : undefined
  const zones = [...world.route53.zones.values()]
    .sort((a, b) => byLabels(a.name, b.name) || compare(a.id, b.id))
    .filter(({ name, id }) => {
      const order = from === undefined ? 1 : byLabels(name, from)
      return order > 0 || (order === 0 && (!HostedZoneId || id >= bareId(HostedZoneId)))
    })
  const size = Math.min(MaxItems, largestPage)
  const next = zones[size]
  return {
    HostedZones: zones.slice(0, size).map(describe),
    DNSName,
    HostedZoneId,
    IsTruncated: next !== undefined,
    NextDNSName: next?.name,
    NextHostedZoneId: next?.id,
    MaxItems,
  }
}

export const listHostedZonesByVpc: Operation<ListHostedZonesByVPCCommandInput, ListHostedZonesByVPCCommandOutput> = (
  world,
  { VPCId, MaxItems = largestPage, NextToken },
) => {
  requireRange('maxItems', MaxItems, 1, Infinity)
  const zones = [...world.route53.zones.values()].filter(({ vpcs }) => vpcs.some((vpc) => vpc.VPCId === VPCId))
  const page = pageOf(zones, Math.min(MaxItems, largestPage), NextToken)
  if (!page) throw new AwsError('InvalidPaginationToken', 'The pagination token is invalid.')
  return {
    HostedZoneSummaries: page.items.map(({ id, name }) => ({
      HostedZoneId: id,
      Name: name,
      Owner: { OwningAccount: world.accountId },
    })),
    MaxItems,
    NextToken: page.next,
  }
}

export const getHostedZoneCount: Operation<GetHostedZoneCountCommandInput, GetHostedZoneCountCommandOutput> = (
  world,
) => ({ HostedZoneCount: world.route53.zones.size })
