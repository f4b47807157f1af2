import type { SecurityGroup, SecurityGroupRule, Subnet, Vpc } from '@aws-sdk/client-ec2'
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

/** Everything is keyed by its id, in the order of its creation, which is the order of every Describe. */
export interface Ec2State {
  readonly vpcs: Map<string, VpcRecord>
  readonly subnets: Map<string, SubnetRecord>
  readonly securityGroups: Map<string, SecurityGroupRecord>
  readonly securityGroupRules: Map<string, SecurityGroupRuleRecord>
  /** Resource id → key → value. */
  readonly tags: Map<string, Map<string, string>>
}

export function createEc2(): Ec2State {
  return {
    vpcs: new Map(),
    subnets: new Map(),
    securityGroups: new Map(),
    securityGroupRules: new Map(),
    tags: new Map(),
  }
}
