import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  ListRoleTagsCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
} from '@aws-sdk/client-iam'
import type { iam } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import type { Aws } from '../aws.ts'
import { prefixOf, uniqueName } from '../names.ts'
import { unlessMissing } from '../operation-error.ts'
import { policyFrom, policyText } from '../policy-document.ts'
import { resourceType } from '../resource-type.ts'
import { computed, flag, number, output, replaces, required, text, texts, taggedGlobal } from '../schema.ts'
import { fromTagList, toTagList, type Tagging } from '../tags.ts'
import { whilePropagating } from './iam-propagation.ts'

type State = Omit<Unwrap<iam.RoleState>, 'assumeRolePolicy'> & { assumeRolePolicy?: string | undefined }

const tagging: Tagging = {
  async read(aws, id) {
    return fromTagList((await aws.iam(new ListRoleTagsCommand({ RoleName: id }))).Tags)
  },
  async add(aws, id, tags) {
    await aws.iam(new TagRoleCommand({ RoleName: id, Tags: toTagList(tags) }))
  },
  async remove(aws, id, TagKeys) {
    await aws.iam(new UntagRoleCommand({ RoleName: id, TagKeys }))
  },
}

export const iamRole = resourceType<State>({
  token: 'aws:iam/role:Role',
  label: 'IAM Role',
  tagging,
  schema: {
    ...taggedGlobal,
    arn: { ...text, ...output },
    assumeRolePolicy: { ...policyText, ...required },
    createDate: { ...text, ...output },
    description: { ...text, range: [0, 1000] },
    forceDetachPolicies: { ...flag, default: false },
    inlinePolicies: {
      type: 'set',
      ...computed,
      unsupported: true,
      fields: { name: text, policy: policyText },
    },
    managedPolicyArns: { ...texts, ...computed, unsupported: true },
    maxSessionDuration: { ...number, default: 3600, range: [3600, 43_200] },
    name: { ...text, ...replaces, autoName: 64, conflictsWith: 'namePrefix' },
    namePrefix: { ...text, ...computed, ...replaces, conflictsWith: 'name' },
    path: { ...text, default: '/', ...replaces },
    permissionsBoundary: { ...text, unsupported: true },
    uniqueId: { ...text, ...output },
  },

  async create(aws, planned) {
    const RoleName = planned.name ?? uniqueName(planned.namePrefix ?? 'terraform-')
    const command = new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: planned.assumeRolePolicy,
      Description: planned.description,
      MaxSessionDuration: planned.maxSessionDuration,
      Path: planned.path,
      Tags: toTagList(planned.tagsAll),
    })
    await whilePropagating(aws, () => aws.iam(command))
    return RoleName
  },

  async read(aws, id, prior) {
    const found = await unlessMissing(aws.iam(new GetRoleCommand({ RoleName: id })), 'NoSuchEntity')
    if (!found?.Role) return undefined
    const { Role: role } = found
    return {
      arn: role.Arn,
      assumeRolePolicy: policyFrom(role.AssumeRolePolicyDocument, prior.assumeRolePolicy),
      createDate: role.CreateDate?.toISOString().replace(/\.\d+/, ''),
      ...(role.Description && { description: role.Description }),
      forceDetachPolicies: prior.forceDetachPolicies ?? false,
      ...(await policiesOf(aws, id)),
      maxSessionDuration: role.MaxSessionDuration,
      name: role.RoleName,
      namePrefix: prefixOf(role.RoleName),
      path: role.Path,
      uniqueId: role.RoleId,
    }
  },

  async update(aws, id, planned, changed) {
    const { assumeRolePolicy, description = '', maxSessionDuration } = planned
    if (changed.has('assumeRolePolicy')) {
      const command = new UpdateAssumeRolePolicyCommand({ RoleName: id, PolicyDocument: assumeRolePolicy })
      await whilePropagating(aws, () => aws.iam(command))
    }
    if (changed.has('description'))
      await aws.iam(new UpdateRoleDescriptionCommand({ RoleName: id, Description: description }))
    if (changed.has('maxSessionDuration'))
      await aws.iam(new UpdateRoleCommand({ RoleName: id, MaxSessionDuration: maxSessionDuration }))
  },

  async delete(aws, id, { forceDetachPolicies }) {
    await unlessMissing(remove(aws, id, forceDetachPolicies ?? false), 'NoSuchEntity')
  },
})

async function policiesOf(aws: Aws, RoleName: string): Promise<Pick<State, 'managedPolicyArns'>> {
  const { AttachedPolicies = [] } = await aws.iam(new ListAttachedRolePoliciesCommand({ RoleName }))
  const arns = AttachedPolicies.flatMap(({ PolicyArn }) => PolicyArn ?? [])
  return arns.length > 0 ? { managedPolicyArns: arns } : {}
}

/** Without force, IAM refuses while a policy is attached, and so says the official provider. */
async function remove(aws: Aws, RoleName: string, force: boolean): Promise<void> {
  await aws.iam(new ListInstanceProfilesForRoleCommand({ RoleName }))
  if (force) {
    const { AttachedPolicies = [] } = await aws.iam(new ListAttachedRolePoliciesCommand({ RoleName }))
    for (const { PolicyArn } of AttachedPolicies) await aws.iam(new DetachRolePolicyCommand({ RoleName, PolicyArn }))
    const { PolicyNames = [] } = await aws.iam(new ListRolePoliciesCommand({ RoleName }))
    for (const PolicyName of PolicyNames) await aws.iam(new DeleteRolePolicyCommand({ RoleName, PolicyName }))
  }
  await aws.iam(new DeleteRoleCommand({ RoleName }))
}
