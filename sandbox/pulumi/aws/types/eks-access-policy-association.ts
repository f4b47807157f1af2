import {
  AssociateAccessPolicyCommand,
  DisassociateAccessPolicyCommand,
  ListAssociatedAccessPoliciesCommand,
  type AccessScopeType,
} from '@aws-sdk/client-eks'
import type { eks } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { output, regional, replaces, required, text, texts } from '../schema.ts'

type State = Unwrap<eks.AccessPolicyAssociationState>

const missing = 'ResourceNotFound'

export const eksAccessPolicyAssociation = resourceType<State>({
  token: 'aws:eks/accessPolicyAssociation:AccessPolicyAssociation',
  label: 'EKS Access Policy Association',
  schema: {
    ...regional,
    accessScope: {
      type: 'object',
      ...required,
      fields: { namespaces: { ...texts, ...replaces }, type: { ...text, ...required, ...replaces } },
    },
    associatedAt: { ...text, ...output },
    clusterName: { ...text, ...required, ...replaces },
    modifiedAt: { ...text, ...output },
    policyArn: { ...text, ...required, ...replaces },
    principalArn: { ...text, ...required, ...replaces },
  },

  async create(aws, { accessScope, clusterName, policyArn, principalArn }) {
    const { type, namespaces } = accessScope ?? {}
    const scope = { type: type as AccessScopeType, ...(namespaces?.length && { namespaces }) }
    await aws.eks(new AssociateAccessPolicyCommand({ clusterName, policyArn, principalArn, accessScope: scope }))
    return [clusterName, principalArn, policyArn].join('#')
  },

  async read(aws, id) {
    const { clusterName, principalArn, policyArn } = partsOf(id)
    const list = new ListAssociatedAccessPoliciesCommand({ clusterName, principalArn })
    const found = await unlessMissing(aws.eks(list), missing)
    const policy = found?.associatedAccessPolicies?.find((each) => each.policyArn === policyArn)
    if (!policy) return undefined
    return {
      accessScope: { type: policy.accessScope?.type ?? '', namespaces: policy.accessScope?.namespaces ?? [] },
      associatedAt: policy.associatedAt?.toISOString(),
      clusterName,
      modifiedAt: policy.modifiedAt?.toISOString(),
      policyArn,
      principalArn,
    }
  },

  async delete(aws, id) {
    await unlessMissing(aws.eks(new DisassociateAccessPolicyCommand(partsOf(id))), missing)
  },
})

function partsOf(id: string): { clusterName: string; principalArn: string; policyArn: string } {
  const [clusterName, principalArn, policyArn] = id.split('#')
  if (!clusterName || !principalArn || !policyArn)
    throw new Error(`unexpected format of ID (${id}), expected cluster-name#principal-arn#policy-arn`)
  return { clusterName, principalArn, policyArn }
}
