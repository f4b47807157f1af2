import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { CutoverError } from '../../automation/errors.ts'
import type { Idempotency } from '../../automation/store/idempotency.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What is kept of a good answer, where that has something that nobody may keep. */
    kept?: (body: string) => string
  }
  interface FastifyRequest {
    /** The Idempotency-Key that this request is the first with. */
    idempotencyKey: string | null
  }
}

const header = 'idempotency-key'
const longest = 200
const keptHeaders = ['content-type', 'location'] as const

/**
 * The same key and request get the same answer for 24 hours, whatever has happened since; the same key with another request is
 * refused. A request that could not be answered (5xx) may be sent again.
 */
export const idempotency = fp<{ readonly store: Idempotency; readonly replica: string }>(
  (app, { store, replica }, done) => {
    app.decorateRequest('idempotencyKey', null)
    app.addHook('preHandler', (request, reply) => takeKey(request, reply, store, replica))
    app.addHook('onSend', (request, reply, payload) => keepAnswer(request, reply, payload, store))
    done()
  },
  { name: 'idempotency', dependencies: ['authentication'] },
)

async function takeKey(
  request: FastifyRequest,
  reply: FastifyReply,
  store: Idempotency,
  replica: string,
): Promise<FastifyReply | undefined> {
  const key = request.headers[header]
  if (request.method !== 'POST' || key === undefined) return undefined
  if (typeof key !== 'string' || key === '' || key.length > longest) {
    throw Object.assign(new Error(`an Idempotency-Key has 1 to ${longest} characters`), { statusCode: 400 })
  }
  const own = ownKey(request, key)
  const taken = await store.take(own, fingerprint(request), replica)
  if (taken === 'new') {
    request.idempotencyKey = own
    return undefined
  }
  if (taken === 'other')
    throw new CutoverError('idempotency-mismatch', 'this Idempotency-Key came with another request before')
  if (taken === 'running')
    throw new CutoverError('operation-in-progress', 'the first request with this key is being answered')
  return reply.code(taken.status).headers(taken.headers).send(taken.body)
}

async function keepAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  store: Idempotency,
): Promise<unknown> {
  const key = request.idempotencyKey
  if (key === null) return payload
  request.idempotencyKey = null
  if (reply.statusCode >= 500) {
    await store.forget(key)
    return payload
  }
  const headers = Object.fromEntries(
    keptHeaders.flatMap((name) => {
      const value = reply.getHeader(name)
      return value === undefined ? [] : [[name, String(value)]]
    }),
  )
  const { kept: keptOf = (body) => body } = request.routeOptions.config
  const body = typeof payload === 'string' ? keptOf(payload) : ''
  await store.keep(key, { status: reply.statusCode, headers, body })
  return payload
}

/** Everybody has keys of their own: another's key is neither taken nor answered. */
const ownKey = ({ identity }: FastifyRequest, key: string): string =>
  identity?.credential ? JSON.stringify([identity.credential, identity.subject, key]) : key

const fingerprint = ({ method, url, body }: FastifyRequest): string =>
  createHash('sha256')
    .update(`${method} ${url}\n${JSON.stringify(body ?? null)}`)
    .digest('hex')
