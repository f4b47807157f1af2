import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import { recordIdentifier } from '../../names.ts'
import type { Colour } from '../../traffic.ts'
import type { Stage } from '../kind.ts'
import type { FoundRecord, IngressDnsSite, Points, RoutedType } from './found.ts'
import { layoutOf, layouts, weightsIn } from './layout.ts'

/** A record set as a stage wants it. The one source for the program, the flip and the orphans, so that they agree. */
export interface RecordPlan {
  readonly role: 'switch-point' | 'green-record'
  readonly type: RoutedType
  /** null: a simple record. */
  readonly weighted: { readonly identifier: string; readonly weight: number } | null
  readonly points: Points
}

/** Every record set that shall stand at the name. */
export const recordsOf = (site: IngressDnsSite, stage: Stage): readonly RecordPlan[] =>
  site.found.records.flatMap((found) => {
    const { switchPoint, greenRecord } = layouts[layoutOf(stage)]
    const beside = greenRecord !== null && switchPoint.to !== greenRecord.to
    const weights = beside ? weightsIn(stage) : { blue: 100, green: 100 }
    const first: RecordPlan = {
      role: 'switch-point',
      type: found.type,
      weighted:
        switchPoint.routing === 'as-found'
          ? found.weighted
          : { identifier: identifierOf(site, found, 'switch-point'), weight: weights[switchPoint.to] },
      points: pointsTo(site, found, switchPoint),
    }
    if (!greenRecord) return [first]
    const weighted = { identifier: identifierOf(site, found, 'green-record'), weight: weights.green }
    return [first, { role: 'green-record', type: found.type, weighted, points: pointsTo(site, found, greenRecord) }]
  })

/** A record that was weighted when it was found keeps its identifier. */
export function identifierOf(site: IngressDnsSite, found: FoundRecord, role: RecordPlan['role']): string {
  if (role === 'switch-point' && found.weighted) return found.weighted.identifier
  return recordIdentifier(site.migration, site.workload, role === 'switch-point' ? 'blue' : 'green')
}

/** Seconds. */
export const ttlOf = ({ config }: IngressDnsSite, found: number, which: 'found' | 'lowered'): number =>
  which === 'found' ? found : Math.min(found, config.lowerTtl ?? found)

/** Is there anything to lower? Aliases have the TTL of what they point at. */
export const isTtlLowered = (site: IngressDnsSite): boolean =>
  site.found.records.some(({ points }) => 'ttl' in points && ttlOf(site, points.ttl, 'lowered') < points.ttl)

/** As the record found points at blue, in all that is not the load balancer's name. */
function pointsTo(
  site: IngressDnsSite,
  { points }: FoundRecord,
  { to, routing, ttl }: { readonly to: Colour; readonly routing: string; readonly ttl: 'found' | 'lowered' },
): Points {
  const { dnsName, zoneId } = site.found.loadBalancers[to]
  if (!('alias' in points)) {
    const dot = points.value.endsWith('.') ? '.' : ''
    return { value: to === 'blue' ? points.value : `${dnsName}${dot}`, ttl: ttlOf(site, points.ttl, ttl) }
  }
  const { alias } = points
  const evaluateTargetHealth =
    routing === 'as-found' ? alias.evaluateTargetHealth : (site.config.evaluateTargetHealth ?? false)
  if (to === 'blue') return { alias: { ...alias, evaluateTargetHealth } }
  const prefix = alias.name.startsWith('dualstack.') ? 'dualstack.' : ''
  return { alias: { zoneId, name: `${prefix}${dnsName}`, evaluateTargetHealth } }
}

/** As Route 53's API takes it. */
export function recordSetOf({ config }: IngressDnsSite, { type, weighted, points }: RecordPlan): ResourceRecordSet {
  return {
    Name: config.record,
    Type: type,
    ...(weighted ? { SetIdentifier: weighted.identifier, Weight: weighted.weight } : {}),
    ...('alias' in points
      ? {
          AliasTarget: {
            HostedZoneId: points.alias.zoneId,
            DNSName: points.alias.name,
            EvaluateTargetHealth: points.alias.evaluateTargetHealth,
          },
        }
      : { TTL: points.ttl, ResourceRecords: [{ Value: points.value }] }),
  }
}

/** `ZONE_name_TYPE`, and `_identifier` of one that is weighted: how the Pulumi plugin calls a record set. */
export const importIdOf = (
  { config }: IngressDnsSite,
  { type, weighted }: Pick<RecordPlan, 'type' | 'weighted'>,
): string => [config.zone, config.record, type, ...(weighted ? [weighted.identifier] : [])].join('_')
