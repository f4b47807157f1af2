import type {
  CreatePolicyVersionCommandInput,
  CreatePolicyVersionCommandOutput,
  DeletePolicyVersionCommandInput,
  DeletePolicyVersionCommandOutput,
  GetPolicyVersionCommandInput,
  GetPolicyVersionCommandOutput,
  ListPolicyVersionsCommandInput,
  ListPolicyVersionsCommandOutput,
  PolicyVersion,
  SetDefaultPolicyVersionCommandInput,
  SetDefaultPolicyVersionCommandOutput,
} from '@aws-sdk/client-iam'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import { policyAt, versionAt } from './policy.ts'
import { checkDocument, encodeDocument, iamPage } from './role.ts'
import type { PolicyRecord, PolicyVersionRecord } from './state.ts'

const versionsPerPolicy = 5

const describe = (policy: PolicyRecord, { id, createdAt }: PolicyVersionRecord): PolicyVersion => ({
  VersionId: id,
  IsDefaultVersion: id === policy.defaultVersionId,
  CreateDate: createdAt,
})

const createVersion: Operation<CreatePolicyVersionCommandInput, CreatePolicyVersionCommandOutput> = (world, input) => {
  const policy = policyAt(world, input.PolicyArn)
  const { PolicyDocument: document = '' } = input
  checkDocument(document, 'Syntax errors in policy.')
  if (policy.versions.length >= versionsPerPolicy) {
    const message =
      'A managed policy can have up to 5 versions. ' +
      'Before you create a new version, you must delete an existing version.'
    throw new AwsError('LimitExceeded', message, 409)
  }
  policy.lastVersion += 1
  const version = { id: `v${policy.lastVersion}`, document, createdAt: new Date() }
  policy.versions.push(version)
  if (input.SetAsDefault) policy.defaultVersionId = version.id
  return { PolicyVersion: describe(policy, version) }
}

const getVersion: Operation<GetPolicyVersionCommandInput, GetPolicyVersionCommandOutput> = (world, input) => {
  const policy = policyAt(world, input.PolicyArn)
  const version = versionAt(policy, input.VersionId)
  return { PolicyVersion: { ...describe(policy, version), Document: encodeDocument(version.document) } }
}

const listVersions: Operation<ListPolicyVersionsCommandInput, ListPolicyVersionsCommandOutput> = (world, input) => {
  const policy = policyAt(world, input.PolicyArn)
  const { items, truncation } = iamPage(policy.versions.toReversed(), input)
  return { Versions: items.map((version) => describe(policy, version)), ...truncation }
}

const deleteVersion: Operation<DeletePolicyVersionCommandInput, DeletePolicyVersionCommandOutput> = (world, input) => {
  const policy = policyAt(world, input.PolicyArn)
  const version = versionAt(policy, input.VersionId)
  if (version.id === policy.defaultVersionId) {
    throw new AwsError('DeleteConflict', 'Cannot delete the default version of a policy.', 409)
  }
  policy.versions.splice(policy.versions.indexOf(version), 1)
  return {}
}

const setDefault: Operation<SetDefaultPolicyVersionCommandInput, SetDefaultPolicyVersionCommandOutput> = (
  world,
  input,
) => {
  const policy = policyAt(world, input.PolicyArn)
  policy.defaultVersionId = versionAt(policy, input.VersionId).id
  return {}
}

export const policyVersions: Operations = {
  CreatePolicyVersion: createVersion,
  DeletePolicyVersion: deleteVersion,
  GetPolicyVersion: getVersion,
  ListPolicyVersions: listVersions,
  SetDefaultPolicyVersion: setDefault,
}
