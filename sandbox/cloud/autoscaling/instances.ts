import type {
  DescribeAutoScalingInstancesCommandInput,
  DescribeAutoScalingInstancesCommandOutput,
  Instance,
  SetDesiredCapacityCommandInput,
  SetDesiredCapacityCommandOutput,
  SetInstanceHealthCommandInput,
  SetInstanceHealthCommandOutput,
  TerminateInstanceInAutoScalingGroupCommandInput,
  TerminateInstanceInAutoScalingGroupCommandOutput,
} from '@aws-sdk/client-auto-scaling'
import { requireOneOf, validationError } from '../elbv2/invalid.ts'
import type { Operation, Operations } from '../operation.ts'
import { findGroup, findMember, page } from './find.ts'
import { takeOut } from './members.ts'
import type { Member } from './state.ts'

/** While its targets drain AWS shows the same state as after. */
export const describeMember = (member: Member): Instance => ({
  InstanceId: member.instanceId,
  InstanceType: member.instanceType,
  AvailabilityZone: member.zone,
  LifecycleState: member.life.state,
  HealthStatus: member.health,
  LaunchTemplate: member.launchTemplate,
  ProtectedFromScaleIn: member.isProtected,
})

const describeAutoScalingInstances: Operation<
  DescribeAutoScalingInstancesCommandInput,
  DescribeAutoScalingInstancesCommandOutput
> = (world, input) => {
  const ids = input.InstanceIds
  const all = [...world.autoscaling.groups.values()].flatMap(({ name, members }) =>
    [...members.values()].map((member) => ({ name, member })),
  )
  const found = all.filter(({ member }) => !ids?.length || ids.includes(member.instanceId))
  const { items, NextToken } = page(found, input, 50)
  const AutoScalingInstances = items.map(({ name, member }) => ({
    ...describeMember(member),
    AutoScalingGroupName: name,
    // This call alone answers it in capitals (SDK, AutoScalingInstanceDetails).
    HealthStatus: member.health.toUpperCase(),
  }))
  return { AutoScalingInstances, NextToken }
}

const setDesiredCapacity: Operation<SetDesiredCapacityCommandInput, SetDesiredCapacityCommandOutput> = (
  world,
  input,
) => {
  const group = findGroup(world, input.AutoScalingGroupName)
  const { DesiredCapacity = 0 } = input
  const { minSize, maxSize } = group
  const refused = (bound: string) =>
    validationError(`New SetDesiredCapacity value ${DesiredCapacity} is ${bound} for the AutoScalingGroup.`)
  if (DesiredCapacity > maxSize) throw refused(`above max value ${maxSize}`)
  if (DesiredCapacity < minSize) throw refused(`below min value ${minSize}`)
  group.desiredCapacity = DesiredCapacity
  return {}
}

export const terminateMember: Operation<
  TerminateInstanceInAutoScalingGroupCommandInput,
  TerminateInstanceInAutoScalingGroupCommandOutput
> = (world, input) => {
  const { group, member } = findMember(world, input.InstanceId)
  if (input.ShouldDecrementDesiredCapacity) {
    if (group.desiredCapacity <= group.minSize) {
      throw validationError(
        `Currently, desiredSize equals minSize (${group.minSize}). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.`,
      )
    }
    group.desiredCapacity -= 1
  }
  takeOut(world, group, member, `instance ${member.instanceId} was taken out of service in response to a user request.`)
  return { Activity: group.activities[0] }
}

/** The group looks at it with its next look. Within the grace period nothing happens, unless the call says otherwise. */
const setInstanceHealth: Operation<SetInstanceHealthCommandInput, SetInstanceHealthCommandOutput> = (world, input) => {
  const { group, member } = findMember(world, input.InstanceId)
  requireOneOf('healthStatus', input.HealthStatus, ['Healthy', 'Unhealthy'])
  const since = member.life.state === 'InService' ? member.life.since : undefined
  const inGrace = since !== undefined && performance.now() < since + world.clock.ms(group.graceSeconds)
  if ((input.ShouldRespectGracePeriod ?? true) && inGrace) return {}
  member.health = input.HealthStatus === 'Unhealthy' ? 'Unhealthy' : 'Healthy'
  return {}
}

export const instanceOperations: Operations = {
  DescribeAutoScalingInstances: describeAutoScalingInstances,
  SetDesiredCapacity: setDesiredCapacity,
  SetInstanceHealth: setInstanceHealth,
  TerminateInstanceInAutoScalingGroup: terminateMember,
}
