import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling'
import type { Aws } from './clients.ts'

/** What a group says of itself and of its machines. */
export interface GroupOfNodes {
  readonly name: string
  /** With `ELB` it terminates the instances that a target group calls unhealthy. */
  readonly healthCheckType: 'EC2' | 'ELB'
  /** ARNs of the target groups that it is attached to, by whichever call; those that it is leaving may be among them. */
  readonly targetGroups: readonly string[]
  /** Those of them that were attached as traffic sources, which only the calls of traffic sources detach. */
  readonly trafficSources: readonly string[]
  readonly instances: readonly NodeInstance[]
  readonly tags: Readonly<Record<string, string>>
}

export interface NodeInstance {
  readonly id: string
  readonly zone: string
  /** In service, and healthy as far as Auto Scaling knows. */
  readonly serves: boolean
}

/** By which of its two families of calls Auto Scaling was told. */
export type AttachedAs = 'target-group' | 'traffic-source'

/** Groups by name; one that does not exist is left out. */
export const describeGroups = (names: readonly string[], aws: Aws): Promise<GroupOfNodes[]> =>
  readGroups({ AutoScalingGroupNames: [...names] }, aws)

/** Every group of the region that is attached to a target group. */
export async function groupsAttachedTo(targetGroupArn: string, aws: Aws): Promise<GroupOfNodes[]> {
  return (await readGroups({}, aws)).filter(({ targetGroups }) => targetGroups.includes(targetGroupArn))
}

async function readGroups(which: { AutoScalingGroupNames?: string[] }, aws: Aws): Promise<GroupOfNodes[]> {
  const { DescribeAutoScalingGroupsCommand } = await import('@aws-sdk/client-auto-scaling')
  const client = await aws.autoScaling()
  const groups: AutoScalingGroup[] = []
  let next: string | undefined
  do {
    const page = await client.send(new DescribeAutoScalingGroupsCommand({ ...which, NextToken: next }))
    groups.push(...(page.AutoScalingGroups ?? []))
    next = page.NextToken
  } while (next)
  return groups.map(groupOf)
}

function groupOf(group: AutoScalingGroup): GroupOfNodes {
  const targetGroups = group.TargetGroupARNs ?? []
  const sources = (group.TrafficSources ?? []).flatMap(({ Identifier }) => Identifier ?? [])
  const trafficSources = sources.filter((arn) => !targetGroups.includes(arn))
  return {
    name: group.AutoScalingGroupName ?? '',
    healthCheckType: (group.HealthCheckType ?? '').split(',').includes('ELB') ? 'ELB' : 'EC2',
    targetGroups: [...targetGroups, ...trafficSources],
    trafficSources,
    instances: (group.Instances ?? []).map(({ InstanceId, AvailabilityZone, LifecycleState, HealthStatus }) => ({
      id: InstanceId ?? '',
      zone: AvailabilityZone ?? 'unknown',
      serves: LifecycleState === 'InService' && HealthStatus === 'Healthy',
    })),
    tags: Object.fromEntries((group.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
  }
}
