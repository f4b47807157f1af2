import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling'
import type { Aws } from './clients.ts'

/** What a group says of its instances' health: with `ELB` it terminates those that a target group calls unhealthy. */
export interface GroupOfNodes {
  readonly name: string
  readonly healthCheckType: 'EC2' | 'ELB'
  /** ARNs of the target groups that it is attached to. */
  readonly targetGroups: readonly string[]
}

/** Groups by name; one that does not exist is left out. */
export async function describeGroups(names: readonly string[], aws: Aws): Promise<GroupOfNodes[]> {
  const { DescribeAutoScalingGroupsCommand } = await import('@aws-sdk/client-auto-scaling')
  const client = await aws.autoScaling()
  const groups: AutoScalingGroup[] = []
  let next: string | undefined
  do {
    const command = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [...names], NextToken: next })
    const page = await client.send(command)
    groups.push(...(page.AutoScalingGroups ?? []))
    next = page.NextToken
  } while (next)
  return groups.map((group) => ({
    name: group.AutoScalingGroupName ?? '',
    healthCheckType: (group.HealthCheckType ?? '').split(',').includes('ELB') ? 'ELB' : 'EC2',
    targetGroups: group.TargetGroupARNs ?? [],
  }))
}

/** Detaches a target group; the group's instances are deregistered and drain. */
export async function detachTargetGroup(name: string, targetGroupArn: string, aws: Aws): Promise<void> {
  const { DetachLoadBalancerTargetGroupsCommand } = await import('@aws-sdk/client-auto-scaling')
  const client = await aws.autoScaling()
  const input = { AutoScalingGroupName: name, TargetGroupARNs: [targetGroupArn] }
  await client.send(new DetachLoadBalancerTargetGroupsCommand(input))
}
