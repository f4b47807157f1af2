import type { World } from '../world.ts'
import { roleArn } from './role.ts'

export interface Principal {
  readonly userId: string
  readonly arn: string
}

/** The one user of the account, who owns every access key that is not a session's. */
export const accountUser = { name: 'operator', id: 'AIDASANDBOXOPERATOR2A' }

export const accountUserArn = (world: World): string => `arn:aws:iam::${world.accountId}:user/${accountUser.name}`

/** Who calls with this access key. */
export function principalOf(world: World, accessKeyId: string): Principal {
  const session = world.iam.sessions.get(accessKeyId)
  if (!session) return { userId: accountUser.id, arn: accountUserArn(world) }
  const { roleId, roleName, sessionName } = session
  return {
    userId: `${roleId}:${sessionName}`,
    arn: `arn:aws:sts::${world.accountId}:assumed-role/${roleName}/${sessionName}`,
  }
}

/** The user or the role behind a caller: what may be given rights, which a session may not. */
export function callerArn(world: World, accessKeyId: string): string {
  const session = world.iam.sessions.get(accessKeyId)
  const role = session && world.iam.roles.get(session.roleName)
  return role ? roleArn(world, role) : principalOf(world, accessKeyId).arn
}
