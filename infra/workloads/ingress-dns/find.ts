import type { ResourceRecordSet } from '@aws-sdk/client-route-53'
import { plainName } from '../../aws/route53.ts'
import type { Entry } from '../entry.ts'
import type { Surroundings } from '../kind.ts'
import type { IngressDnsConfig } from './config.ts'
import type { FoundLoadBalancer, FoundRecord, IngressDnsFound, Points } from './found.ts'
import { refuseWhatCannotMove } from './refusals.ts'
import { survey, type Survey, type SurveyedLoadBalancer } from './survey.ts'
import { switchPointOf } from './switch-point.ts'
import { isRouted, targetsOf, type Routed } from './targets.ts'

export async function find(
  config: IngressDnsConfig & Entry,
  { aws, blue: blueCluster }: Surroundings,
): Promise<IngressDnsFound> {
  const [surveyed, bindings] = await Promise.all([survey(config, aws), blueCluster.bindings()])
  refuseWhatCannotMove(surveyed)
  const { blue, green } = surveyed.loadBalancers
  const loadBalancers = { blue: foundLoadBalancer(blue), green: foundLoadBalancer(green) }
  const multiCluster = (arn: string): boolean =>
    bindings.every((binding) => binding.targetGroupArn !== arn || binding.multiCluster)
  return {
    asFound: switchPointOf(config, surveyed.sets, []),
    reserves: [],
    blueGroups: blue.targetGroups.map((arn) => ({ arn, multiCluster: multiCluster(arn) })),
    crossZone: green.attributes['load_balancing.cross_zone.enabled'] !== 'false',
    records: surveyed.sets.map(foundRecord),
    loadBalancers,
    sharedBy: sharersOf(surveyed),
  }
}

const foundRecord = (set: Routed): FoundRecord => ({
  type: set.Type,
  weighted: set.SetIdentifier === undefined ? null : { identifier: set.SetIdentifier, weight: set.Weight ?? 0 },
  points: pointsOf(set),
})

/** Of an alias as the Pulumi plugin keeps it: lower case, no dot at the end. */
function pointsOf({ AliasTarget: alias, ResourceRecords, TTL }: ResourceRecordSet): Points {
  if (!alias) return { value: ResourceRecords?.[0]?.Value ?? '', ttl: TTL ?? 0 }
  const { HostedZoneId: zoneId = '', DNSName, EvaluateTargetHealth: evaluateTargetHealth = false } = alias
  return { alias: { zoneId, name: plainName(DNSName), evaluateTargetHealth } }
}

/** AWS's defaults: an ALB ends a client's connection after an hour, an NLB forgets a flow that is idle for 350 s. */
function foundLoadBalancer(surveyed: SurveyedLoadBalancer): FoundLoadBalancer {
  const { described, attributes, listenerIdleSeconds, targetGroups } = surveyed
  const common = {
    arn: described.LoadBalancerArn ?? '',
    dnsName: described.DNSName ?? '',
    zoneId: described.CanonicalHostedZoneId ?? '',
    targetGroups,
  }
  if (described.Type !== 'application')
    return { ...common, type: 'network', keepAliveSeconds: listenerIdleSeconds ?? 350 }
  return {
    ...common,
    type: 'application',
    keepAliveSeconds: Number(attributes['client_keep_alive.seconds'] ?? 3600),
  }
}

/** Names beside ours that lead to blue's load balancer. */
function sharersOf({ zone, config, loadBalancers: { blue } }: Survey): string[] {
  const target = plainName(blue.described.DNSName)
  const names = zone
    .filter(isRouted)
    .filter((set) => targetsOf(set).includes(target))
    .map(({ Name }) => plainName(Name))
  return [...new Set(names)].filter((name) => name !== config.record).sort()
}
