import { createHash } from 'node:crypto'
import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2'
import type { ec2 } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import type { Aws } from '../aws.ts'
import { unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { authorize, revoke, type Direction } from './security-group-commands.ts'
import { computed, flag, number, output, regional, replaces, required, text } from '../schema.ts'

type State = Omit<Unwrap<ec2.SecurityGroupRuleState>, 'protocol'> & { protocol?: string | undefined }

const missing = ['InvalidGroup.NotFound', 'InvalidPermission.NotFound', 'InvalidSecurityGroupRuleId.NotFound']

const blocks = { type: 'list', ...replaces } as const

/** The older kind of rule: several sources at once, which AWS keeps as a rule each. */
export const securityGroupRule = resourceType<State>({
  token: 'aws:ec2/securityGroupRule:SecurityGroupRule',
  label: 'Security Group Rule',
  schema: {
    ...regional,
    cidrBlocks: blocks,
    description: text,
    fromPort: { ...number, ...required, ...replaces },
    ipv6CidrBlocks: blocks,
    prefixListIds: blocks,
    protocol: { ...text, ...required, ...replaces },
    securityGroupId: { ...text, ...required, ...replaces },
    securityGroupRuleId: { ...text, ...output },
    self: { ...flag, ...replaces, default: false },
    sourceSecurityGroupId: { ...text, ...computed, ...replaces, conflictsWith: 'self' },
    toPort: { ...number, ...required, ...replaces },
    type: { ...text, ...required, ...replaces },
  },

  async create(aws, planned) {
    await authorize(aws, directionOf(planned), {
      GroupId: planned.securityGroupId,
      IpPermissions: [permission(planned)],
    })
    return `sgrule-${hashOf(planned)}`
  },

  async read(aws, _id, prior) {
    if (!prior.securityGroupId) throw new Error('this stand-in cannot import a rule of several sources')
    const found = await rulesOf(aws, prior)
    const first = found[0]
    if (!first) return undefined
    return {
      ...prior,
      ...(found.length === 1 && { securityGroupRuleId: first.SecurityGroupRuleId }),
      ...(first.Description && { description: first.Description }),
    }
  },

  async update(aws, _id, planned) {
    const ec2 = await import('@aws-sdk/client-ec2')
    const update = ec2[`UpdateSecurityGroupRuleDescriptions${directionOf(planned)}Command`]
    await aws.ec2(new update({ GroupId: planned.securityGroupId, IpPermissions: [permission(planned)] }))
  },

  async delete(aws, _id, prior) {
    const rules = { GroupId: prior.securityGroupId, IpPermissions: [permission(prior)] }
    await unlessMissing(revoke(aws, directionOf(prior), rules), ...missing)
  },
})

const directionOf = ({ type }: State): Direction => (type === 'egress' ? 'Egress' : 'Ingress')

/** A number that names the rule, as the official provider has none from AWS for several sources. */
function hashOf(planned: State): number {
  const { description: _, ...rest } = planned
  return createHash('sha256').update(JSON.stringify(rest)).digest().readUInt32BE()
}

function groupsOf({ securityGroupId, self, sourceSecurityGroupId }: State): string[] {
  const own = self && securityGroupId ? [securityGroupId] : []
  return sourceSecurityGroupId ? [...own, sourceSecurityGroupId] : own
}

function permission(planned: State): IpPermission {
  const described = { ...(planned.description && { Description: planned.description }) }
  const { cidrBlocks, ipv6CidrBlocks, prefixListIds } = planned
  const groups = groupsOf(planned)
  return {
    IpProtocol: planned.protocol === 'all' ? '-1' : planned.protocol,
    FromPort: planned.fromPort,
    ToPort: planned.toPort,
    ...(cidrBlocks?.length && { IpRanges: cidrBlocks.map((CidrIp) => ({ CidrIp, ...described })) }),
    ...(ipv6CidrBlocks?.length && { Ipv6Ranges: ipv6CidrBlocks.map((CidrIpv6) => ({ CidrIpv6, ...described })) }),
    ...(prefixListIds?.length && {
      PrefixListIds: prefixListIds.map((PrefixListId) => ({ PrefixListId, ...described })),
    }),
    ...(groups.length > 0 && { UserIdGroupPairs: groups.map((GroupId) => ({ GroupId, ...described })) }),
  }
}

/** AWS's rules that the resource stands for; none if one of its sources is missing. */
async function rulesOf(aws: Aws, prior: State): Promise<SecurityGroupRule[]> {
  const { DescribeSecurityGroupRulesCommand } = await import('@aws-sdk/client-ec2')
  const Filters = [{ Name: 'group-id', Values: [prior.securityGroupId ?? ''] }]
  const found = await unlessMissing(aws.ec2(new DescribeSecurityGroupRulesCommand({ Filters })), ...missing)
  const candidates = (found?.SecurityGroupRules ?? []).filter((rule) => isSamePlace(rule, prior))
  const sources = [
    ...(prior.cidrBlocks ?? []),
    ...(prior.ipv6CidrBlocks ?? []),
    ...(prior.prefixListIds ?? []),
    ...groupsOf(prior),
  ]
  const rules = sources.map((source) => candidates.find((rule) => sourceOf(rule) === source))
  return rules.every((rule) => rule !== undefined) ? rules : []
}

/** Ports mean nothing to a rule of all protocols. */
function isSamePlace(rule: SecurityGroupRule, prior: State): boolean {
  const protocol = prior.protocol === 'all' ? '-1' : prior.protocol
  const isSameWay = rule.IsEgress === (prior.type === 'egress') && rule.IpProtocol === protocol
  return isSameWay && (protocol === '-1' || (rule.FromPort === prior.fromPort && rule.ToPort === prior.toPort))
}

function sourceOf(rule: SecurityGroupRule): string | undefined {
  return rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId ?? rule.ReferencedGroupInfo?.GroupId
}
