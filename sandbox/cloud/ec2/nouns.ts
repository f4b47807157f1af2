import { AwsError } from '../errors.ts'
import type { World } from '../world.ts'
import { parseCidr } from './cidr.ts'
import type { Noun } from './select.ts'
import type {
  InstanceRecord,
  LaunchTemplateRecord,
  SecurityGroupRecord,
  SecurityGroupRuleRecord,
  SubnetRecord,
  VpcRecord,
} from './state.ts'

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

/** Those of pods count as free: EC2 knows of instances alone. */
export const freeAddresses = (subnet: SubnetRecord, world: World): number =>
  (parseCidr(subnet.CidrBlock)?.size ?? 0) - reservedAddresses - interfacesIn(world, subnet.SubnetId).length

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

export const instances: Noun<InstanceRecord> = {
  resourceType: 'instance',
  idPrefix: 'i',
  all: (world) => world.ec2.instances,
  id: (instance) => instance.InstanceId,
  notFound: notFound('InvalidInstanceID.NotFound', 'instance ID'),
  malformedCode: 'InvalidInstanceID.Malformed',
  filterable: {
    'availability-zone': (instance) => instance.AvailabilityZone,
    'image-id': (instance) => instance.ImageId,
    'instance-id': (instance) => instance.InstanceId,
    'instance-state-name': (instance) => instance.state,
    'instance-type': (instance) => instance.InstanceType,
    'instance.group-id': (instance) => instance.securityGroups,
    'network-interface.network-interface-id': (instance) => instance.NetworkInterfaceId,
    'private-dns-name': (instance, world) => privateDnsName(world, instance),
    'private-ip-address': (instance) => instance.PrivateIpAddress,
    'reservation-id': (instance) => instance.ReservationId,
    'subnet-id': (instance) => instance.SubnetId,
    'vpc-id': (instance) => instance.VpcId,
  },
}

export const privateDnsName = (world: World, { PrivateIpAddress }: InstanceRecord): string =>
  `ip-${PrivateIpAddress.replaceAll('.', '-')}.${world.region}.compute.internal`

/** An instance's interface goes with it. */
const interfaces = (world: World): InstanceRecord[] =>
  [...world.ec2.instances.values()].filter(({ state }) => state !== 'terminated')

export const interfacesIn = (world: World, subnetId: string): InstanceRecord[] =>
  interfaces(world).filter(({ SubnetId }) => SubnetId === subnetId)

/** Those of instances; AWS shows the ones of load balancers here, too. */
export const networkInterfaces: Noun<InstanceRecord> = {
  resourceType: 'network-interface',
  idPrefix: 'eni',
  all: (world) => new Map(interfaces(world).map((instance) => [instance.NetworkInterfaceId, instance])),
  id: (instance) => instance.NetworkInterfaceId,
  notFound: notFound('InvalidNetworkInterfaceID.NotFound', 'networkInterface ID'),
  malformedCode: 'InvalidNetworkInterfaceId.Malformed',
  filterable: {
    'addresses.private-ip-address': (instance) => instance.PrivateIpAddress,
    'attachment.instance-id': (instance) => instance.InstanceId,
    'availability-zone': (instance) => instance.AvailabilityZone,
    'group-id': (instance) => instance.securityGroups,
    'network-interface-id': (instance) => instance.NetworkInterfaceId,
    'private-ip-address': (instance) => instance.PrivateIpAddress,
    status: () => 'in-use',
    'subnet-id': (instance) => instance.SubnetId,
    'vpc-id': (instance) => instance.VpcId,
    'attachment.attachment-id': (instance) => instance.AttachmentId,
    description: () => '',
    'interface-type': () => 'interface',
    'requester-managed': () => false,
  },
}

export const launchTemplates: Noun<LaunchTemplateRecord> = {
  resourceType: 'launch-template',
  idPrefix: 'lt',
  all: (world) => world.ec2.launchTemplates,
  id: (template) => template.LaunchTemplateId,
  notFound: (id) =>
    new AwsError(
      'InvalidLaunchTemplateId.NotFound',
      `The specified launch template, with template ID ${id}, does not exist.`,
    ),
  malformedCode: 'InvalidLaunchTemplateId.Malformed',
  filterable: {
    'create-time': (template) => template.CreateTime.toISOString(),
    'launch-template-name': (template) => template.LaunchTemplateName,
  },
}
