import {
  DescribeListenerAttributesCommand,
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  type Listener,
  type LoadBalancer,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Aws } from './clients.ts'

/** null: there is none. */
export async function describeLoadBalancer(arn: string, aws: Aws): Promise<LoadBalancer | null> {
  try {
    const answer = await aws.elbv2.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }))
    return answer.LoadBalancers?.[0] ?? null
  } catch (error) {
    if (error instanceof Error && error.name === 'LoadBalancerNotFoundException') return null
    throw error
  }
}

export async function loadBalancerAttributes(arn: string, aws: Aws): Promise<Readonly<Record<string, string>>> {
  const answer = await aws.elbv2.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn }))
  return attributesOf(answer.Attributes)
}

/** Up to 50: no load balancer has more unless its quota was raised. */
export async function listenersOf(loadBalancerArn: string, aws: Aws): Promise<readonly Listener[]> {
  const listeners: Listener[] = []
  let marker: string | undefined
  do {
    const input = { LoadBalancerArn: loadBalancerArn, Marker: marker }
    const page = await aws.elbv2.send(new DescribeListenersCommand(input))
    listeners.push(...(page.Listeners ?? []))
    marker = page.NextMarker
  } while (marker)
  return listeners
}

export async function listenerAttributes(arn: string, aws: Aws): Promise<Readonly<Record<string, string>>> {
  const answer = await aws.elbv2.send(new DescribeListenerAttributesCommand({ ListenerArn: arn }))
  return attributesOf(answer.Attributes)
}

/** ARNs of the groups that its listeners and rules forward to. */
export async function targetGroupsOf(loadBalancerArn: string, aws: Aws): Promise<readonly string[]> {
  const arns: string[] = []
  let marker: string | undefined
  do {
    const input = { LoadBalancerArn: loadBalancerArn, Marker: marker }
    const page = await aws.elbv2.send(new DescribeTargetGroupsCommand(input))
    arns.push(...(page.TargetGroups ?? []).flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []))
    marker = page.NextMarker
  } while (marker)
  return arns.sort()
}

const attributesOf = (attributes: readonly { Key?: string; Value?: string }[] | undefined): Record<string, string> =>
  Object.fromEntries((attributes ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']))
