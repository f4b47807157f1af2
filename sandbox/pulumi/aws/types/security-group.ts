import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2'
import type { ec2 } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { poll } from '../../poll.ts'
import type { Aws } from '../aws.ts'
import { prefixOf, uniqueName } from '../names.ts'
import { hasCode, unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { computed, flag, number, output, replaces, required, tagged, text, texts } from '../schema.ts'
import { ec2Tagging, toTagList } from '../tags.ts'

type State = Unwrap<ec2.SecurityGroupState>
type Rule = NonNullable<State['ingress']>[number]

/** The official provider's own time-out for deleting: interfaces of what has just gone may still hold the group. */
const deletionSeconds = 15 * 60

const missing = ['InvalidGroup.NotFound', 'InvalidGroupId.NotFound', 'InvalidSecurityGroupID.NotFound']

/** Read, so that the state shows them; a program makes rules as resources of their own. */
const rules = {
  type: 'set',
  ...computed,
  unsupported: true,
  fields: {
    cidrBlocks: { type: 'list' },
    description: text,
    fromPort: { ...number, ...required },
    ipv6CidrBlocks: { type: 'list' },
    prefixListIds: { type: 'list' },
    protocol: { ...text, ...required },
    securityGroups: texts,
    self: flag,
    toPort: { ...number, ...required },
  },
} as const

export const securityGroup = resourceType<State>({
  token: 'aws:ec2/securityGroup:SecurityGroup',
  label: 'Security Group',
  tagging: ec2Tagging,
  schema: {
    ...tagged,
    arn: { ...text, ...output },
    description: { ...text, ...replaces, default: 'Managed by Pulumi' },
    egress: rules,
    ingress: rules,
    name: { ...text, ...replaces, autoName: 255, conflictsWith: 'namePrefix' },
    namePrefix: { ...text, ...computed, ...replaces, conflictsWith: 'name' },
    ownerId: { ...text, ...output },
    revokeRulesOnDelete: { ...flag, default: false },
    vpcId: { ...text, ...computed, ...replaces },
  },

  async create(aws, planned) {
    const { CreateSecurityGroupCommand } = await import('@aws-sdk/client-ec2')
    const tags = toTagList(planned.tagsAll)
    const { GroupId = '' } = await aws.ec2(
      new CreateSecurityGroupCommand({
        GroupName: planned.name ?? uniqueName(planned.namePrefix ?? 'terraform-'),
        Description: planned.description,
        ...(planned.vpcId && { VpcId: planned.vpcId }),
        ...(tags && { TagSpecifications: [{ ResourceType: 'security-group', Tags: tags }] }),
      }),
    )
    return GroupId
  },

  /** AWS lets a new group of a VPC send to everywhere; the official provider takes that away. */
  async complete(aws, id) {
    const { RevokeSecurityGroupEgressCommand } = await import('@aws-sdk/client-ec2')
    const everywhere: IpPermission = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }
    await aws.ec2(new RevokeSecurityGroupEgressCommand({ GroupId: id, IpPermissions: [everywhere] }))
  },

  async read(aws, id, prior) {
    const group = await find(aws, id)
    return (
      group && {
        arn: group.SecurityGroupArn ?? `arn:${aws.partition}:ec2:${aws.region}:${group.OwnerId}:security-group/${id}`,
        description: group.Description,
        egress: fromPermissions(group, group.IpPermissionsEgress),
        ingress: fromPermissions(group, group.IpPermissions),
        name: group.GroupName,
        namePrefix: prefixOf(group.GroupName),
        ownerId: group.OwnerId,
        revokeRulesOnDelete: prior.revokeRulesOnDelete ?? false,
        vpcId: group.VpcId,
      }
    )
  },

  /** Tags aside, what does not replace the group is the plugin's alone. */
  async update() {},

  async delete(aws, id, { revokeRulesOnDelete }) {
    if (revokeRulesOnDelete) await revokeRules(aws, id)
    const { DeleteSecurityGroupCommand } = await import('@aws-sdk/client-ec2')
    const command = new DeleteSecurityGroupCommand({ GroupId: id })
    await poll(
      { signal: aws.signal, timeoutSeconds: deletionSeconds, what: `security group ${id} to go away` },
      async () => (await unlessMissing(aws.ec2(command), ...missing)) ?? 'gone',
      (error) => hasCode(error, 'DependencyViolation', 'InvalidGroup.InUse'),
    )
  },
})

async function find(aws: Aws, id: string): Promise<SecurityGroup | undefined> {
  const { DescribeSecurityGroupsCommand } = await import('@aws-sdk/client-ec2')
  const found = await unlessMissing(aws.ec2(new DescribeSecurityGroupsCommand({ GroupIds: [id] })), ...missing)
  return found?.SecurityGroups?.[0]
}

async function revokeRules(aws: Aws, id: string): Promise<void> {
  const { RevokeSecurityGroupEgressCommand, RevokeSecurityGroupIngressCommand } = await import('@aws-sdk/client-ec2')
  const group = await find(aws, id)
  const { IpPermissions = [], IpPermissionsEgress = [] } = group ?? {}
  if (IpPermissions.length) await aws.ec2(new RevokeSecurityGroupIngressCommand({ GroupId: id, IpPermissions }))
  if (IpPermissionsEgress.length)
    await aws.ec2(new RevokeSecurityGroupEgressCommand({ GroupId: id, IpPermissions: IpPermissionsEgress }))
}

function fromPermissions(group: SecurityGroup, permissions: IpPermission[] = []): Rule[] {
  return permissions.map((permission) => {
    const groups = (permission.UserIdGroupPairs ?? []).map(({ GroupId = '' }) => GroupId)
    const others = groups.filter((id) => id !== group.GroupId)
    return {
      cidrBlocks: (permission.IpRanges ?? []).map(({ CidrIp = '' }) => CidrIp),
      description: permission.IpRanges?.[0]?.Description ?? permission.UserIdGroupPairs?.[0]?.Description ?? '',
      fromPort: Math.max(permission.FromPort ?? 0, 0),
      ipv6CidrBlocks: (permission.Ipv6Ranges ?? []).map(({ CidrIpv6 = '' }) => CidrIpv6),
      prefixListIds: (permission.PrefixListIds ?? []).map(({ PrefixListId = '' }) => PrefixListId),
      protocol: permission.IpProtocol ?? '',
      securityGroups: others,
      self: others.length < groups.length,
      toPort: Math.max(permission.ToPort ?? 0, 0),
    }
  })
}
