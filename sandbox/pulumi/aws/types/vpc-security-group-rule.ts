import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2'
import type { vpc } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import type { Aws } from '../aws.ts'
import { unlessMissing } from '../operation-error.ts'
import { resourceType, type ResourceType } from '../resource-type.ts'
import { number, output, replaces, required, tagged, text } from '../schema.ts'
import { ec2Tagging, toTagList } from '../tags.ts'
import { authorize, revoke, type Direction } from './security-group-commands.ts'

type State = Unwrap<vpc.SecurityGroupIngressRuleState>

/** A rule keeps the kind of its source: another kind is another rule. */
const source = { ...text, replacesWhenAddedOrRemoved: true } as const

const missing = ['InvalidGroup.NotFound', 'InvalidSecurityGroupRuleId.NotFound']

export const securityGroupIngressRule = ruleType('Ingress')
export const securityGroupEgressRule = ruleType('Egress')

/** One rule of a security group; the two directions differ in nothing but their operations. */
function ruleType(direction: Direction): ResourceType {
  return resourceType<State>({
    token: `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`,
    label: 'VPC Security Group Rule',
    tagging: ec2Tagging,
    schema: {
      ...tagged,
      arn: { ...text, ...output },
      cidrIpv4: source,
      cidrIpv6: source,
      description: text,
      fromPort: { ...number, range: [-1, 65_535] },
      ipProtocol: { ...text, ...required },
      prefixListId: source,
      referencedSecurityGroupId: source,
      securityGroupId: { ...text, ...required, ...replaces },
      securityGroupRuleId: { ...text, ...output },
      toPort: { ...number, range: [-1, 65_535] },
    },

    async create(aws, planned) {
      const tags = toTagList(planned.tagsAll)
      const [rule] = await authorize(aws, direction, {
        GroupId: planned.securityGroupId,
        IpPermissions: [permission(planned)],
        ...(tags && { TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: tags }] }),
      })
      return rule?.SecurityGroupRuleId ?? ''
    },

    async read(aws, id, prior) {
      const { DescribeSecurityGroupRulesCommand } = await import('@aws-sdk/client-ec2')
      const found = await unlessMissing(
        aws.ec2(new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id] })),
        ...missing,
      )
      const rule = found?.SecurityGroupRules?.find(({ IsEgress }) => IsEgress === (direction === 'Egress'))
      return rule && fromRule(aws, id, rule, prior)
    },

    async update(aws, id, planned, changed) {
      if ([...changed].every((name) => name === 'tags' || name === 'tagsAll')) return
      const { ModifySecurityGroupRulesCommand } = await import('@aws-sdk/client-ec2')
      await aws.ec2(
        new ModifySecurityGroupRulesCommand({
          GroupId: planned.securityGroupId,
          SecurityGroupRules: [
            {
              SecurityGroupRuleId: id,
              SecurityGroupRule: {
                IpProtocol: planned.ipProtocol,
                FromPort: planned.fromPort ?? -1,
                ToPort: planned.toPort ?? -1,
                CidrIpv4: planned.cidrIpv4,
                CidrIpv6: planned.cidrIpv6,
                PrefixListId: planned.prefixListId,
                ReferencedGroupId: planned.referencedSecurityGroupId,
                Description: planned.description,
              },
            },
          ],
        }),
      )
    },

    async delete(aws, id, { securityGroupId }) {
      const rules = {
        GroupId: securityGroupId,
        SecurityGroupRuleIds: [id],
      }
      await unlessMissing(revoke(aws, direction, rules), ...missing)
    },
  })
}

function permission(planned: State): IpPermission {
  const { description, cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId } = planned
  const described = { ...(description && { Description: description }) }
  const [groupId, userId] = (referencedSecurityGroupId ?? '').split('/').toReversed()
  return {
    IpProtocol: planned.ipProtocol,
    FromPort: planned.fromPort ?? -1,
    ToPort: planned.toPort ?? -1,
    ...(cidrIpv4 && { IpRanges: [{ CidrIp: cidrIpv4, ...described }] }),
    ...(cidrIpv6 && { Ipv6Ranges: [{ CidrIpv6: cidrIpv6, ...described }] }),
    ...(prefixListId && { PrefixListIds: [{ PrefixListId: prefixListId, ...described }] }),
    ...(groupId && { UserIdGroupPairs: [{ GroupId: groupId, ...(userId && { UserId: userId }), ...described }] }),
  }
}

async function fromRule(aws: Aws, id: string, rule: SecurityGroupRule, prior: State): Promise<State> {
  const account = await aws.accountId()
  const { GroupId, UserId } = rule.ReferencedGroupInfo ?? {}
  return {
    arn: `arn:${aws.partition}:ec2:${aws.region}:${account}:security-group-rule/${id}`,
    cidrIpv4: rule.CidrIpv4,
    cidrIpv6: rule.CidrIpv6,
    description: rule.Description,
    ipProtocol: rule.IpProtocol,
    prefixListId: rule.PrefixListId,
    referencedSecurityGroupId: UserId && UserId !== account ? `${UserId}/${GroupId}` : GroupId,
    securityGroupId: rule.GroupId,
    securityGroupRuleId: id,
    // AWS says -1 for a rule without ports.
    fromPort: rule.FromPort === -1 && prior.fromPort === undefined ? undefined : rule.FromPort,
    toPort: rule.ToPort === -1 && prior.toPort === undefined ? undefined : rule.ToPort,
  }
}
