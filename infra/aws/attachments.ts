import type { AttachedAs } from './auto-scaling.ts'
import type { Aws } from './clients.ts'

/** One auto-scaling group and one target group. */
export interface Attachment {
  readonly autoScalingGroup: string
  readonly targetGroupArn: string
  readonly as: AttachedAs
}

/** The group's instances are registered, now and whenever one starts. What is attached already stays so. */
export async function attach({ autoScalingGroup, targetGroupArn, as }: Attachment, aws: Aws): Promise<void> {
  const sdk = await import('@aws-sdk/client-auto-scaling')
  const client = await aws.autoScaling()
  const AutoScalingGroupName = autoScalingGroup
  if (as === 'traffic-source') {
    const TrafficSources = [{ Identifier: targetGroupArn, Type: 'elbv2' }]
    await client.send(new sdk.AttachTrafficSourcesCommand({ AutoScalingGroupName, TrafficSources }))
  } else {
    const TargetGroupARNs = [targetGroupArn]
    await client.send(new sdk.AttachLoadBalancerTargetGroupsCommand({ AutoScalingGroupName, TargetGroupARNs }))
  }
}

/** The group's instances are deregistered and drain. What is not attached stays so. */
export async function detach({ autoScalingGroup, targetGroupArn, as }: Attachment, aws: Aws): Promise<void> {
  const sdk = await import('@aws-sdk/client-auto-scaling')
  const client = await aws.autoScaling()
  const AutoScalingGroupName = autoScalingGroup
  try {
    if (as === 'traffic-source') {
      const TrafficSources = [{ Identifier: targetGroupArn, Type: 'elbv2' }]
      await client.send(new sdk.DetachTrafficSourcesCommand({ AutoScalingGroupName, TrafficSources }))
    } else {
      const TargetGroupARNs = [targetGroupArn]
      await client.send(new sdk.DetachLoadBalancerTargetGroupsCommand({ AutoScalingGroupName, TargetGroupARNs }))
    }
  } catch (error) {
    if (!isNotAttached(error)) throw error
  }
}

/** Auto Scaling has one code, ValidationError, for all that it refuses: its words tell. */
const isNotAttached = (error: unknown): boolean =>
  error instanceof Error && /^Trying to remove (Target Groups|Traffic Sources) that are not part/.test(error.message)

/** false as soon as it is being detached, while its instances drain. */
export async function isAttached({ autoScalingGroup, targetGroupArn, as }: Attachment, aws: Aws): Promise<boolean> {
  const sdk = await import('@aws-sdk/client-auto-scaling')
  const client = await aws.autoScaling()
  const AutoScalingGroupName = autoScalingGroup
  let NextToken: string | undefined
  do {
    const page =
      as === 'traffic-source'
        ? await client.send(new sdk.DescribeTrafficSourcesCommand({ AutoScalingGroupName, NextToken }))
        : await client.send(new sdk.DescribeLoadBalancerTargetGroupsCommand({ AutoScalingGroupName, NextToken }))
    const found = statesOf(page).find(({ arn }) => arn === targetGroupArn)
    if (found) return found.state !== 'Removing' && found.state !== 'Removed'
    NextToken = page.NextToken
  } while (NextToken)
  return false
}

interface Described {
  readonly TrafficSources?: readonly { readonly Identifier?: string; readonly State?: string }[]
  readonly LoadBalancerTargetGroups?: readonly {
    readonly LoadBalancerTargetGroupARN?: string
    readonly State?: string
  }[]
}

const statesOf = ({ TrafficSources = [], LoadBalancerTargetGroups = [] }: Described) => [
  ...TrafficSources.map(({ Identifier, State }) => ({ arn: Identifier, state: State })),
  ...LoadBalancerTargetGroups.map(({ LoadBalancerTargetGroupARN, State }) => ({
    arn: LoadBalancerTargetGroupARN,
    state: State,
  })),
]
