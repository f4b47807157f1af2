import type {
  CreateSubnetCommandInput,
  CreateSubnetCommandOutput,
  DeleteSubnetCommandInput,
  DeleteSubnetCommandOutput,
  DescribeSubnetsCommandInput,
  DescribeSubnetsCommandOutput,
  ModifySubnetAttributeCommandInput,
  ModifySubnetAttributeCommandOutput,
  Subnet,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { canonicalCidr, containsCidr, overlap, parseCidr } from './cidr.ts'
import { newId } from './ids.ts'
import { freeAddresses, interfacesIn, subnets, vpcs } from './nouns.ts'
import { describeTags, find, select } from './select.ts'
import type { SubnetRecord, VpcRecord } from './state.ts'
import { requestedTags, tagNew } from './tags.ts'
import { zonesOf } from './zones.ts'

const describe = (world: World, subnet: SubnetRecord): Subnet => ({
  ...subnet,
  AvailableIpAddressCount: freeAddresses(subnet, world),
  Tags: describeTags(world, subnet.SubnetId),
})

const createSubnet: Operation<CreateSubnetCommandInput, CreateSubnetCommandOutput> = (world, input) => {
  const vpc = find(world, vpcs, input.VpcId)
  const CidrBlock = subnetCidr(world, vpc, input.CidrBlock)
  const zone = zoneFor(world, input)
  const tags = requestedTags(input.TagSpecifications, subnets.resourceType)
  const SubnetId = newId('subnet')
  const subnet: SubnetRecord = {
    SubnetId,
    SubnetArn: `arn:aws:ec2:${world.region}:${world.accountId}:subnet/${SubnetId}`,
    VpcId: vpc.VpcId,
    CidrBlock,
    AvailabilityZone: zone.ZoneName,
    AvailabilityZoneId: zone.ZoneId,
    OwnerId: world.accountId,
    State: 'available',
    DefaultForAz: false,
    MapPublicIpOnLaunch: false,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet: [],
    Ipv6Native: false,
    EnableDns64: false,
    MapCustomerOwnedIpOnLaunch: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
  }
  world.ec2.subnets.set(SubnetId, subnet)
  tagNew(world, SubnetId, tags)
  return { Subnet: describe(world, subnet) }
}

function subnetCidr(world: World, vpc: VpcRecord, text = ''): string {
  const cidr = parseCidr(text)
  const outer = parseCidr(vpc.CidrBlock)
  if (!cidr) {
    const message = `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`
    throw new AwsError('InvalidParameterValue', message)
  }
  if (cidr.prefix > 28 || !outer || !containsCidr(outer, cidr)) {
    throw new AwsError('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`)
  }
  const taken = [...world.ec2.subnets.values()].some((subnet) => {
    const other = subnet.VpcId === vpc.VpcId ? parseCidr(subnet.CidrBlock) : undefined
    return other !== undefined && overlap(other, cidr)
  })
  if (taken) throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`)
  return canonicalCidr(text) ?? text
}

/** AWS chooses a zone when none is asked for; here it is always the first. */
function zoneFor(world: World, { AvailabilityZone, AvailabilityZoneId }: CreateSubnetCommandInput) {
  const zones = zonesOf(world)
  const zone = zones.find(
    ({ ZoneName, ZoneId }) =>
      (AvailabilityZone === undefined || AvailabilityZone === ZoneName) &&
      (AvailabilityZoneId === undefined || AvailabilityZoneId === ZoneId),
  )
  if (zone) return zone
  const [name, value] =
    AvailabilityZone === undefined ? ['availabilityZoneId', AvailabilityZoneId] : ['availabilityZone', AvailabilityZone]
  throw new AwsError(
    'InvalidParameterValue',
    `Value (${value}) for parameter ${name} is invalid. Subnets can currently only be created in the following ` +
      `availability zones: ${zones.map(({ ZoneName }) => ZoneName).join(', ')}.`,
  )
}

const describeSubnets: Operation<DescribeSubnetsCommandInput, DescribeSubnetsCommandOutput> = (world, input) => {
  const { items, NextToken } = select(world, subnets, input.SubnetIds, input)
  return { Subnets: items.map((subnet) => describe(world, subnet)), NextToken }
}

const deleteSubnet: Operation<DeleteSubnetCommandInput, DeleteSubnetCommandOutput> = (world, input) => {
  const { SubnetId } = find(world, subnets, input.SubnetId)
  const inUse = [...world.elbv2.loadBalancers.values()].some(({ zones }) =>
    zones.some((zone) => zone.SubnetId === SubnetId),
  )
  if (inUse || interfacesIn(world, SubnetId).length > 0) {
    throw new AwsError('DependencyViolation', `The subnet '${SubnetId}' has dependencies and cannot be deleted.`)
  }
  world.ec2.subnets.delete(SubnetId)
  world.ec2.tags.delete(SubnetId)
  return {}
}

const modifySubnetAttribute: Operation<ModifySubnetAttributeCommandInput, ModifySubnetAttributeCommandOutput> = (
  world,
  input,
) => {
  const subnet = find(world, subnets, input.SubnetId)
  subnet.MapPublicIpOnLaunch = input.MapPublicIpOnLaunch?.Value ?? subnet.MapPublicIpOnLaunch
  return {}
}

export const subnetOperations: Operations = {
  CreateSubnet: createSubnet,
  DeleteSubnet: deleteSubnet,
  DescribeSubnets: describeSubnets,
  ModifySubnetAttribute: modifySubnetAttribute,
}
