import { DeleteRolePolicyCommand, GetRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import type { iam } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import type { Aws } from '../aws.ts'
import { prefixOf, uniqueName } from '../names.ts'
import { unlessMissing } from '../operation-error.ts'
import { policyFrom, policyText } from '../policy-document.ts'
import { resourceType } from '../resource-type.ts'
import { computed, replaces, required, text } from '../schema.ts'

type State = Record<keyof Unwrap<iam.RolePolicyState>, string | undefined>

export const iamRolePolicy = resourceType<Partial<State>>({
  token: 'aws:iam/rolePolicy:RolePolicy',
  label: 'IAM Role Policy',
  schema: {
    name: { ...text, ...replaces, autoName: 128, conflictsWith: 'namePrefix' },
    namePrefix: { ...text, ...computed, ...replaces, conflictsWith: 'name' },
    policy: { ...policyText, ...required },
    role: { ...text, ...required, ...replaces },
  },

  async create(aws, planned) {
    const name = planned.name ?? uniqueName(planned.namePrefix ?? 'terraform-')
    await put(aws, planned.role, name, planned.policy)
    return `${planned.role}:${name}`
  },

  async read(aws, id, prior) {
    const [RoleName, PolicyName] = partsOf(id)
    const found = await unlessMissing(aws.iam(new GetRolePolicyCommand({ RoleName, PolicyName })), 'NoSuchEntity')
    return (
      found && {
        name: PolicyName,
        namePrefix: prefixOf(PolicyName),
        policy: policyFrom(found.PolicyDocument, prior.policy),
        role: RoleName,
      }
    )
  },

  async update(aws, id, { policy }) {
    const [RoleName, PolicyName] = partsOf(id)
    await put(aws, RoleName, PolicyName, policy)
  },

  async delete(aws, id) {
    const [RoleName, PolicyName] = partsOf(id)
    await unlessMissing(aws.iam(new DeleteRolePolicyCommand({ RoleName, PolicyName })), 'NoSuchEntity')
  },
})

async function put(aws: Aws, RoleName?: string, PolicyName?: string, PolicyDocument?: string): Promise<void> {
  await aws.iam(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }))
}

function partsOf(id: string): [role: string, policy: string] {
  const [role, policy] = id.split(':')
  if (!role || !policy) throw new Error(`role_policy id must be of the form <role name>:<role policy name>`)
  return [role, policy]
}
