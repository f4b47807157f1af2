import type {
  AttachRolePolicyCommandInput,
  AttachRolePolicyCommandOutput,
  DeleteRolePolicyCommandInput,
  DeleteRolePolicyCommandOutput,
  DetachRolePolicyCommandInput,
  DetachRolePolicyCommandOutput,
  GetRolePolicyCommandInput,
  GetRolePolicyCommandOutput,
  ListAttachedRolePoliciesCommandInput,
  ListAttachedRolePoliciesCommandOutput,
  ListRolePoliciesCommandInput,
  ListRolePoliciesCommandOutput,
  PutRolePolicyCommandInput,
  PutRolePolicyCommandOutput,
} from '@aws-sdk/client-iam'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import { checkDocument, encodeDocument, iamPage, roleNamed } from './role.ts'

const noPolicyNamed = (name: string): AwsError =>
  new AwsError('NoSuchEntity', `The role policy with name ${name} cannot be found.`, 404)

const putRolePolicy: Operation<PutRolePolicyCommandInput, PutRolePolicyCommandOutput> = (world, input) => {
  const { PolicyName = '', PolicyDocument = '' } = input
  const role = roleNamed(world, input.RoleName)
  checkDocument(PolicyDocument, 'Syntax errors in policy.')
  role.inlinePolicies.set(PolicyName, PolicyDocument)
  return {}
}

const getRolePolicy: Operation<GetRolePolicyCommandInput, GetRolePolicyCommandOutput> = (world, input) => {
  const { PolicyName = '' } = input
  const role = roleNamed(world, input.RoleName)
  const document = role.inlinePolicies.get(PolicyName)
  if (document === undefined) throw noPolicyNamed(PolicyName)
  return { RoleName: role.name, PolicyName, PolicyDocument: encodeDocument(document) }
}

const deleteRolePolicy: Operation<DeleteRolePolicyCommandInput, DeleteRolePolicyCommandOutput> = (world, input) => {
  const { PolicyName = '' } = input
  const role = roleNamed(world, input.RoleName)
  if (!role.inlinePolicies.delete(PolicyName)) throw noPolicyNamed(PolicyName)
  return {}
}

const listRolePolicies: Operation<ListRolePoliciesCommandInput, ListRolePoliciesCommandOutput> = (world, input) => {
  const names = [...roleNamed(world, input.RoleName).inlinePolicies.keys()].sort()
  const { items, truncation } = iamPage(names, input)
  return { PolicyNames: items, ...truncation }
}

/** AWS's own managed policies are names only; the account's own have to exist. */
const attachRolePolicy: Operation<AttachRolePolicyCommandInput, AttachRolePolicyCommandOutput> = (world, input) => {
  const { PolicyArn: arn = '' } = input
  const role = roleNamed(world, input.RoleName)
  const name = /^arn:aws[\w-]*:iam::(?:aws|\d{12}):policy\/(?:.*\/)?([\w+=,.@-]+)$/.exec(arn)?.[1]
  if (name === undefined) throw new AwsError('InvalidInput', `ARN ${arn} is not valid.`)
  if (arn.includes(`::${world.accountId}:`) && !world.iam.policies.has(arn)) {
    throw new AwsError('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`, 404)
  }
  role.attachedPolicies.set(arn, name)
  return {}
}

const detachRolePolicy: Operation<DetachRolePolicyCommandInput, DetachRolePolicyCommandOutput> = (world, input) => {
  const { PolicyArn: arn = '' } = input
  const role = roleNamed(world, input.RoleName)
  if (!role.attachedPolicies.delete(arn)) throw new AwsError('NoSuchEntity', `Policy ${arn} was not found.`, 404)
  return {}
}

const listAttachedRolePolicies: Operation<
  ListAttachedRolePoliciesCommandInput,
  ListAttachedRolePoliciesCommandOutput
> = (world, input) => {
  const attached = [...roleNamed(world, input.RoleName).attachedPolicies]
  const { items, truncation } = iamPage(attached, input)
  return { AttachedPolicies: items.map(([PolicyArn, PolicyName]) => ({ PolicyArn, PolicyName })), ...truncation }
}

export const rolePolicies: Operations = {
  AttachRolePolicy: attachRolePolicy,
  DeleteRolePolicy: deleteRolePolicy,
  DetachRolePolicy: detachRolePolicy,
  GetRolePolicy: getRolePolicy,
  ListAttachedRolePolicies: listAttachedRolePolicies,
  ListRolePolicies: listRolePolicies,
  PutRolePolicy: putRolePolicy,
}
