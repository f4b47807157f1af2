import type { SecurityGroupRule } from '@aws-sdk/client-ec2'
import { covers, isAddressRange } from './address-ranges.ts'
import type { Aws } from './clients.ts'

/** Which of `sources` (security groups, address ranges) may not reach `port` over TCP in `group` yet. null: there is no such group. */
export async function sourcesNotAdmitted(
  group: string,
  port: number,
  sources: readonly string[],
  aws: Aws,
): Promise<readonly string[] | null> {
  const { DescribeSecurityGroupsCommand } = await import('@aws-sdk/client-ec2')
  const ec2 = await aws.ec2()
  const groups = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-id', Values: [group] }] }))
  if (!groups.SecurityGroups?.length) return null
  const rules = await rulesOf(group, aws)
  return sources.filter((source) => !rules.some((rule) => admits(rule, port, source)))
}

/** An ingress rule of ours; by its description, because its tags come in a call of their own. */
export interface IngressRule {
  readonly securityGroup: string
  readonly port: number
  /** A security group, or a range of addresses. */
  readonly from: string
  readonly description: string
}

/** Revokes the rule that lets `from` reach exactly `port` over TCP and is described so. Its id; null: there is none. */
export async function revokeIngress(ours: IngressRule, aws: Aws): Promise<string | null> {
  const { RevokeSecurityGroupIngressCommand } = await import('@aws-sdk/client-ec2')
  const { securityGroup: GroupId, port, from, description } = ours
  const rules = await rulesOf(GroupId, aws)
  const rule = rules.find(
    (one) => one.FromPort === port && one.ToPort === port && one.Description === description && admits(one, port, from),
  )
  if (!rule?.SecurityGroupRuleId) return null
  const ec2 = await aws.ec2()
  await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: [rule.SecurityGroupRuleId] }))
  return rule.SecurityGroupRuleId
}

async function rulesOf(group: string, aws: Aws): Promise<SecurityGroupRule[]> {
  const { DescribeSecurityGroupRulesCommand } = await import('@aws-sdk/client-ec2')
  const ec2 = await aws.ec2()
  const rules: SecurityGroupRule[] = []
  let next: string | undefined
  do {
    const page = await ec2.send(
      new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [group] }], NextToken: next }),
    )
    rules.push(...(page.SecurityGroupRules ?? []))
    next = page.NextToken
  } while (next)
  return rules
}

function admits(rule: SecurityGroupRule, port: number, source: string): boolean {
  if (rule.IsEgress || !isFrom(rule, source)) return false
  if (rule.IpProtocol === '-1') return true
  return rule.IpProtocol === 'tcp' && (rule.FromPort ?? 0) <= port && port <= (rule.ToPort ?? 65_535)
}

function isFrom({ ReferencedGroupInfo: group, CidrIpv4, CidrIpv6 }: SecurityGroupRule, source: string): boolean {
  if (!isAddressRange(source)) return group?.GroupId === source
  const range = CidrIpv4 ?? CidrIpv6
  return range !== undefined && covers(range, source)
}
