import type {
  CreatePolicyCommandInput,
  CreatePolicyCommandOutput,
  DeletePolicyCommandInput,
  DeletePolicyCommandOutput,
  GetPolicyCommandInput,
  GetPolicyCommandOutput,
  ListPoliciesCommandInput,
  ListPoliciesCommandOutput,
  ListPolicyTagsCommandInput,
  ListPolicyTagsCommandOutput,
  Policy,
  TagPolicyCommandInput,
  TagPolicyCommandOutput,
  UntagPolicyCommandInput,
  UntagPolicyCommandOutput,
} from '@aws-sdk/client-iam'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { uniqueId } from './ids.ts'
import { policyAt, rolesWith } from './policy.ts'
import { checkDocument, describeTags, iamPage } from './role.ts'
import { setTags } from './role-tags.ts'
import type { PolicyRecord } from './state.ts'

const describe = (world: World, policy: PolicyRecord): Policy => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: policy.defaultVersionId,
  AttachmentCount: rolesWith(world, policy.arn).length,
  PermissionsBoundaryUsageCount: 0,
  IsAttachable: true,
  CreateDate: policy.createdAt,
  UpdateDate: policy.versions.at(-1)?.createdAt,
})

const createPolicy: Operation<CreatePolicyCommandInput, CreatePolicyCommandOutput> = (world, input) => {
  const { PolicyName: name = '', Path: path = '/', PolicyDocument: document = '' } = input
  if (!/^[\w+=,.@-]{1,128}$/.test(name)) {
    throw new AwsError(
      'ValidationError',
      'The specified value for policyName is invalid. ' +
        'It must contain only alphanumeric characters and/or the following: +=,.@_-',
    )
  }
  checkDocument(document, 'Syntax errors in policy.')
  const arn = `arn:aws:iam::${world.accountId}:policy${path}${name}`
  if (world.iam.policies.has(arn)) {
    throw new AwsError(
      'EntityAlreadyExists',
      `A policy called ${name} already exists. Duplicate names are not allowed.`,
      409,
    )
  }
  const createdAt = new Date()
  const policy: PolicyRecord = {
    name,
    id: uniqueId('ANPA'),
    arn,
    path,
    description: input.Description,
    createdAt,
    versions: [{ id: 'v1', document, createdAt }],
    defaultVersionId: 'v1',
    lastVersion: 1,
    tags: new Map(),
  }
  setTags(policy.tags, input.Tags ?? [])
  world.iam.policies.set(arn, policy)
  return { Policy: { ...describe(world, policy), Tags: input.Tags && describeTags(policy.tags) } }
}

/** Tags and description come with this call alone. */
const getPolicy: Operation<GetPolicyCommandInput, GetPolicyCommandOutput> = (world, input) => {
  const policy = policyAt(world, input.PolicyArn)
  return { Policy: { ...describe(world, policy), Description: policy.description, Tags: describeTags(policy.tags) } }
}

/** The account's own; AWS's are names only. */
const listPolicies: Operation<ListPoliciesCommandInput, ListPoliciesCommandOutput> = (world, input) => {
  const policies = [...world.iam.policies.values()]
    .filter(({ path }) => path.startsWith(input.PathPrefix ?? '/') && input.Scope !== 'AWS')
    .filter(({ arn }) => !input.OnlyAttached || rolesWith(world, arn).length > 0)
  const { items, truncation } = iamPage(policies, input)
  return { Policies: items.map((policy) => describe(world, policy)), ...truncation }
}

const deletePolicy: Operation<DeletePolicyCommandInput, DeletePolicyCommandOutput> = (world, input) => {
  const policy = policyAt(world, input.PolicyArn)
  const conflict = (message: string) => new AwsError('DeleteConflict', message, 409)
  if (rolesWith(world, policy.arn).length > 0) throw conflict('Cannot delete a policy attached to entities.')
  if (policy.versions.length > 1) {
    throw conflict(
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    )
  }
  world.iam.policies.delete(policy.arn)
  return {}
}

const tagPolicy: Operation<TagPolicyCommandInput, TagPolicyCommandOutput> = (world, input) => {
  setTags(policyAt(world, input.PolicyArn).tags, input.Tags ?? [])
  return {}
}

const untagPolicy: Operation<UntagPolicyCommandInput, UntagPolicyCommandOutput> = (world, input) => {
  const { tags } = policyAt(world, input.PolicyArn)
  for (const key of input.TagKeys ?? []) tags.delete(key)
  return {}
}

const listPolicyTags: Operation<ListPolicyTagsCommandInput, ListPolicyTagsCommandOutput> = (world, input) => {
  const { items, truncation } = iamPage(describeTags(policyAt(world, input.PolicyArn).tags), input)
  return { Tags: items, ...truncation }
}

export const policies: Operations = {
  CreatePolicy: createPolicy,
  DeletePolicy: deletePolicy,
  GetPolicy: getPolicy,
  ListPolicies: listPolicies,
  ListPolicyTags: listPolicyTags,
  TagPolicy: tagPolicy,
  UntagPolicy: untagPolicy,
}
