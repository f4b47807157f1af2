import type {
  CreateVpcCommandInput,
  CreateVpcCommandOutput,
  DeleteVpcCommandInput,
  DeleteVpcCommandOutput,
  DescribeVpcAttributeCommandInput,
  DescribeVpcAttributeCommandOutput,
  DescribeVpcsCommandInput,
  DescribeVpcsCommandOutput,
  ModifyVpcAttributeCommandInput,
  ModifyVpcAttributeCommandOutput,
  Vpc,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { canonicalCidr, parseCidr } from './cidr.ts'
import { newId } from './ids.ts'
import { subnets, vpcs } from './nouns.ts'
import { addSecurityGroup, deleteSecurityGroup, groupsOf } from './security-groups.ts'
import { describeTags, find, select } from './select.ts'
import type { VpcRecord } from './state.ts'
import { requestedTags, tagNew } from './tags.ts'

function describe(world: World, record: VpcRecord): Vpc {
  const { dnsSupport: _dnsSupport, dnsHostnames: _dnsHostnames, ...vpc } = record
  return { ...vpc, Tags: describeTags(world, vpc.VpcId) }
}

const createVpc: Operation<CreateVpcCommandInput, CreateVpcCommandOutput> = (world, input) => {
  const CidrBlock = vpcCidr(input.CidrBlock ?? '')
  const tags = requestedTags(input.TagSpecifications, vpcs.resourceType)
  const vpc: VpcRecord = {
    VpcId: newId('vpc'),
    CidrBlock,
    CidrBlockAssociationSet: [
      { AssociationId: newId('vpc-cidr-assoc'), CidrBlock, CidrBlockState: { State: 'associated' } },
    ],
    State: 'available',
    DhcpOptionsId: 'default',
    InstanceTenancy: input.InstanceTenancy ?? 'default',
    IsDefault: false,
    OwnerId: world.accountId,
    dnsSupport: true,
    dnsHostnames: false,
  }
  world.ec2.vpcs.set(vpc.VpcId, vpc)
  tagNew(world, vpc.VpcId, tags)
  addSecurityGroup(world, { GroupName: 'default', Description: 'default VPC security group', VpcId: vpc.VpcId })
  return { Vpc: describe(world, vpc) }
}

function vpcCidr(text: string): string {
  const cidr = parseCidr(text)
  if (!cidr) {
    const message = `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`
    throw new AwsError('InvalidParameterValue', message)
  }
  if (cidr.prefix < 16 || cidr.prefix > 28) throw new AwsError('InvalidVpc.Range', `The CIDR '${text}' is invalid.`)
  return canonicalCidr(text) ?? text
}

const describeVpcs: Operation<DescribeVpcsCommandInput, DescribeVpcsCommandOutput> = (world, input) => {
  const { items, NextToken } = select(world, vpcs, input.VpcIds, input)
  return { Vpcs: items.map((vpc) => describe(world, vpc)), NextToken }
}

const deleteVpc: Operation<DeleteVpcCommandInput, DeleteVpcCommandOutput> = (world, input) => {
  const { VpcId } = find(world, vpcs, input.VpcId)
  const groups = groupsOf(world, VpcId)
  const hasSubnets = [...subnets.all(world).values()].some((subnet) => subnet.VpcId === VpcId)
  if (hasSubnets || groups.some((group) => group.GroupName !== 'default')) {
    throw new AwsError('DependencyViolation', `The vpc '${VpcId}' has dependencies and cannot be deleted.`)
  }
  for (const group of groups) deleteSecurityGroup(world, group)
  world.ec2.vpcs.delete(VpcId)
  world.ec2.tags.delete(VpcId)
  return {}
}

const describeVpcAttribute: Operation<DescribeVpcAttributeCommandInput, DescribeVpcAttributeCommandOutput> = (
  world,
  input,
) => {
  const { VpcId, dnsSupport, dnsHostnames } = find(world, vpcs, input.VpcId)
  switch (input.Attribute) {
    case 'enableDnsSupport':
      return { VpcId, EnableDnsSupport: { Value: dnsSupport } }
    case 'enableDnsHostnames':
      return { VpcId, EnableDnsHostnames: { Value: dnsHostnames } }
    case 'enableNetworkAddressUsageMetrics':
      return { VpcId, EnableNetworkAddressUsageMetrics: { Value: false } }
    default: {
      const message = `Value (${input.Attribute}) for parameter attribute is invalid. Unknown VPC attribute`
      throw new AwsError('InvalidParameterValue', message)
    }
  }
}

const modifyVpcAttribute: Operation<ModifyVpcAttributeCommandInput, ModifyVpcAttributeCommandOutput> = (
  world,
  input,
) => {
  const vpc = find(world, vpcs, input.VpcId)
  vpc.dnsSupport = input.EnableDnsSupport?.Value ?? vpc.dnsSupport
  vpc.dnsHostnames = input.EnableDnsHostnames?.Value ?? vpc.dnsHostnames
  return {}
}

export const vpcOperations: Operations = {
  CreateVpc: createVpc,
  DeleteVpc: deleteVpc,
  DescribeVpcAttribute: describeVpcAttribute,
  DescribeVpcs: describeVpcs,
  ModifyVpcAttribute: modifyVpcAttribute,
}
