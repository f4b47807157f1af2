import type {
  CreateSecurityGroupCommandInput,
  CreateSecurityGroupCommandOutput,
  DeleteSecurityGroupCommandInput,
  DeleteSecurityGroupCommandOutput,
  DescribeSecurityGroupsCommandInput,
  DescribeSecurityGroupsCommandOutput,
  SecurityGroup,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { newId } from './ids.ts'
import { rulesOf, securityGroups, vpcs } from './nouns.ts'
import { collect, namedGroup } from './permissions.ts'
import { addRule } from './security-group-rules.ts'
import { describeTags, find, select } from './select.ts'
import type { SecurityGroupRecord } from './state.ts'
import { requestedTags, tagNew } from './tags.ts'

export const groupsOf = (world: World, vpcId: string): SecurityGroupRecord[] =>
  [...world.ec2.securityGroups.values()].filter((group) => group.VpcId === vpcId)

/** A new group lets everything out. A VPC's default group lets its own members in as well. */
export function addSecurityGroup(
  world: World,
  about: Pick<SecurityGroupRecord, 'GroupName' | 'Description' | 'VpcId'>,
): SecurityGroupRecord {
  const GroupId = newId('sg')
  const SecurityGroupArn = `arn:aws:ec2:${world.region}:${world.accountId}:security-group/${GroupId}`
  const group = { ...about, GroupId, SecurityGroupArn, OwnerId: world.accountId }
  world.ec2.securityGroups.set(GroupId, group)
  const everything = { IpProtocol: '-1', FromPort: -1, ToPort: -1 }
  if (group.GroupName === 'default') {
    addRule(world, group, false, { ...everything, ReferencedGroupInfo: { GroupId, UserId: world.accountId } })
  }
  addRule(world, group, true, { ...everything, CidrIpv4: '0.0.0.0/0' })
  return group
}

export function deleteSecurityGroup(world: World, group: SecurityGroupRecord): void {
  for (const rule of [...rulesOf(world, group.GroupId, false), ...rulesOf(world, group.GroupId, true)]) {
    world.ec2.securityGroupRules.delete(rule.SecurityGroupRuleId)
    world.ec2.tags.delete(rule.SecurityGroupRuleId)
  }
  world.ec2.securityGroups.delete(group.GroupId)
  world.ec2.tags.delete(group.GroupId)
}

const createSecurityGroup: Operation<CreateSecurityGroupCommandInput, CreateSecurityGroupCommandOutput> = (
  world,
  input,
) => {
  const { GroupName = '', Description = '' } = input
  checkText(GroupName, 'groupName')
  checkText(Description, 'groupDescription')
  const defaultVpc = [...world.ec2.vpcs.values()].find((vpc) => vpc.IsDefault)
  const vpc = input.VpcId === undefined ? defaultVpc : find(world, vpcs, input.VpcId)
  if (!vpc) throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user')
  if (groupsOf(world, vpc.VpcId).some((group) => group.GroupName === GroupName)) {
    const message = `The security group '${GroupName}' already exists for VPC '${vpc.VpcId}'`
    throw new AwsError('InvalidGroup.Duplicate', message)
  }
  const tags = requestedTags(input.TagSpecifications, securityGroups.resourceType)
  const { GroupId, SecurityGroupArn } = addSecurityGroup(world, { GroupName, Description, VpcId: vpc.VpcId })
  tagNew(world, GroupId, tags)
  return { GroupId, SecurityGroupArn, Tags: describeTags(world, GroupId) }
}

function checkText(text: string, parameter: string): void {
  if (parameter === 'groupName' && text.startsWith('sg-')) {
    const message = `Invalid value '${text}' for groupName. Group names may not be in the format sg-*.`
    throw new AwsError('InvalidParameterValue', message)
  }
  if (/^[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/.test(text)) return
  throw new AwsError(
    'InvalidParameterValue',
    `Value (${text}) for parameter ${parameter} is invalid. ` +
      'Character sets beyond ASCII are not supported, and it has 1 to 255 of a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$*',
  )
}

const describeSecurityGroups: Operation<DescribeSecurityGroupsCommandInput, DescribeSecurityGroupsCommandOutput> = (
  world,
  input,
) => {
  const ids = [...(input.GroupIds ?? []), ...(input.GroupNames ?? []).map((name) => namedGroup(world, name).GroupId)]
  const { items, NextToken } = select(world, securityGroups, ids, input)
  return { SecurityGroups: items.map((group) => describe(world, group)), NextToken }
}

const describe = (world: World, group: SecurityGroupRecord): SecurityGroup => ({
  ...group,
  IpPermissions: collect(rulesOf(world, group.GroupId, false)),
  IpPermissionsEgress: collect(rulesOf(world, group.GroupId, true)),
  Tags: describeTags(world, group.GroupId),
})

const deleteOne: Operation<DeleteSecurityGroupCommandInput, DeleteSecurityGroupCommandOutput> = (world, input) => {
  if (input.GroupId === undefined && input.GroupName === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter groupName or groupId')
  }
  const group =
    input.GroupId === undefined ? namedGroup(world, input.GroupName) : find(world, securityGroups, input.GroupId)
  const { GroupId, GroupName } = group
  if (GroupName === 'default') {
    const message = `the specified group: "${GroupId}" name: "default" cannot be deleted by a user`
    throw new AwsError('CannotDelete', message)
  }
  if (isInUse(world, GroupId)) {
    throw new AwsError('DependencyViolation', `resource ${GroupId} has a dependent object`)
  }
  deleteSecurityGroup(world, group)
  return { Return: true, GroupId }
}

/** By a load balancer, a cluster, or a rule of another group. */
export function isInUse(world: World, groupId: string): boolean {
  const byLoadBalancer = [...world.elbv2.loadBalancers.values()].some((it) => it.securityGroups.includes(groupId))
  const byRule = [...world.ec2.securityGroupRules.values()].some(
    (rule) => rule.ReferencedGroupInfo?.GroupId === groupId && rule.GroupId !== groupId,
  )
  const byCluster = [...world.eks.clusters.values()].some(({ about: { resourcesVpcConfig: network } }) =>
    [network.clusterSecurityGroupId, ...(network.securityGroupIds ?? [])].includes(groupId),
  )
  return byLoadBalancer || byRule || byCluster
}

export const securityGroupOperations: Operations = {
  CreateSecurityGroup: createSecurityGroup,
  DeleteSecurityGroup: deleteOne,
  DescribeSecurityGroups: describeSecurityGroups,
}
