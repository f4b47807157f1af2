import type {
  AutoScalingGroup,
  CreateAutoScalingGroupCommandInput,
  CreateAutoScalingGroupCommandOutput,
  DeleteAutoScalingGroupCommandInput,
  DeleteAutoScalingGroupCommandOutput,
  DescribeAutoScalingGroupsCommandInput,
  DescribeAutoScalingGroupsCommandOutput,
  Filter,
  UpdateAutoScalingGroupCommandInput,
  UpdateAutoScalingGroupCommandOutput,
} from '@aws-sdk/client-auto-scaling'
import { randomUUID } from 'node:crypto'
import { requireLength, validationError } from '../elbv2/invalid.ts'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { acceptHealthCheckType, acceptLaunch, acceptSize, acceptSubnets } from './accept.ts'
import { findGroup, page } from './find.ts'
import { describeMember } from './instances.ts'
import { start } from './life.ts'
import { takeOut } from './members.ts'
import type { Group } from './state.ts'
import { describeTags, tag } from './tags.ts'
import { attach, attachedAs } from './traffic-sources.ts'

export const createGroup: Operation<CreateAutoScalingGroupCommandInput, CreateAutoScalingGroupCommandOutput> = (
  world,
  input,
) => {
  const group = accept(world, input)
  const { TargetGroupARNs = [], TrafficSources = [] } = input
  attach(world, group, TargetGroupARNs, 'target-group')
  attach(
    world,
    group,
    TrafficSources.map(({ Identifier = '' }) => Identifier),
    'traffic-source',
  )
  // What a group is created with is in service from the start (LoadBalancerTargetGroupState).
  for (const source of group.sources.values()) source.state = 'InService'
  tag(group, input.Tags)
  world.autoscaling.groups.set(group.name, group)
  start(world, group)
  return {}
}

function accept(world: World, input: CreateAutoScalingGroupCommandInput): Group {
  const { AutoScalingGroupName: name = '' } = input
  requireLength('autoScalingGroupName', name, 1, 255)
  if (world.autoscaling.groups.has(name)) {
    const message = `AutoScalingGroup by this name already exists - A group with the name ${name} already exists`
    throw new AwsError('AlreadyExists', message)
  }
  const launchTemplate = acceptLaunch(world, input)
  if (!launchTemplate) {
    throw validationError(
      'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
    )
  }
  const subnetIds = acceptSubnets(world, input.VPCZoneIdentifier)
  if (!subnetIds) throw validationError('At least one Availability Zone or VPC Subnet is required.')
  return {
    name,
    arn: `arn:aws:autoscaling:${world.region}:${world.accountId}:autoScalingGroup:${randomUUID()}:autoScalingGroupName/${name}`,
    createdAt: new Date(),
    launchTemplate,
    subnetIds,
    ...acceptSize(input),
    healthCheckType: acceptHealthCheckType(input.HealthCheckType ?? 'EC2'),
    graceSeconds: input.HealthCheckGracePeriod ?? 0,
    cooldownSeconds: input.DefaultCooldown ?? 300,
    terminationPolicies: input.TerminationPolicies ?? ['Default'],
    protectsNewInstances: input.NewInstancesProtectedFromScaleIn ?? false,
    tags: new Map(),
    suspended: new Map(),
    members: new Map(),
    sources: new Map(),
    activities: [],
    deleting: false,
  }
}

export const updateGroup: Operation<UpdateAutoScalingGroupCommandInput, UpdateAutoScalingGroupCommandOutput> = (
  world,
  input,
) => {
  const group = findGroup(world, input.AutoScalingGroupName)
  const { healthCheckType, launchTemplate, subnetIds } = group
  Object.assign(group, {
    ...acceptSize(input, group),
    launchTemplate: acceptLaunch(world, input) ?? launchTemplate,
    subnetIds: acceptSubnets(world, input.VPCZoneIdentifier) ?? subnetIds,
    healthCheckType:
      input.HealthCheckType === undefined ? healthCheckType : acceptHealthCheckType(input.HealthCheckType),
    graceSeconds: input.HealthCheckGracePeriod ?? group.graceSeconds,
    cooldownSeconds: input.DefaultCooldown ?? group.cooldownSeconds,
    terminationPolicies: input.TerminationPolicies ?? group.terminationPolicies,
    protectsNewInstances: input.NewInstancesProtectedFromScaleIn ?? group.protectsNewInstances,
  })
  return {}
}

/** With force the instances go first, and the group with the last of them. */
export const deleteGroup: Operation<DeleteAutoScalingGroupCommandInput, DeleteAutoScalingGroupCommandOutput> = (
  world,
  input,
) => {
  const group = findGroup(world, input.AutoScalingGroupName)
  if (group.members.size > 0 && !input.ForceDelete) {
    throw new AwsError(
      'ResourceInUse',
      'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
    )
  }
  group.deleting = true
  Object.assign(group, { minSize: 0, desiredCapacity: 0 })
  for (const member of group.members.values()) {
    takeOut(
      world,
      group,
      member,
      `instance ${member.instanceId} was taken out of service in response to a user request.`,
    )
  }
  if (group.members.size === 0) world.autoscaling.groups.delete(group.name)
  return {}
}

const describeAutoScalingGroups: Operation<
  DescribeAutoScalingGroupsCommandInput,
  DescribeAutoScalingGroupsCommandOutput
> = (world, input) => {
  const names = input.AutoScalingGroupNames
  const found = [...world.autoscaling.groups.values()].filter(
    (group) => (!names?.length || names.includes(group.name)) && passes(group, input.Filters),
  )
  const { items, NextToken } = page(found, input, 100)
  return { AutoScalingGroups: items.map((group) => describe(world, group)), NextToken }
}

/** By tags: `tag:<key>`, `tag-key` and `tag-value`. */
const passes = ({ tags }: Group, filters: Filter[] = []): boolean =>
  filters.every(({ Name = '', Values = [] }) => {
    if (Name === 'tag-key') return Values.some((key) => tags.has(key))
    if (Name === 'tag-value') return [...tags.values()].some(({ value }) => Values.includes(value))
    const tagged = Name.startsWith('tag:') ? tags.get(Name.slice('tag:'.length)) : undefined
    return tagged !== undefined && Values.includes(tagged.value)
  })

function describe(world: World, group: Group): AutoScalingGroup {
  const zones = group.subnetIds.map((id) => world.ec2.subnets.get(id)?.AvailabilityZone ?? '')
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    LaunchTemplate: group.launchTemplate,
    MinSize: group.minSize,
    MaxSize: group.maxSize,
    DesiredCapacity: group.desiredCapacity,
    DefaultCooldown: group.cooldownSeconds,
    AvailabilityZones: [...new Set(zones)],
    LoadBalancerNames: [],
    TargetGroupARNs: attachedAs(group, 'target-group').map(({ arn }) => arn),
    HealthCheckType: group.healthCheckType,
    HealthCheckGracePeriod: group.graceSeconds,
    Instances: [...group.members.values()].map((member) => describeMember(member)),
    CreatedTime: group.createdAt,
    SuspendedProcesses: [...group.suspended].map(([ProcessName, at]) => ({
      ProcessName,
      SuspensionReason: `User suspended at ${at.toISOString().replace(/\.\d+Z$/, 'Z')}`,
    })),
    VPCZoneIdentifier: group.subnetIds.join(','),
    EnabledMetrics: [],
    ...(group.deleting && { Status: 'Delete in progress' }),
    Tags: describeTags(group),
    TerminationPolicies: group.terminationPolicies,
    NewInstancesProtectedFromScaleIn: group.protectsNewInstances,
    ServiceLinkedRoleARN: `arn:aws:iam::${world.accountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
    CapacityRebalance: false,
    TrafficSources: [...group.sources.values()].map(({ arn }) => ({ Identifier: arn, Type: 'elbv2' })),
  }
}

export const groupOperations: Operations = {
  CreateAutoScalingGroup: createGroup,
  DeleteAutoScalingGroup: deleteGroup,
  DescribeAutoScalingGroups: describeAutoScalingGroups,
  UpdateAutoScalingGroup: updateGroup,
}
