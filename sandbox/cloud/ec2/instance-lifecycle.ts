import type { Tag } from '@aws-sdk/client-ec2'
import { forgetInstance } from '../elbv2/instance-targets.ts'
import type { World } from '../world.ts'
import { freeAddress } from './addresses.ts'
import { newId } from './ids.ts'
import type { InstanceRecord, SubnetRecord } from './state.ts'
import { tagNew } from './tags.ts'

/** Delays of EC2 in AWS seconds. AWS publishes no figures: these are of the size that launches and terminations of small Linux instances take. */
const startSeconds = 20
const shutdownSeconds = 30
/** How long a terminated instance can still be described: "a short while (usually less than an hour)" (DescribeInstances). */
const rememberedSeconds = 3600

export interface Launch {
  readonly subnet: SubnetRecord
  readonly imageId: string
  readonly instanceType: string
  /** Without any, the default group of the VPC. */
  readonly securityGroups: readonly string[] | undefined
  readonly tags: readonly Tag[]
  /** Instances that one call launched share it. */
  readonly reservationId?: string
}

/** A new instance; it is pending, and running after a while. */
export function launchInstance(world: World, launch: Launch): InstanceRecord {
  const { subnet, reservationId = newId('r') } = launch
  const instance: InstanceRecord = {
    InstanceId: newId('i'),
    ReservationId: reservationId,
    ImageId: launch.imageId,
    InstanceType: launch.instanceType,
    SubnetId: subnet.SubnetId,
    VpcId: subnet.VpcId,
    AvailabilityZone: subnet.AvailabilityZone,
    PrivateIpAddress: freeAddress(world, subnet),
    LaunchTime: new Date(),
    NetworkInterfaceId: newId('eni'),
    AttachmentId: newId('eni-attach'),
    securityGroups: launch.securityGroups ?? defaultGroup(world, subnet.VpcId),
    state: 'pending',
  }
  world.ec2.instances.set(instance.InstanceId, instance)
  tagNew(world, instance.InstanceId, launch.tags)
  world.clock.after(startSeconds, () => {
    if (instance.state === 'pending') become(world, instance, 'running')
  })
  return instance
}

const defaultGroup = (world: World, vpcId: string): string[] =>
  [...world.ec2.securityGroups.values()]
    .filter(({ GroupName, VpcId }) => GroupName === 'default' && VpcId === vpcId)
    .map(({ GroupId }) => GroupId)

/** Its software stops at once; load balancers forget it when it is terminated. Nothing happens to one that ends already. */
export function terminateInstance(world: World, instance: InstanceRecord): void {
  if (instance.state === 'shutting-down' || instance.state === 'terminated') return
  become(world, instance, 'shutting-down')
  world.clock.after(shutdownSeconds, () => {
    forgetInstance(world, instance.InstanceId)
    become(world, instance, 'terminated')
  })
  world.clock.after(shutdownSeconds + rememberedSeconds, () => {
    world.ec2.instances.delete(instance.InstanceId)
    world.ec2.tags.delete(instance.InstanceId)
  })
}

function become(world: World, instance: InstanceRecord, state: InstanceRecord['state']): void {
  instance.state = state
  world.events.emit('changed')
}
