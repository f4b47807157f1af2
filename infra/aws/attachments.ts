import type { AttachedAs, GroupOfNodes } from './auto-scaling.ts'
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

/** `leaving`: told to be detached; its instances are being deregistered, or drain. */
export type AttachmentState = 'attached' | 'leaving' | 'detached'

export async function stateOf(
  { autoScalingGroup, targetGroupArn, as }: Attachment,
  aws: Aws,
): Promise<AttachmentState> {
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
    if (found) return states[found.state ?? ''] ?? 'attached'
    NextToken = page.NextToken
  } while (NextToken)
  return 'detached'
}

/** What is neither is on the way in, or in service. */
const states: Readonly<Record<string, AttachmentState>> = { Removing: 'leaving', Removed: 'detached' }

/** The same groups, without a target group that they are only leaving: Auto Scaling lists it until the last node has drained. */
export function withoutLeaving(
  groups: readonly GroupOfNodes[],
  targetGroupArn: string,
  aws: Aws,
): Promise<GroupOfNodes[]> {
  return Promise.all(
    groups.map(async (group) => {
      if (!group.targetGroups.includes(targetGroupArn)) return group
      const as = attachedAs(group, targetGroupArn)
      const state = await stateOf({ autoScalingGroup: group.name, targetGroupArn, as }, aws)
      if (state === 'attached') return group
      return { ...group, targetGroups: group.targetGroups.filter((arn) => arn !== targetGroupArn) }
    }),
  )
}

export const attachedAs = ({ trafficSources }: GroupOfNodes, targetGroupArn: string): AttachedAs =>
  trafficSources.includes(targetGroupArn) ? 'traffic-source' : 'target-group'

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
