import type {
  ResourceRecordSet,
  ResourceRecordSetFailover,
  ResourceRecordSetRegion,
  RRType,
} from '@aws-sdk/client-route-53'
import type { route53 } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'

type State = Unwrap<route53.RecordState>

export const withoutDot = (name: string): string => name.replace(/\.$/, '')

/** As the official provider keeps an alias's name: lower case, without the trailing dot, escaped as Route 53 escapes. */
export const canonicalAliasName = (name: string): string =>
  withoutDot(name.toLowerCase()).replace(
    /[^0-9a-z_.\\-]/g,
    (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  )

/** The record set that the properties ask for. As in the official provider, a TTL of 0 is none. */
export function toRecordSet(state: State, name: string): ResourceRecordSet {
  const { type, ttl, records, aliases, setIdentifier, healthCheckId } = state
  const [alias] = aliases ?? []
  const [weighted] = state.weightedRoutingPolicies ?? []
  const [latency] = state.latencyRoutingPolicies ?? []
  const [failover] = state.failoverRoutingPolicies ?? []
  const [place] = state.geolocationRoutingPolicies ?? []
  return {
    Name: name,
    Type: type as RRType,
    ...(ttl && { TTL: ttl }),
    ...(records?.length && { ResourceRecords: records.map((value) => ({ Value: quoted(type, value) })) }),
    ...(alias && {
      AliasTarget: {
        HostedZoneId: alias.zoneId,
        DNSName: alias.name,
        EvaluateTargetHealth: alias.evaluateTargetHealth,
      },
    }),
    ...(setIdentifier && { SetIdentifier: setIdentifier }),
    ...(healthCheckId && { HealthCheckId: healthCheckId }),
    ...(weighted && { Weight: weighted.weight }),
    ...(latency && { Region: latency.region as ResourceRecordSetRegion }),
    ...(failover && { Failover: failover.type as ResourceRecordSetFailover }),
    ...(place && {
      GeoLocation: {
        ...(place.continent && { ContinentCode: place.continent }),
        ...(place.country && { CountryCode: place.country }),
        ...(place.subdivision && { SubdivisionCode: place.subdivision }),
      },
    }),
    ...(state.multivalueAnswerRoutingPolicy && { MultiValueAnswer: true }),
  }
}

/** What AWS knows of the properties. */
export function fromRecordSet(set: ResourceRecordSet): State {
  const { AliasTarget: alias, GeoLocation: place } = set
  const records = set.ResourceRecords?.map(({ Value = '' }) => unquoted(set.Type, Value))
  return {
    ...(alias && {
      aliases: [
        {
          zoneId: alias.HostedZoneId ?? '',
          name: canonicalAliasName(alias.DNSName ?? ''),
          evaluateTargetHealth: alias.EvaluateTargetHealth ?? false,
        },
      ],
    }),
    ...(records?.length && { records }),
    ...(set.TTL !== undefined && { ttl: set.TTL }),
    ...(set.SetIdentifier && { setIdentifier: set.SetIdentifier }),
    ...(set.HealthCheckId && { healthCheckId: set.HealthCheckId }),
    ...(set.Weight !== undefined && { weightedRoutingPolicies: [{ weight: set.Weight }] }),
    ...(set.Region && { latencyRoutingPolicies: [{ region: set.Region }] }),
    ...(set.Failover && { failoverRoutingPolicies: [{ type: set.Failover }] }),
    ...(place && {
      geolocationRoutingPolicies: [
        { continent: place.ContinentCode, country: place.CountryCode, subdivision: place.SubdivisionCode },
      ],
    }),
    ...(set.MultiValueAnswer && { multivalueAnswerRoutingPolicy: true }),
  }
}

const isText = (type: string | undefined): boolean => type === 'TXT' || type === 'SPF'

/** Route 53 has texts in quotation marks, the provider without. */
const quoted = (type: string | undefined, value: string): string => (isText(type) ? `"${value}"` : value)

const unquoted = (type: string | undefined, value: string): string =>
  isText(type) ? value.replace(/^"(.*)"$/s, '$1') : value
