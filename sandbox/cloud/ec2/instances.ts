import type {
  DescribeInstancesCommandInput,
  DescribeInstancesCommandOutput,
  DescribeInstanceStatusCommandInput,
  DescribeInstanceStatusCommandOutput,
  Instance,
  Reservation,
  RunInstancesCommandInput,
  RunInstancesCommandOutput,
  TerminateInstancesCommandInput,
  TerminateInstancesCommandOutput,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { newId } from './ids.ts'
import { launchInstance, terminateInstance } from './instance-lifecycle.ts'
import { describeInterface, groupsOf } from './network-interfaces.ts'
import { instances, privateDnsName, securityGroups, subnets } from './nouns.ts'
import { describeTags, find, select } from './select.ts'
import type { InstanceRecord } from './state.ts'
import { requestedTags } from './tags.ts'

/** The low byte of the code that the SDK documents with InstanceState. */
const codes = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48 } as const

const stateOf = (state: InstanceRecord['state']) => ({ Code: codes[state], Name: state })

/** A terminated instance has no network any more. */
function networkOf(world: World, instance: InstanceRecord): Partial<Instance> {
  if (instance.state === 'terminated') return { NetworkInterfaces: [], SecurityGroups: [], PrivateDnsName: '' }
  const { Attachment, Status, ...described } = describeInterface(world, instance)
  return {
    SubnetId: instance.SubnetId,
    VpcId: instance.VpcId,
    PrivateIpAddress: instance.PrivateIpAddress,
    PrivateDnsName: privateDnsName(world, instance),
    SourceDestCheck: true,
    SecurityGroups: groupsOf(world, instance),
    NetworkInterfaces: [
      {
        NetworkInterfaceId: described.NetworkInterfaceId,
        SubnetId: described.SubnetId,
        VpcId: described.VpcId,
        PrivateIpAddress: described.PrivateIpAddress,
        PrivateIpAddresses: described.PrivateIpAddresses,
        Groups: described.Groups,
        Attachment,
        Status,
      },
    ],
  }
}

function describe(world: World, instance: InstanceRecord): Instance {
  return {
    InstanceId: instance.InstanceId,
    ImageId: instance.ImageId,
    InstanceType: instance.InstanceType as Instance['InstanceType'],
    LaunchTime: instance.LaunchTime,
    State: stateOf(instance.state),
    Placement: { AvailabilityZone: instance.AvailabilityZone, Tenancy: 'default', GroupName: '' },
    Architecture: 'x86_64',
    ...networkOf(world, instance),
    Tags: describeTags(world, instance.InstanceId),
  }
}

function reservationsOf(world: World, found: readonly InstanceRecord[]): Reservation[] {
  return [...Map.groupBy(found, ({ ReservationId }) => ReservationId)].map(([ReservationId, members]) => ({
    ReservationId,
    OwnerId: world.accountId,
    Groups: [],
    Instances: members.map((instance) => describe(world, instance)),
  }))
}

const describeInstances: Operation<DescribeInstancesCommandInput, DescribeInstancesCommandOutput> = (world, input) => {
  const { items, NextToken } = select(world, instances, input.InstanceIds, input)
  return { Reservations: reservationsOf(world, items), NextToken }
}

/** Running ones alone, unless all are asked for. */
const describeStatus: Operation<DescribeInstanceStatusCommandInput, DescribeInstanceStatusCommandOutput> = (
  world,
  input,
) => {
  const { items, NextToken } = select(world, instances, input.InstanceIds, input)
  const shown = items.filter(({ state }) => input.IncludeAllInstances || state === 'running')
  const InstanceStatuses = shown.map((instance) => {
    const status = { Status: instance.state === 'running' ? ('ok' as const) : ('not-applicable' as const) }
    return {
      InstanceId: instance.InstanceId,
      AvailabilityZone: instance.AvailabilityZone,
      InstanceState: stateOf(instance.state),
      InstanceStatus: status,
      SystemStatus: status,
    }
  })
  return { InstanceStatuses, NextToken }
}

const runInstances: Operation<RunInstancesCommandInput, RunInstancesCommandOutput> = (world, input) => {
  const { MinCount = 1, MaxCount = 1, ImageId: imageId, InstanceType: instanceType = 'm1.small' } = input
  if (imageId === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter ImageId')
  }
  if (MinCount < 1 || MaxCount < MinCount) {
    throw new AwsError('InvalidParameterValue', `Value (${MinCount}) for parameter minCount is invalid.`)
  }
  // EC2-Classic is gone and there is no default VPC here: without a subnet there is nowhere to launch.
  const subnet = find(world, subnets, input.SubnetId)
  const groups = input.SecurityGroupIds?.map((id) => find(world, securityGroups, id).GroupId)
  const tags = requestedTags(input.TagSpecifications, instances.resourceType)
  const reservationId = newId('r')
  const launched = Array.from({ length: MaxCount }, () =>
    launchInstance(world, { subnet, imageId, instanceType, securityGroups: groups, tags, reservationId }),
  )
  const [reservation] = reservationsOf(world, launched)
  return { ...reservation }
}

const terminateInstances: Operation<TerminateInstancesCommandInput, TerminateInstancesCommandOutput> = (
  world,
  input,
) => {
  const named = (input.InstanceIds ?? []).map((id) => find(world, instances, id))
  const TerminatingInstances = named.map((instance) => {
    const PreviousState = stateOf(instance.state)
    terminateInstance(world, instance)
    return { InstanceId: instance.InstanceId, PreviousState, CurrentState: stateOf(instance.state) }
  })
  return { TerminatingInstances }
}

export const instanceOperations: Operations = {
  DescribeInstances: describeInstances,
  DescribeInstanceStatus: describeStatus,
  RunInstances: runInstances,
  TerminateInstances: terminateInstances,
}
