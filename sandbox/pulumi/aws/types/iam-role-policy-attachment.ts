import { AttachRolePolicyCommand, DetachRolePolicyCommand, ListAttachedRolePoliciesCommand } from '@aws-sdk/client-iam'
import type { iam } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { importParts } from '../import-id.ts'
import { unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { replaces, required, text } from '../schema.ts'

type State = Partial<Record<keyof Unwrap<iam.RolePolicyAttachmentState>, string | undefined>>

export const iamRolePolicyAttachment = resourceType<State>({
  token: 'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
  label: 'IAM Role Policy Attachment',
  schema: {
    policyArn: { ...text, ...required, ...replaces },
    role: { ...text, ...required, ...replaces },
  },

  async create(aws, { role, policyArn }) {
    await aws.iam(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }))
    return `${role}/${policyArn}`
  },

  async read(aws, id) {
    const [role = '', policyArn] = importParts(id, '<role-name>/<policy_arn>')
    const list = new ListAttachedRolePoliciesCommand({ RoleName: role })
    const found = await unlessMissing(aws.iam(list), 'NoSuchEntity')
    const isAttached = found?.AttachedPolicies?.some(({ PolicyArn }) => PolicyArn === policyArn)
    return isAttached ? { role, policyArn } : undefined
  },

  async delete(aws, _id, { role, policyArn }) {
    const detach = new DetachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn })
    await unlessMissing(aws.iam(detach), 'NoSuchEntity')
  },
})
