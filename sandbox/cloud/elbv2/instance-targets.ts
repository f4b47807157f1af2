import { AwsError } from '../errors.ts'
import type { World } from '../world.ts'
import type { Target, TargetGroup } from './state.ts'

export const isRunning = (world: World, instanceId: string): boolean =>
  world.ec2.instances.get(instanceId)?.state === 'running'

/** An instance that may become a target: it runs, in the VPC of the group. */
export function acceptInstance(world: World, group: TargetGroup, id: string): Pick<Target, 'zone' | 'address'> {
  const instance = world.ec2.instances.get(id)
  if (!instance) throw new AwsError('InvalidTarget', `Instance ID '${id}' is not valid`)
  if (instance.state !== 'running') {
    throw new AwsError(
      'InvalidTarget',
      `The following targets are not in a running state and cannot be registered: '${id}'`,
    )
  }
  if (instance.VpcId !== group.vpcId) {
    throw new AwsError(
      'InvalidTarget',
      `The following targets are not in the target group VPC '${group.vpcId}': '${id}'`,
    )
  }
  return { zone: instance.AvailabilityZone, address: instance.PrivateIpAddress }
}

/** A terminated instance is a target of nothing, without a delay. */
export function forgetInstance(world: World, instanceId: string): void {
  for (const { targets } of world.elbv2.targetGroups.values()) {
    for (const [key, target] of targets) if (target.id === instanceId) targets.delete(key)
  }
}
