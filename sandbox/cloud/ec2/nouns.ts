import { AwsError } from '../errors.ts'
import type { World } from '../world.ts'
import { parseCidr } from './cidr.ts'
import type { Noun } from './select.ts'
import type { SecurityGroupRecord, SecurityGroupRuleRecord, SubnetRecord, VpcRecord } from './state.ts'

const notFound = (code: string, what: string) => (id: string) =>
  new AwsError(code, `The ${what} '${id}' does not exist`)

export const vpcs: Noun<VpcRecord> = {
  resourceType: 'vpc',
  idPrefix: 'vpc',
  all: (world) => world.ec2.vpcs,
  id: (vpc) => vpc.VpcId,
  notFound: notFound('InvalidVpcID.NotFound', 'vpc ID'),
  malformedCode: 'InvalidVpcId.Malformed',
  filterable: {
    cidr: (vpc) => vpc.CidrBlock,
    'cidr-block-association.cidr-block': (vpc) => vpc.CidrBlock,
    'dhcp-options-id': (vpc) => vpc.DhcpOptionsId,
    'is-default': (vpc) => vpc.IsDefault,
    'owner-id': (vpc) => vpc.OwnerId,
    state: (vpc) => vpc.State,
    'vpc-id': (vpc) => vpc.VpcId,
  },
}

/** Of every subnet AWS keeps four addresses at the start and one at the end for itself. */
const reservedAddresses = 5

export const freeAddresses = (subnet: SubnetRecord): number =>
  (parseCidr(subnet.CidrBlock)?.size ?? 0) - reservedAddresses

export const subnets: Noun<SubnetRecord> = {
  resourceType: 'subnet',
  idPrefix: 'subnet',
  all: (world) => world.ec2.subnets,
  id: (subnet) => subnet.SubnetId,
  notFound: notFound('InvalidSubnetID.NotFound', 'subnet ID'),
  malformedCode: 'InvalidSubnetId.Malformed',
  filterable: {
    availabilityZone: (subnet) => subnet.AvailabilityZone,
    'availability-zone': (subnet) => subnet.AvailabilityZone,
    availabilityZoneId: (subnet) => subnet.AvailabilityZoneId,
    'availability-zone-id': (subnet) => subnet.AvailabilityZoneId,
    'available-ip-address-count': freeAddresses,
    cidr: (subnet) => subnet.CidrBlock,
    cidrBlock: (subnet) => subnet.CidrBlock,
    'cidr-block': (subnet) => subnet.CidrBlock,
    'default-for-az': (subnet) => subnet.DefaultForAz,
    'map-public-ip-on-launch': (subnet) => subnet.MapPublicIpOnLaunch,
    'owner-id': (subnet) => subnet.OwnerId,
    state: (subnet) => subnet.State,
    'subnet-arn': (subnet) => subnet.SubnetArn,
    'subnet-id': (subnet) => subnet.SubnetId,
    'vpc-id': (subnet) => subnet.VpcId,
  },
}

/** The rules of one group in one direction, in the order of their creation. */
export const rulesOf = (world: World, groupId: string, isEgress: boolean): SecurityGroupRuleRecord[] =>
  [...world.ec2.securityGroupRules.values()].filter((rule) => rule.GroupId === groupId && rule.IsEgress === isEgress)

/** `ip-permission.*` and `egress.ip-permission.*` */
const permissionFilters = (prefix: string, isEgress: boolean) => {
  const ofRules =
    (value: (rule: SecurityGroupRuleRecord) => string | number | undefined) =>
    (group: SecurityGroupRecord, world: World) =>
      rulesOf(world, group.GroupId, isEgress).map(value)
  return {
    [`${prefix}cidr`]: ofRules((rule) => rule.CidrIpv4),
    [`${prefix}from-port`]: ofRules((rule) => rule.FromPort),
    [`${prefix}group-id`]: ofRules((rule) => rule.ReferencedGroupInfo?.GroupId),
    [`${prefix}ipv6-cidr`]: ofRules((rule) => rule.CidrIpv6),
    [`${prefix}prefix-list-id`]: ofRules((rule) => rule.PrefixListId),
    [`${prefix}protocol`]: ofRules((rule) => rule.IpProtocol),
    [`${prefix}to-port`]: ofRules((rule) => rule.ToPort),
  }
}

export const securityGroups: Noun<SecurityGroupRecord> = {
  resourceType: 'security-group',
  idPrefix: 'sg',
  all: (world) => world.ec2.securityGroups,
  id: (group) => group.GroupId,
  notFound: notFound('InvalidGroup.NotFound', 'security group'),
  malformedCode: 'InvalidGroupId.Malformed',
  filterable: {
    description: (group) => group.Description,
    'group-id': (group) => group.GroupId,
    'group-name': (group) => group.GroupName,
    'owner-id': (group) => group.OwnerId,
    'vpc-id': (group) => group.VpcId,
    ...permissionFilters('ip-permission.', false),
    ...permissionFilters('egress.ip-permission.', true),
  },
}

export const securityGroupRules: Noun<SecurityGroupRuleRecord> = {
  resourceType: 'security-group-rule',
  idPrefix: 'sgr',
  all: (world) => world.ec2.securityGroupRules,
  id: (rule) => rule.SecurityGroupRuleId,
  notFound: notFound('InvalidSecurityGroupRuleId.NotFound', 'security group rule ID'),
  malformedCode: 'InvalidSecurityGroupRuleId.Malformed',
  filterable: {
    'group-id': (rule) => rule.GroupId,
    'security-group-rule-id': (rule) => rule.SecurityGroupRuleId,
  },
}
