import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListPolicyTagsCommand,
  ListPolicyVersionsCommand,
  TagPolicyCommand,
  UntagPolicyCommand,
} from '@aws-sdk/client-iam'
import type { iam } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import type { Aws } from '../aws.ts'
import { prefixOf, uniqueName } from '../names.ts'
import { unlessMissing } from '../operation-error.ts'
import { policyFrom, policyText } from '../policy-document.ts'
import { resourceType } from '../resource-type.ts'
import { computed, number, output, replaces, required, taggedGlobal, text } from '../schema.ts'
import { fromTagList, toTagList, type Tagging } from '../tags.ts'

type State = Omit<Unwrap<iam.PolicyState>, 'policy'> & { policy?: string | undefined }

/** IAM keeps no more of a policy. */
const mostVersions = 5

const tagging: Tagging = {
  async read(aws, id) {
    return fromTagList((await aws.iam(new ListPolicyTagsCommand({ PolicyArn: id }))).Tags)
  },
  async add(aws, id, tags) {
    await aws.iam(new TagPolicyCommand({ PolicyArn: id, Tags: toTagList(tags) }))
  },
  async remove(aws, id, TagKeys) {
    await aws.iam(new UntagPolicyCommand({ PolicyArn: id, TagKeys }))
  },
}

export const iamPolicy = resourceType<State>({
  token: 'aws:iam/policy:Policy',
  label: 'IAM Policy',
  tagging,
  schema: {
    ...taggedGlobal,
    arn: { ...text, ...output },
    attachmentCount: { ...number, ...output },
    delayAfterPolicyCreationInMs: number,
    description: { ...text, ...replaces },
    name: { ...text, ...replaces, autoName: 128, conflictsWith: 'namePrefix' },
    namePrefix: { ...text, ...computed, ...replaces, conflictsWith: 'name' },
    path: { ...text, default: '/', ...replaces },
    policy: { ...policyText, ...required },
    policyId: { ...text, ...output },
  },

  async create(aws, planned) {
    const command = new CreatePolicyCommand({
      PolicyName: planned.name ?? uniqueName(planned.namePrefix ?? 'terraform-'),
      PolicyDocument: planned.policy,
      Description: planned.description,
      Path: planned.path,
      Tags: toTagList(planned.tagsAll),
    })
    return (await aws.iam(command)).Policy?.Arn ?? ''
  },

  async read(aws, id, prior) {
    const found = await unlessMissing(aws.iam(new GetPolicyCommand({ PolicyArn: id })), 'NoSuchEntity')
    if (!found?.Policy) return undefined
    const { Policy: policy } = found
    const { PolicyVersion: version } = await aws.iam(
      new GetPolicyVersionCommand({ PolicyArn: id, VersionId: policy.DefaultVersionId }),
    )
    return {
      arn: policy.Arn,
      attachmentCount: policy.AttachmentCount,
      delayAfterPolicyCreationInMs: prior.delayAfterPolicyCreationInMs,
      ...(policy.Description && { description: policy.Description }),
      name: policy.PolicyName,
      namePrefix: prefixOf(policy.PolicyName),
      path: policy.Path,
      policy: policyFrom(version?.Document, prior.policy),
      policyId: policy.PolicyId,
    }
  },

  async update(aws, id, { policy }, changed) {
    if (!changed.has('policy')) return
    const others = await otherVersions(aws, id)
    const [oldest] = others.sort((a, b) => (a.CreateDate?.getTime() ?? 0) - (b.CreateDate?.getTime() ?? 0))
    if (others.length + 1 >= mostVersions) await removeVersion(aws, id, oldest?.VersionId)
    await aws.iam(new CreatePolicyVersionCommand({ PolicyArn: id, PolicyDocument: policy, SetAsDefault: true }))
  },

  async delete(aws, id) {
    const others = await unlessMissing(otherVersions(aws, id), 'NoSuchEntity')
    for (const { VersionId } of others ?? []) await removeVersion(aws, id, VersionId)
    await unlessMissing(aws.iam(new DeletePolicyCommand({ PolicyArn: id })), 'NoSuchEntity')
  },
})

async function otherVersions(aws: Aws, PolicyArn: string) {
  const { Versions = [] } = await aws.iam(new ListPolicyVersionsCommand({ PolicyArn }))
  return Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion)
}

async function removeVersion(aws: Aws, PolicyArn: string, VersionId: string | undefined): Promise<void> {
  await aws.iam(new DeletePolicyVersionCommand({ PolicyArn, VersionId }))
}
