import type { RequestLaunchTemplateData, Tag } from '@aws-sdk/client-ec2'
import { AwsError } from '../errors.ts'
import { launchInstance, terminateInstance } from '../ec2/instance-lifecycle.ts'
import { findTemplate, versionOf } from '../ec2/launch-templates.ts'
import type { LaunchTemplateRecord, SubnetRecord } from '../ec2/state.ts'
import type { World } from '../world.ts'
import { begin, end } from './activities.ts'
import type { Group, Member } from './state.ts'
import { deregister, hasTargets, register } from './targets.ts'

const active = (group: Group): Member[] =>
  [...group.members.values()].filter(({ life }) => life.state !== 'Terminating')

/** Brings the number of instances to what is desired, one activity for each. */
export function resize(world: World, group: Group): void {
  const present = active(group).length
  for (let size = present; size < group.desiredCapacity && !isSuspended(group, 'Launch'); size++) {
    launch(world, group, `increasing the capacity from ${present} to ${group.desiredCapacity}`)
  }
  const surplus = isSuspended(group, 'Terminate') ? 0 : present - group.desiredCapacity
  for (let left = surplus; left > 0; left--) {
    const member = leastWanted(group)
    if (!member) return
    const change = `shrinking the capacity from ${present} to ${group.desiredCapacity}`
    takeOut(
      world,
      group,
      member,
      `an instance was taken out of service in response to a difference between desired and actual capacity, ${change}.`,
    )
  }
}

export const isSuspended = ({ suspended }: Group, process: string): boolean => suspended.has(process)

function launch(world: World, group: Group, change: string): void {
  const why = `an instance was started in response to a difference between desired and actual capacity, ${change}.`
  const activity = begin(group, 'Launching a new EC2 instance', why)
  try {
    const template = findTemplate(world, group.launchTemplate)
    const version = versionOf(template, group.launchTemplate.Version)
    const subnet = nextSubnet(world, group)
    const data: RequestLaunchTemplateData = version?.data ?? {}
    const instanceType = data.InstanceType ?? 'm1.small'
    const { InstanceId: instanceId } = launchInstance(world, {
      subnet,
      imageId: data.ImageId ?? '',
      instanceType,
      securityGroups: data.NetworkInterfaces?.[0]?.Groups ?? data.SecurityGroupIds,
      tags: tagsFor(group, data.TagSpecifications),
    })
    activity.Description = `Launching a new EC2 instance: ${instanceId}`
    activity.Details = JSON.stringify({ 'Subnet ID': subnet.SubnetId, 'Availability Zone': subnet.AvailabilityZone })
    group.members.set(instanceId, {
      instanceId,
      instanceType,
      zone: subnet.AvailabilityZone,
      launchTemplate: pinned(template, version),
      isProtected: group.protectsNewInstances,
      health: 'Healthy',
      life: { state: 'Pending', activity },
    })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    activity.Description = `Launching a new EC2 instance.  Status Reason: ${error.message} Launching EC2 instance failed.`
    end(activity, 'Failed', `${error.message} Launching EC2 instance failed.`)
  }
}

const pinned = (template: LaunchTemplateRecord, version: LaunchTemplateRecord['versions'][number] | undefined) => ({
  LaunchTemplateId: template.LaunchTemplateId,
  LaunchTemplateName: template.LaunchTemplateName,
  Version: String(version ? template.versions.indexOf(version) + 1 : 1),
})

function tagsFor(group: Group, specifications: RequestLaunchTemplateData['TagSpecifications'] = []): Tag[] {
  const ofTemplate = specifications.filter(({ ResourceType }) => ResourceType === 'instance')
  const own = [...group.tags]
    .filter(([, { propagates }]) => propagates)
    .map(([Key, { value }]) => ({ Key, Value: value }))
  return [
    ...ofTemplate.flatMap(({ Tags = [] }) => Tags),
    ...own,
    { Key: 'aws:autoscaling:groupName', Value: group.name },
  ]
}

/** Of the zone with the fewest instances; the first of equals. */
function nextSubnet(world: World, group: Group): SubnetRecord {
  const subnets = group.subnetIds.flatMap((id) => world.ec2.subnets.get(id) ?? [])
  const load = ({ AvailabilityZone }: SubnetRecord) =>
    active(group).filter(({ zone }) => zone === AvailabilityZone).length
  const [subnet] = subnets.toSorted((a, b) => load(a) - load(b))
  if (subnet) return subnet
  throw new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${group.subnetIds[0]}' does not exist.`)
}

/** Of the zone with the most instances the oldest, as the default policy ends up when all have one launch template. */
function leastWanted(group: Group): Member | undefined {
  const candidates = active(group)
  const load = ({ zone }: Member) => candidates.filter((other) => other.zone === zone).length
  return candidates.filter(({ isProtected }) => !isProtected).toSorted((a, b) => load(b) - load(a))[0]
}

/** Out of every target group first; its machine ends when nothing of it drains any more. */
export function takeOut(world: World, group: Group, member: Member, why: string): void {
  if (member.life.state === 'Terminating') return
  const activity = begin(group, `Terminating EC2 instance: ${member.instanceId}`, why)
  if (member.life.state === 'Pending') end(member.life.activity, 'Failed')
  member.life = { state: 'Terminating', activity }
  for (const source of group.sources.values()) deregister(world, source, member)
  if (hasTargets(world, group, member)) {
    activity.StatusCode = 'WaitingForELBConnectionDraining'
    activity.Description += ' - Waiting For ELB Connection Draining.'
  }
}

/** The next step in a member's life, if it is time for it. */
export function advance(world: World, group: Group, member: Member): void {
  const machine = world.ec2.instances.get(member.instanceId)?.state ?? 'terminated'
  switch (member.life.state) {
    case 'Pending':
      if (machine === 'pending') return
      end(member.life.activity, 'Successful')
      member.life = { state: 'InService', since: performance.now() }
      return putIntoService(world, group, member)
    case 'InService':
      return
    case 'Terminating':
      return machine === 'terminated' ? forget(group, member, member.life.activity) : finish(world, group, member)
  }
}

/** Registered once: what somebody deregisters later stays out. */
function putIntoService(world: World, group: Group, member: Member): void {
  if (isSuspended(group, 'AddToLoadBalancer')) return
  for (const source of group.sources.values()) if (source.state !== 'Removing') register(world, source, member)
}

function finish(world: World, group: Group, member: Member): void {
  const machine = world.ec2.instances.get(member.instanceId)
  if (machine && member.life.state === 'Terminating' && !hasTargets(world, group, member)) {
    member.life.activity.StatusCode = 'InProgress'
    terminateInstance(world, machine)
  }
}

function forget(group: Group, member: Member, activity: Parameters<typeof end>[0]): void {
  activity.Description = `Terminating EC2 instance: ${member.instanceId}`
  end(activity, 'Successful')
  group.members.delete(member.instanceId)
}
