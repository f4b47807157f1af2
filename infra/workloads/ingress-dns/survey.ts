import type { Listener, LoadBalancer } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { HostedZone, ResourceRecordSet } from '@aws-sdk/client-route-53'
import type { Aws } from '../../aws/clients.ts'
import {
  describeLoadBalancer,
  listenerAttributes,
  listenersOf,
  loadBalancerAttributes,
  targetGroupsOf,
} from '../../aws/load-balancers.ts'
import { plainName, protectionsAt, recordSetsIn } from '../../aws/route53.ts'
import type { Colour } from '../../traffic.ts'
import type { Entry } from '../entry.ts'
import { Refused } from '../refused.ts'
import type { IngressDnsConfig } from './config.ts'
import { isRouted, type Routed } from './targets.ts'

/** A load balancer with what surrounds it. */
export interface SurveyedLoadBalancer {
  readonly described: LoadBalancer
  readonly attributes: Readonly<Record<string, string>>
  readonly listeners: readonly Listener[]
  /** The longest idle time-out of its listeners in seconds; null: they have none of their own. */
  readonly listenerIdleSeconds: number | null
  readonly targetGroups: readonly string[]
}

/** Everything of AWS's that surrounds the name, read before anything is decided. */
export interface Survey {
  readonly config: IngressDnsConfig & Pick<Entry, 'managedElsewhere'>
  /** Every record set of the zone. */
  readonly zone: readonly ResourceRecordSet[]
  /** Those at the name that lead clients somewhere. */
  readonly sets: readonly Routed[]
  /** Types of record that are protected at the name. */
  readonly protectedTypes: readonly string[]
  readonly loadBalancers: Readonly<Record<Colour, SurveyedLoadBalancer>>
}

/** Throws Refused when something that the entry names is not there. */
export async function survey(config: Survey['config'], aws: Aws): Promise<Survey> {
  await readZone(config, aws)
  const [zone, protections, blue, green] = await Promise.all([
    recordSetsIn(config.zone, aws),
    protectionsAt(config.zone, config.record, aws),
    surveyLoadBalancer('blueLoadBalancer', config.blueLoadBalancer, aws),
    surveyLoadBalancer('greenLoadBalancer', config.greenLoadBalancer, aws),
  ])
  const sets = zone.filter(isRouted).filter((set) => plainName(set.Name) === config.record)
  if (sets.length === 0) {
    const reason = `${config.record} has no A, AAAA or CNAME record in ${config.zone}`
    throw new Refused('record', reason, 'Check the name and the zone; a private and a public zone may share a name.')
  }
  const protectedTypes = protections.flatMap(({ RecordType }) => RecordType ?? [])
  return { config, zone, sets, protectedTypes, loadBalancers: { blue, green } }
}

async function readZone({ zone }: IngressDnsConfig, aws: Aws): Promise<HostedZone | undefined> {
  const { GetHostedZoneCommand } = await import('@aws-sdk/client-route-53')
  try {
    const client = await aws.route53()
    return (await client.send(new GetHostedZoneCommand({ Id: zone }))).HostedZone
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'NoSuchHostedZone') throw error
    throw new Refused('zone', `hosted zone ${zone} does not exist`, 'Check the id and the account.')
  }
}

async function surveyLoadBalancer(
  field: 'blueLoadBalancer' | 'greenLoadBalancer',
  arn: string,
  aws: Aws,
): Promise<SurveyedLoadBalancer> {
  const described = await describeLoadBalancer(arn, aws)
  if (!described) throw new Refused(field, `${arn} does not exist`, 'Check the ARN and the region.')
  const [attributes, listeners, targetGroups] = await Promise.all([
    loadBalancerAttributes(arn, aws),
    listenersOf(arn, aws),
    targetGroupsOf(arn, aws),
  ])
  const ofListeners = await Promise.all(listeners.map(({ ListenerArn }) => listenerAttributes(ListenerArn ?? '', aws)))
  const idle = ofListeners.flatMap(({ 'tcp.idle_timeout.seconds': seconds }) => (seconds ? [Number(seconds)] : []))
  const listenerIdleSeconds = idle.length > 0 ? Math.max(...idle) : null
  return { described, attributes, listeners, listenerIdleSeconds, targetGroups }
}
