import { randomBytes } from 'node:crypto'
import type {
  AssumeRoleCommandInput,
  AssumeRoleCommandOutput,
  GetCallerIdentityCommandInput,
  GetCallerIdentityCommandOutput,
} from '@aws-sdk/client-sts'
import { AwsError } from '../errors.ts'
import { uniqueId } from '../iam/ids.ts'
import { principalOf } from '../iam/principal.ts'
import { roleArn } from '../iam/role.ts'
import type { Operation, Operations } from '../operation.ts'

const getCallerIdentity: Operation<GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput> = (
  world,
  _input,
  call,
) => {
  const { userId, arn } = principalOf(world, call.accessKeyId)
  return { UserId: userId, Account: world.accountId, Arn: arn }
}

/** Any caller may assume any role that exists: trust policies are kept and not evaluated. */
const assumeRole: Operation<AssumeRoleCommandInput, AssumeRoleCommandOutput> = (world, input, call) => {
  const { RoleArn = '', RoleSessionName: sessionName = '', DurationSeconds: seconds = 3600 } = input
  checkSessionName(sessionName)
  const role = world.iam.roles.get(RoleArn.split('/').at(-1) ?? '')
  if (!role || RoleArn !== roleArn(world, role)) {
    const { arn } = principalOf(world, call.accessKeyId)
    const message = `User: ${arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`
    throw new AwsError('AccessDenied', message, 403)
  }
  if (seconds > role.maxSessionSeconds) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    )
  }
  const accessKeyId = uniqueId('ASIA', 20)
  const secretAccessKey = randomBytes(30).toString('base64')
  world.iam.sessions.set(accessKeyId, { roleId: role.id, roleName: role.name, sessionName, secretAccessKey })
  const { userId, arn } = principalOf(world, accessKeyId)
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: randomBytes(120).toString('base64'),
      Expiration: new Date(Date.now() + seconds * 1000),
    },
    AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
  }
}

function checkSessionName(name: string): void {
  if (/^[\w+=,.@-]{2,64}$/.test(name)) return
  throw new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${name}' at 'roleSessionName' failed to satisfy constraint: ` +
      'Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}',
  )
}

export const sts: Operations = {
  AssumeRole: assumeRole,
  GetCallerIdentity: getCallerIdentity,
}
