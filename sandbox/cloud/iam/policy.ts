import { AwsError } from '../errors.ts'
import type { World } from '../world.ts'
import type { PolicyRecord, PolicyVersionRecord, RoleRecord } from './state.ts'

export function policyAt(world: World, arn: string | undefined): PolicyRecord {
  const policy = world.iam.policies.get(arn ?? '')
  if (!policy) throw new AwsError('NoSuchEntity', `Policy ${arn} was not found.`, 404)
  return policy
}

export function versionAt(policy: PolicyRecord, id: string | undefined): PolicyVersionRecord {
  const version = policy.versions.find((each) => each.id === id)
  if (!version) {
    throw new AwsError('NoSuchEntity', `Policy ${policy.arn} version ${id} does not exist or is not attachable.`, 404)
  }
  return version
}

/** The document that holds: of the default version. */
export function documentOf(policy: PolicyRecord): string {
  return versionAt(policy, policy.defaultVersionId).document
}

export function rolesWith(world: World, arn: string): RoleRecord[] {
  return [...world.iam.roles.values()].filter(({ attachedPolicies }) => attachedPolicies.has(arn))
}
