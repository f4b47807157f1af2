import type {
  AccessScope,
  AssociateAccessPolicyCommandInput,
  AssociateAccessPolicyCommandOutput,
  DisassociateAccessPolicyCommandInput,
  DisassociateAccessPolicyCommandOutput,
  ListAccessPoliciesCommandInput,
  ListAccessPoliciesCommandOutput,
  ListAssociatedAccessPoliciesCommandInput,
  ListAssociatedAccessPoliciesCommandOutput,
} from '@aws-sdk/client-eks'
import type { Operation, Operations } from '../operation.ts'
import { clusterWithEntries } from './access-entries.ts'
import { accessPolicyArn } from './arns.ts'
import { invalidParameter, invalidRequest, notFound } from './errors.ts'
import { accessEntryOf } from './find.ts'
import { eksPage } from './pages.ts'

/** Those that people give out; EKS has more for its own features. */
const policies = [
  'AmazonEKSAdminPolicy',
  'AmazonEKSAdminViewPolicy',
  'AmazonEKSClusterAdminPolicy',
  'AmazonEKSEditPolicy',
  'AmazonEKSViewPolicy',
].map((name) => ({ name, arn: accessPolicyArn(name) }))

const listAccessPolicies: Operation<ListAccessPoliciesCommandInput, ListAccessPoliciesCommandOutput> = (
  _world,
  input,
) => {
  const { items, nextToken } = eksPage(policies, input)
  return { accessPolicies: items, nextToken }
}

const associateAccessPolicy: Operation<AssociateAccessPolicyCommandInput, AssociateAccessPolicyCommandOutput> = (
  world,
  input,
) => {
  const { clusterName, principalArn, policyArn = '' } = input
  const entry = accessEntryOf(clusterWithEntries(world, clusterName), principalArn)
  if (!policies.some(({ arn }) => arn === policyArn))
    throw invalidParameter('The policyArn parameter format is not valid')
  if (entry.about.type !== 'STANDARD') {
    throw invalidRequest(`Access policies cannot be associated with an access entry of type ${entry.about.type}`)
  }
  const associatedAt = entry.policies.get(policyArn)?.associatedAt ?? new Date()
  const policy = { policyArn, accessScope: acceptScope(input.accessScope), associatedAt, modifiedAt: new Date() }
  entry.policies.set(policyArn, policy)
  return { clusterName, principalArn, associatedAccessPolicy: policy }
}

function acceptScope({ type, namespaces = [] }: AccessScope = {}): AccessScope {
  if (type === 'cluster' && namespaces.length === 0) return { type, namespaces }
  if (type === 'namespace' && namespaces.length > 0) return { type, namespaces }
  throw invalidParameter('The accessScope is of type cluster without namespaces, or of type namespace with some')
}

const disassociateAccessPolicy: Operation<
  DisassociateAccessPolicyCommandInput,
  DisassociateAccessPolicyCommandOutput
> = (world, input) => {
  const entry = accessEntryOf(clusterWithEntries(world, input.clusterName), input.principalArn)
  if (!entry.policies.delete(input.policyArn ?? '')) {
    throw notFound(`The specified policyArn could not be found: ${input.policyArn}`)
  }
  return {}
}

const listAssociatedAccessPolicies: Operation<
  ListAssociatedAccessPoliciesCommandInput,
  ListAssociatedAccessPoliciesCommandOutput
> = (world, input) => {
  const { clusterName, principalArn } = input
  const entry = accessEntryOf(clusterWithEntries(world, clusterName), principalArn)
  const { items, nextToken } = eksPage([...entry.policies.values()], input)
  return { clusterName, principalArn, associatedAccessPolicies: items, nextToken }
}

export const accessPolicies: Operations = {
  AssociateAccessPolicy: associateAccessPolicy,
  DisassociateAccessPolicy: disassociateAccessPolicy,
  ListAccessPolicies: listAccessPolicies,
  ListAssociatedAccessPolicies: listAssociatedAccessPolicies,
}
