import { roleArn } from '../iam/role.ts'
import type { World } from '../world.ts'
import { invalidParameter } from './errors.ts'

/** A role of the account; its trust policy is not evaluated. */
export function requireRole(world: World, arn: string | undefined): void {
  if ([...world.iam.roles.values()].some((role) => roleArn(world, role) === arn)) return
  throw invalidParameter(
    `Role with arn: ${arn}, could not be assumed because it does not exist or the trusted entity is not correct`,
  )
}
