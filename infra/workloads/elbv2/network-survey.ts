import {
  DescribeAccountLimitsCommand,
  DescribeListenerAttributesCommand,
  DescribeListenersCommand,
  type Listener,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Aws } from '../../aws/clients.ts'

/** What has to be known of a network load balancer beside what every load balancer has. */
export interface NetworkSurvey {
  /** How many target groups one action may name; below 2 its listeners cannot weigh. */
  readonly groupsPerAction: number
  readonly maxListeners: number
  /** Ports of all its listeners. */
  readonly ports: readonly number[]
}

/** AWS's defaults where the account is told no limit: one group per action is what every network load balancer can do. */
const leastGroupsPerAction = 1
const usualMaxListeners = 50

export async function surveyNetwork(loadBalancerArn: string, aws: Aws): Promise<NetworkSurvey> {
  const [limits, listeners] = await Promise.all([accountLimits(aws), listenersOf(loadBalancerArn, aws)])
  return {
    groupsPerAction: limits.get('target-groups-per-action-on-network-load-balancer') ?? leastGroupsPerAction,
    maxListeners: limits.get('listeners-per-network-load-balancer') ?? usualMaxListeners,
    ports: listeners.map(({ Port }) => Port ?? 0),
  }
}

/** Quotas of the account by the names that AWS gives them. */
export async function accountLimits(aws: Aws): Promise<ReadonlyMap<string, number>> {
  const limits = new Map<string, number>()
  let marker: string | undefined
  do {
    const page = await aws.elbv2.send(new DescribeAccountLimitsCommand({ Marker: marker }))
    for (const { Name, Max } of page.Limits ?? []) limits.set(Name ?? '', Number(Max))
    marker = page.NextMarker
  } while (marker)
  return limits
}

export async function listenersOf(LoadBalancerArn: string, aws: Aws): Promise<Listener[]> {
  const listeners: Listener[] = []
  let marker: string | undefined
  do {
    const page = await aws.elbv2.send(new DescribeListenersCommand({ LoadBalancerArn, Marker: marker }))
    listeners.push(...(page.Listeners ?? []))
    marker = page.NextMarker
  } while (marker)
  return listeners
}

/** Of TCP flows without a word, where the listener says nothing. Source: NLB guide, "Connection idle timeout". */
const usualIdleSeconds = 350

/** How long a flow through a listener may be silent. Those of TLS listeners have no such attribute. */
export async function flowIdleSeconds({ ListenerArn, Protocol }: Listener, aws: Aws): Promise<number> {
  if (Protocol !== 'TCP') return usualIdleSeconds
  const { Attributes = [] } = await aws.elbv2.send(new DescribeListenerAttributesCommand({ ListenerArn }))
  return Number(Attributes.find(({ Key }) => Key === 'tcp.idle_timeout.seconds')?.Value ?? usualIdleSeconds)
}
