import type {
  InstanceStateName,
  RequestLaunchTemplateData,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Vpc,
} from '@aws-sdk/client-ec2'
import type { Having } from '../having.ts'

/** Tags are kept apart (`Ec2State.tags`), for every resource alike. */
export type VpcRecord = Having<Omit<Vpc, 'Tags'>, 'VpcId' | 'CidrBlock'> & {
  dnsSupport: boolean
  dnsHostnames: boolean
}

export type SubnetRecord = Having<
  Omit<Subnet, 'Tags'>,
  'SubnetId' | 'VpcId' | 'CidrBlock' | 'AvailabilityZone' | 'AvailabilityZoneId'
>

/** The rules of a group are kept apart (`Ec2State.securityGroupRules`), because AWS gives each of them an id and tags. */
export type SecurityGroupRecord = Having<
  Omit<SecurityGroup, 'Tags' | 'IpPermissions' | 'IpPermissionsEgress'>,
  'GroupId' | 'GroupName' | 'Description' | 'VpcId'
>

/** One source or destination of one port range. Ports are -1 where the protocol has none or all are meant. */
export type SecurityGroupRuleRecord = Having<
  Omit<SecurityGroupRule, 'Tags'>,
  'SecurityGroupRuleId' | 'GroupId' | 'IsEgress' | 'IpProtocol' | 'FromPort' | 'ToPort'
>

/** A machine with one network interface, whose ids, address and groups are kept with it. */
export interface InstanceRecord {
  readonly InstanceId: string
  readonly ReservationId: string
  readonly ImageId: string
  readonly InstanceType: string
  readonly SubnetId: string
  readonly VpcId: string
  readonly AvailabilityZone: string
  readonly PrivateIpAddress: string
  readonly LaunchTime: Date
  readonly NetworkInterfaceId: string
  readonly AttachmentId: string
  readonly securityGroups: readonly string[]
  state: Exclude<InstanceStateName, 'stopping' | 'stopped'>
}

export interface LaunchTemplateRecord {
  readonly LaunchTemplateId: string
  readonly LaunchTemplateName: string
  readonly CreateTime: Date
  /** The first is version 1 and the default. */
  readonly versions: { readonly data: RequestLaunchTemplateData; readonly description?: string; readonly at: Date }[]
}

/** Everything is keyed by its id, in the order of its creation, which is the order of every Describe. */
export interface Ec2State {
  readonly vpcs: Map<string, VpcRecord>
  readonly subnets: Map<string, SubnetRecord>
  readonly securityGroups: Map<string, SecurityGroupRecord>
  readonly securityGroupRules: Map<string, SecurityGroupRuleRecord>
  /** Terminated ones stay for an hour. */
  readonly instances: Map<string, InstanceRecord>
  readonly launchTemplates: Map<string, LaunchTemplateRecord>
  /** Resource id → key → value. */
  readonly tags: Map<string, Map<string, string>>
}

export function createEc2(): Ec2State {
  return {
    vpcs: new Map(),
    subnets: new Map(),
    securityGroups: new Map(),
    securityGroupRules: new Map(),
    instances: new Map(),
    launchTemplates: new Map(),
    tags: new Map(),
  }
}
