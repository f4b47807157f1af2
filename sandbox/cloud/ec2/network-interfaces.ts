import type {
  DescribeNetworkInterfacesCommandInput,
  DescribeNetworkInterfacesCommandOutput,
  GroupIdentifier,
  NetworkInterface,
} from '@aws-sdk/client-ec2'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { networkInterfaces, privateDnsName } from './nouns.ts'
import { describeTags, select } from './select.ts'
import type { InstanceRecord } from './state.ts'

export const groupsOf = (world: World, { securityGroups }: InstanceRecord): GroupIdentifier[] =>
  securityGroups.map((GroupId) => ({ GroupId, GroupName: world.ec2.securityGroups.get(GroupId)?.GroupName }))

/** The one interface of an instance. */
export function describeInterface(world: World, instance: InstanceRecord): NetworkInterface {
  const { NetworkInterfaceId, InstanceId, AttachmentId, LaunchTime, PrivateIpAddress } = instance
  const PrivateDnsName = privateDnsName(world, instance)
  return {
    NetworkInterfaceId,
    SubnetId: instance.SubnetId,
    VpcId: instance.VpcId,
    AvailabilityZone: instance.AvailabilityZone,
    OwnerId: world.accountId,
    Description: '',
    InterfaceType: 'interface',
    RequesterManaged: false,
    SourceDestCheck: true,
    Status: 'in-use',
    PrivateIpAddress,
    PrivateDnsName,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress, PrivateDnsName }],
    Groups: groupsOf(world, instance),
    Attachment: {
      AttachmentId,
      AttachTime: LaunchTime,
      DeleteOnTermination: true,
      DeviceIndex: 0,
      InstanceId,
      InstanceOwnerId: world.accountId,
      Status: 'attached',
    },
    TagSet: describeTags(world, NetworkInterfaceId),
  }
}

const describeNetworkInterfaces: Operation<
  DescribeNetworkInterfacesCommandInput,
  DescribeNetworkInterfacesCommandOutput
> = (world, input) => {
  const { items, NextToken } = select(world, networkInterfaces, input.NetworkInterfaceIds, input)
  return { NetworkInterfaces: items.map((instance) => describeInterface(world, instance)), NextToken }
}

export const networkInterfaceOperations: Operations = { DescribeNetworkInterfaces: describeNetworkInterfaces }
