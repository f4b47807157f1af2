import { Type, type TObject } from 'typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Asker } from '../../automation/asker.ts'
import type { OperationRecord } from '../../automation/store/operations.ts'
import { textSchema } from '../schemas/common.ts'
import { showOperation } from '../schemas/operation.ts'
import { problems } from '../schemas/problem.ts'

/** What every route that begins an operation has in common: the body's reason, the answer, and who asks. */
export const reason = textSchema({ min: 1, max: 1000 })
export const strict = { additionalProperties: false } as const
export const accepted = { 202: Type.Ref('Operation'), ...problems(400, 404, 409, 413, 415, 422, 503) }
/** A body of which every member is optional may be left out. */
export const orNothing = <T extends TObject>(schema: T) => Type.Union([schema, Type.Null()])

export function askerOf({ identity, receivedAt, ip, idempotencyKey }: FastifyRequest, why?: string): Asker {
  if (!identity) throw new Error('a route that asks nobody who they are cannot act for anybody')
  const { subject: by, role, credential } = identity
  return { by, role, credential, address: ip, reason: why ?? null, receivedAt, idempotencyKey }
}

export const accept = (reply: FastifyReply, operation: OperationRecord) =>
  reply.code(202).header('location', `/v1/operations/${operation.id}`).send(showOperation(operation))
