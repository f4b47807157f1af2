import type {
  CreateRoleCommandInput,
  CreateRoleCommandOutput,
  DeleteRoleCommandInput,
  DeleteRoleCommandOutput,
  GetRoleCommandInput,
  GetRoleCommandOutput,
  ListInstanceProfilesForRoleCommandInput,
  ListInstanceProfilesForRoleCommandOutput,
  ListRolesCommandInput,
  ListRolesCommandOutput,
  UpdateAssumeRolePolicyCommandInput,
  UpdateAssumeRolePolicyCommandOutput,
  UpdateRoleCommandInput,
  UpdateRoleCommandOutput,
  UpdateRoleDescriptionCommandInput,
  UpdateRoleDescriptionCommandOutput,
} from '@aws-sdk/client-iam'
import { AwsError } from '../errors.ts'
import type { Operation, Operations } from '../operation.ts'
import { uniqueId } from './ids.ts'
import { checkDocument, describeRole, describeTags, iamPage, roleNamed } from './role.ts'
import { setTags } from './role-tags.ts'

const badTrustPolicy = 'This policy contains invalid Json'

const createRole: Operation<CreateRoleCommandInput, CreateRoleCommandOutput> = (world, input) => {
  const { RoleName: name = '', Path: path = '/', AssumeRolePolicyDocument: trustPolicy = '' } = input
  checkRoleName(name)
  checkPath(path)
  checkDocument(trustPolicy, badTrustPolicy)
  const { roles } = world.iam
  if (roles.has(name)) throw new AwsError('EntityAlreadyExists', `Role with name ${name} already exists.`, 409)
  const role = {
    name,
    id: uniqueId('AROA'),
    path,
    createdAt: new Date(),
    trustPolicy,
    description: input.Description,
    maxSessionSeconds: input.MaxSessionDuration ?? 3600,
    inlinePolicies: new Map<string, string>(),
    attachedPolicies: new Map<string, string>(),
    tags: new Map<string, string>(),
  }
  setTags(role.tags, input.Tags ?? [])
  roles.set(name, role)
  return { Role: { ...describeRole(world, role), Tags: input.Tags && describeTags(role.tags) } }
}

const getRole: Operation<GetRoleCommandInput, GetRoleCommandOutput> = (world, input) => {
  const role = roleNamed(world, input.RoleName)
  const tags = role.tags.size > 0 ? { Tags: describeTags(role.tags) } : {}
  return { Role: { ...describeRole(world, role), ...tags, RoleLastUsed: {} } }
}

const listRoles: Operation<ListRolesCommandInput, ListRolesCommandOutput> = (world, input) => {
  const roles = [...world.iam.roles.values()]
    .filter((role) => role.path.startsWith(input.PathPrefix ?? '/'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const { items, truncation } = iamPage(roles, input)
  return { Roles: items.map((role) => describeRole(world, role)), ...truncation }
}

const updateRole: Operation<UpdateRoleCommandInput, UpdateRoleCommandOutput> = (world, input) => {
  const role = roleNamed(world, input.RoleName)
  if (input.Description !== undefined) role.description = input.Description
  if (input.MaxSessionDuration !== undefined) role.maxSessionSeconds = input.MaxSessionDuration
  return {}
}

/** The older form of UpdateRole, which Terraform uses still. */
const updateRoleDescription: Operation<UpdateRoleDescriptionCommandInput, UpdateRoleDescriptionCommandOutput> = (
  world,
  input,
) => {
  const role = roleNamed(world, input.RoleName)
  role.description = input.Description
  return { Role: describeRole(world, role) }
}

const updateAssumeRolePolicy: Operation<UpdateAssumeRolePolicyCommandInput, UpdateAssumeRolePolicyCommandOutput> = (
  world,
  input,
) => {
  const role = roleNamed(world, input.RoleName)
  const document = input.PolicyDocument ?? ''
  checkDocument(document, badTrustPolicy)
  role.trustPolicy = document
  return {}
}

const deleteRole: Operation<DeleteRoleCommandInput, DeleteRoleCommandOutput> = (world, input) => {
  const role = roleNamed(world, input.RoleName)
  const conflict = (message: string) => new AwsError('DeleteConflict', message, 409)
  if (role.attachedPolicies.size > 0) throw conflict('Cannot delete entity, must detach all policies first.')
  if (role.inlinePolicies.size > 0) throw conflict('Cannot delete entity, must delete policies first.')
  world.iam.roles.delete(role.name)
  return {}
}

/** There are no instance profiles; Terraform asks before it deletes a role. */
const listInstanceProfilesForRole: Operation<
  ListInstanceProfilesForRoleCommandInput,
  ListInstanceProfilesForRoleCommandOutput
> = (world, input) => {
  roleNamed(world, input.RoleName)
  return { InstanceProfiles: [], IsTruncated: false }
}

function checkRoleName(name: string): void {
  if (name.length > 64) {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${name}' at 'roleName' failed to satisfy constraint: ` +
        'Member must have length less than or equal to 64',
    )
  }
  if (!/^[\w+=,.@-]+$/.test(name)) {
    throw new AwsError(
      'ValidationError',
      'The specified value for roleName is invalid. ' +
        'It must contain only alphanumeric characters and/or the following: +=,.@_-',
    )
  }
}

function checkPath(path: string): void {
  if (/^\/([!-~]+\/)?$/.test(path)) return
  throw new AwsError(
    'ValidationError',
    'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
  )
}

export const roles: Operations = {
  CreateRole: createRole,
  DeleteRole: deleteRole,
  GetRole: getRole,
  ListInstanceProfilesForRole: listInstanceProfilesForRole,
  ListRoles: listRoles,
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  UpdateRole: updateRole,
  UpdateRoleDescription: updateRoleDescription,
}
