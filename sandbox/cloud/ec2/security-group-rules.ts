import type {
  AuthorizeSecurityGroupIngressCommandInput,
  AuthorizeSecurityGroupIngressCommandOutput,
  DescribeSecurityGroupRulesCommandInput,
  DescribeSecurityGroupRulesCommandOutput,
  IpPermission,
  ModifySecurityGroupRulesCommandInput,
  ModifySecurityGroupRulesCommandOutput,
  RevokeSecurityGroupIngressCommandInput,
  RevokeSecurityGroupIngressCommandOutput,
  RevokedSecurityGroupRule,
  SecurityGroupRule,
  UpdateSecurityGroupRuleDescriptionsIngressCommandInput,
  UpdateSecurityGroupRuleDescriptionsIngressCommandOutput,
} from '@aws-sdk/client-ec2'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { newId } from './ids.ts'
import { rulesOf, securityGroupRules, securityGroups } from './nouns.ts'
import { duplicate, expand, namedGroup, permissionKey, requested, type Permission } from './permissions.ts'
import { describeTags, find, select } from './select.ts'
import type { SecurityGroupRecord, SecurityGroupRuleRecord } from './state.ts'
import { requestedTags, tagNew } from './tags.ts'

/** https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html, for each direction */
const rulesPerGroup = 60

export function addRule(
  world: World,
  group: SecurityGroupRecord,
  isEgress: boolean,
  permission: Permission,
): SecurityGroupRuleRecord {
  const id = newId('sgr')
  const rule: SecurityGroupRuleRecord = {
    ...permission,
    SecurityGroupRuleId: id,
    SecurityGroupRuleArn: `arn:aws:ec2:${world.region}:${world.accountId}:security-group-rule/${id}`,
    GroupId: group.GroupId,
    GroupOwnerId: world.accountId,
    IsEgress: isEgress,
  }
  world.ec2.securityGroupRules.set(id, rule)
  return rule
}

const describe = (world: World, rule: SecurityGroupRuleRecord): SecurityGroupRule => ({
  ...rule,
  Tags: describeTags(world, rule.SecurityGroupRuleId),
})

/** Ingress and egress take the same input; the flat members, older than `IpPermissions`, are ingress's. */
type AuthorizeInput = AuthorizeSecurityGroupIngressCommandInput
type RevokeInput = RevokeSecurityGroupIngressCommandInput
type DescriptionsInput = UpdateSecurityGroupRuleDescriptionsIngressCommandInput

const groupOf = (world: World, input: { GroupId?: string; GroupName?: string }): SecurityGroupRecord => {
  if (input.GroupId !== undefined) return find(world, securityGroups, input.GroupId)
  if (input.GroupName !== undefined) return namedGroup(world, input.GroupName)
  throw new AwsError('MissingParameter', 'The request must contain the parameter groupName or groupId')
}

function permissionsOf(input: Partial<AuthorizeInput>): IpPermission[] {
  const { IpPermissions, IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupName } = input
  if (IpPermissions?.length) return IpPermissions
  if (IpProtocol === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter ipPermissions')
  }
  return [
    {
      IpProtocol,
      FromPort,
      ToPort,
      IpRanges: CidrIp === undefined ? [] : [{ CidrIp }],
      UserIdGroupPairs: SourceSecurityGroupName === undefined ? [] : [{ GroupName: SourceSecurityGroupName }],
    },
  ]
}

/** All rules or none. */
const authorize =
  (isEgress: boolean): Operation<AuthorizeInput, AuthorizeSecurityGroupIngressCommandOutput> =>
  (world, input) => {
    const group = groupOf(world, input)
    const permissions = expand(world, group, permissionsOf(input))
    const tags = requestedTags(input.TagSpecifications, securityGroupRules.resourceType)
    const present = rulesOf(world, group.GroupId, isEgress)
    checkNew(permissions, present)
    const rules = permissions.map((permission) => addRule(world, group, isEgress, permission))
    for (const rule of rules) tagNew(world, rule.SecurityGroupRuleId, tags)
    return { Return: true, SecurityGroupRules: rules.map((rule) => describe(world, rule)) }
  }

function checkNew(added: readonly Permission[], present: readonly Permission[]): void {
  const keys = new Set(present.map(permissionKey))
  const existing = added.find((permission) => keys.has(permissionKey(permission)))
  if (existing) throw duplicate(existing)
  if (new Set(added.map(permissionKey)).size < added.length) {
    throw new AwsError('InvalidParameterValue', 'The same permission must not appear multiple times')
  }
  if (present.length + added.length > rulesPerGroup) {
    const message = 'The maximum number of rules per security group has been reached.'
    throw new AwsError('RulesPerSecurityGroupLimitExceeded', message)
  }
}

/** By the ids of rules, or by what they allow. All of them or none. */
const revoke =
  (isEgress: boolean): Operation<RevokeInput, RevokeSecurityGroupIngressCommandOutput> =>
  (world, input) => {
    const group = groupOf(world, input)
    const rules = input.SecurityGroupRuleIds?.length
      ? input.SecurityGroupRuleIds.map((id) => ruleOf(world, group, id, isEgress))
      : expand(world, group, permissionsOf(input)).map((permission) => matching(world, group, isEgress, permission))
    for (const { SecurityGroupRuleId } of rules) {
      world.ec2.securityGroupRules.delete(SecurityGroupRuleId)
      world.ec2.tags.delete(SecurityGroupRuleId)
    }
    return { Return: true, UnknownIpPermissions: [], RevokedSecurityGroupRules: rules.map(revoked) }
  }

function ruleOf(world: World, group: SecurityGroupRecord, id: string, isEgress?: boolean): SecurityGroupRuleRecord {
  const rule = find(world, securityGroupRules, id)
  const isOther = rule.GroupId !== group.GroupId || (isEgress !== undefined && rule.IsEgress !== isEgress)
  if (isOther) throw securityGroupRules.notFound(id)
  return rule
}

function matching(world: World, group: SecurityGroupRecord, isEgress: boolean, permission: Permission) {
  const wanted = permissionKey(permission)
  const rule = rulesOf(world, group.GroupId, isEgress).find((present) => permissionKey(present) === wanted)
  if (rule) return rule
  throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.')
}

const revoked = (rule: SecurityGroupRuleRecord): RevokedSecurityGroupRule => ({
  SecurityGroupRuleId: rule.SecurityGroupRuleId,
  GroupId: rule.GroupId,
  IsEgress: rule.IsEgress,
  IpProtocol: rule.IpProtocol,
  FromPort: rule.FromPort,
  ToPort: rule.ToPort,
  CidrIpv4: rule.CidrIpv4,
  CidrIpv6: rule.CidrIpv6,
  PrefixListId: rule.PrefixListId,
  ReferencedGroupId: rule.ReferencedGroupInfo?.GroupId,
  Description: rule.Description,
})

const describeSecurityGroupRules: Operation<
  DescribeSecurityGroupRulesCommandInput,
  DescribeSecurityGroupRulesCommandOutput
> = (world, input) => {
  const { items, NextToken } = select(world, securityGroupRules, input.SecurityGroupRuleIds, input)
  return { SecurityGroupRules: items.map((rule) => describe(world, rule)), NextToken }
}

/** Puts whole rules in the place of others and keeps their ids. What a request leaves out is gone, the description too. */
const modifySecurityGroupRules: Operation<
  ModifySecurityGroupRulesCommandInput,
  ModifySecurityGroupRulesCommandOutput
> = (world, input) => {
  const group = find(world, securityGroups, input.GroupId)
  const changes = (input.SecurityGroupRules ?? []).map(({ SecurityGroupRuleId = '', SecurityGroupRule = {} }) => ({
    rule: ruleOf(world, group, SecurityGroupRuleId),
    permission: requested(world, group, SecurityGroupRule),
  }))
  for (const isEgress of [false, true]) {
    const ofDirection = changes.filter(({ rule }) => rule.IsEgress === isEgress)
    const changed = new Set(ofDirection.map(({ rule }) => rule))
    const others = rulesOf(world, group.GroupId, isEgress).filter((rule) => !changed.has(rule))
    checkNew(
      ofDirection.map(({ permission }) => permission),
      others,
    )
  }
  for (const { rule, permission } of changes) Object.assign(rule, permission)
  return { Return: true }
}

/** Every rule that the input names gets the description that stands beside it there, or none. */
const describeRules =
  (isEgress: boolean): Operation<DescriptionsInput, UpdateSecurityGroupRuleDescriptionsIngressCommandOutput> =>
  (world, input) => {
    const group = groupOf(world, input)
    const changes = input.SecurityGroupRuleDescriptions?.length
      ? input.SecurityGroupRuleDescriptions.map(({ SecurityGroupRuleId = '', Description }) => ({
          rule: ruleOf(world, group, SecurityGroupRuleId, isEgress),
          description: Description,
        }))
      : expand(world, group, permissionsOf(input)).map((permission) => ({
          rule: matching(world, group, isEgress, permission),
          description: permission.Description,
        }))
    for (const { rule, description } of changes) rule.Description = description
    return { Return: true }
  }

export const securityGroupRuleOperations: Operations = {
  AuthorizeSecurityGroupEgress: authorize(true),
  AuthorizeSecurityGroupIngress: authorize(false),
  DescribeSecurityGroupRules: describeSecurityGroupRules,
  ModifySecurityGroupRules: modifySecurityGroupRules,
  RevokeSecurityGroupEgress: revoke(true),
  RevokeSecurityGroupIngress: revoke(false),
  UpdateSecurityGroupRuleDescriptionsEgress: describeRules(true),
  UpdateSecurityGroupRuleDescriptionsIngress: describeRules(false),
}
