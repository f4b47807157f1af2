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
export function requirePermission(world: World, asked: Asked): void {
  const { accessKeyId, input } = asked
  const denied = deniedResource(world, accessKeyId, { action: actionOf(asked), resources: [...arnsIn(input)] })
  if (denied === undefined) return
  throw refusal(world, asked, `on resource: ${denied} with an explicit deny in an identity-based policy`)
}

/** What AWS says where no policy of the caller allows it. */
export function unallowed(world: World, asked: Asked): AwsError {
  const [resource = '*'] = arnsIn(asked.input)
  const because = `because no identity-based policy allows the ${actionOf(asked)} action`
  return refusal(world, asked, `on resource: ${resource} ${because}`)
}

const actionOf = ({ service: { signingName }, operation }: Asked): string =>
  `${iamPrefixes[signingName] ?? signingName}:${operation}`

function refusal(world: World, asked: Asked, reason: string): AwsError {
  const { signingName } = asked.service
  const { arn } = principalOf(world, asked.accessKeyId)
  const text = `User: ${arn} is not authorized to perform: ${actionOf(asked)} ${reason}`
  const message = signingName === 'ec2' ? `You are not authorized to perform this operation. ${text}` : text
  return new AwsError(codes[signingName] ?? 'AccessDenied', message, 403)
}

/** Every ARN that a request or an answer names, wherever it does. */
export function* arnsIn(value: unknown): Generator<string> {
  if (typeof value === 'string' && value.startsWith('arn:')) yield value
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return
  for (const member of Object.values(value)) yield* arnsIn(member)
}
