import type { Aws } from '../../aws/clients.ts'
import { countIn, type Window } from '../../aws/metrics.ts'
import type { BlueTraffic } from '../kind.ts'
import type { SwitchSite } from './found.ts'

/**
 * Requests to blue's target group. Only application load balancers count by target group; AWS documents no such dimension for the
 * flows of a network load balancer (its guide, CloudWatch metrics).
 */
export async function observeBlueTraffic({ found }: SwitchSite, window: Window, aws: Aws): Promise<BlueTraffic> {
  const LoadBalancer = found.loadBalancer.arn.split(':loadbalancer/').at(-1) ?? ''
  const TargetGroup = found.blueTargetGroup.arn.split(':').at(-1) ?? ''
  if (!LoadBalancer.startsWith('app/')) return { none: 'a network load balancer does not count flows by target group' }
  const dimensions = { LoadBalancer, TargetGroup }
  const metrics = { namespace: 'AWS/ApplicationELB', counter: 'RequestCount', alive: 'HealthyHostCount' }
  return countIn({ ...metrics, dimensions }, window, aws)
}
