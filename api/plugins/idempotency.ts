import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { CutoverError } from '../../automation/errors.ts'
import type { StoredAnswer } from '../../automation/store/idempotency.ts'
import type { Store } from '../../automation/store/store.ts'
import { accept } from '../routes/accepting.ts'

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

interface Options {
  readonly store: Store
  readonly replica: string
}

/**
 * The same key and request get the same answer for 24 hours, whatever has happened since; the same key with another request is
 * refused. A request that could not be answered (5xx), or whose replica died, may be sent again: when it had become an operation the
 * answer is that operation, as it is now.
 */
export const idempotency = fp<Options>(
  (app, { store, replica }, done) => {
    const keys = new Keys(store, replica)
    app.decorateRequest('idempotencyKey', null)
    app.addHook('preHandler', (request, reply) => keys.take(request, reply))
    app.addHook('onSend', (request, reply, payload) => keys.keep(request, reply, payload))
    done()
  },
  { name: 'idempotency', dependencies: ['authentication'] },
)

class Keys {
  readonly #store: Store
  readonly #replica: string
  /** Keys of the requests that are being answered here. */
  readonly #answering = new Set<string>()

  constructor(store: Store, replica: string) {
    this.#store = store
    this.#replica = replica
  }

  async take(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    const key = keyOf(request)
    if (key === null) return undefined
    if (this.#answering.has(key)) throw beingAnswered()
    this.#answering.add(key)
    let isFirst = false
    try {
      const taken = await this.#store.idempotency.take(key, fingerprint(request), this.#replica)
      if (taken === 'other')
        throw new CutoverError('idempotency-mismatch', 'this Idempotency-Key came with another request before')
      if (taken === 'running') throw beingAnswered()
      if (taken !== 'new' && 'status' in taken) return reply.code(taken.status).headers(taken.headers).send(taken.body)
      isFirst = true
      request.idempotencyKey = key
      const operation = taken === 'new' ? null : await this.#store.read.operations.get(taken.operation)
      return operation ? accept(reply, operation) : undefined
    } finally {
      if (!isFirst) this.#answering.delete(key)
    }
  }

  async keep(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
    const key = request.idempotencyKey
    if (key === null) return payload
    request.idempotencyKey = null
    try {
      if (reply.statusCode >= 500) await this.#store.idempotency.letGo(key)
      else await this.#store.idempotency.keep(key, answerOf(request, reply, payload))
    } finally {
      this.#answering.delete(key)
    }
    return payload
  }
}

function answerOf({ routeOptions }: FastifyRequest, reply: FastifyReply, payload: unknown): StoredAnswer {
  const headers = Object.fromEntries(
    keptHeaders.flatMap((name) => {
      const value = reply.getHeader(name)
      return value === undefined ? [] : [[name, String(value)]]
    }),
  )
  const { kept: keptOf = (body) => body } = routeOptions.config
  return { status: reply.statusCode, headers, body: typeof payload === 'string' ? keptOf(payload) : '' }
}

const beingAnswered = (): CutoverError =>
  new CutoverError('operation-in-progress', 'the first request with this key is being answered')

/** null: it has none, or needs none. */
function keyOf(request: FastifyRequest): string | null {
  const key = request.headers[header]
  if (request.method !== 'POST' || key === undefined) return null
  if (typeof key !== 'string' || key === '' || key.length > longest) {
    throw Object.assign(new Error(`an Idempotency-Key has 1 to ${longest} characters`), { statusCode: 400 })
  }
  return ownKey(request, key)
}

/** Everybody has keys of their own: another's key is neither taken nor answered. */
const ownKey = ({ identity }: FastifyRequest, key: string): string =>
  identity?.credential ? JSON.stringify([identity.credential, identity.subject, key]) : key

/** What makes two requests the same. */
export const fingerprint = ({ method, url, body }: Pick<FastifyRequest, 'method' | 'url' | 'body'>): string =>
  createHash('sha256')
    .update(`${method} ${url}\n${JSON.stringify(body ?? null)}`)
    .digest('hex')
