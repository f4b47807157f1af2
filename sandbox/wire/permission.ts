import { AwsError } from '../cloud/errors.ts'
import { deniedResource } from '../cloud/iam/permission.ts'
import { principalOf } from '../cloud/iam/principal.ts'
import type { World } from '../cloud/world.ts'
import type { Service } from './model.ts'

interface Asked {
  readonly service: Service
  readonly operation: string
  readonly accessKeyId: string
  readonly input: unknown
}

/** Where IAM's name of a service is not the one that requests are signed for. */
const iamPrefixes: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' }

/** By signing name, what a service calls a refusal; the others say AccessDenied. */
const codes: Readonly<Record<string, string>> = {
  ec2: 'UnauthorizedOperation',
  eks: 'AccessDeniedException',
  apigateway: 'AccessDeniedException',
}

/** Refuses in AWS's words what a policy of the caller's role denies. */
export function requirePermission(world: World, { service, operation, accessKeyId, input }: Asked): void {
  const { signingName } = service
  const action = `${iamPrefixes[signingName] ?? signingName}:${operation}`
  const denied = deniedResource(world, accessKeyId, { action, resources: [...arnsIn(input)] })
  if (denied === undefined) return
  const { arn } = principalOf(world, accessKeyId)
  const reason =
    `User: ${arn} is not authorized to perform: ${action} on resource: ${denied} ` +
    'with an explicit deny in an identity-based policy'
  const message = signingName === 'ec2' ? `You are not authorized to perform this operation. ${reason}` : reason
  throw new AwsError(codes[signingName] ?? 'AccessDenied', message, 403)
}

/** Every ARN that a request names, wherever it does. */
function* arnsIn(value: unknown): Generator<string> {
  if (typeof value === 'string' && value.startsWith('arn:')) yield value
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return
  for (const member of Object.values(value)) yield* arnsIn(member)
}
