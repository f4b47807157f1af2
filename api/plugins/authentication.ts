import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { mustHave } from '../../automation/asker.ts'
import { CutoverError } from '../../automation/errors.ts'
import type { Right } from '../../automation/rights.ts'
import type { Access } from '../auth/access.ts'
import { covers, type Identity } from '../auth/identity.ts'
import { fromThisMachine } from '../auth/this-machine.ts'
import { Secret } from '../secret.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks. null: of a route that asks nobody. */
    identity: Identity | null
  }
  interface FastifyContextConfig {
    /** What one has to have the right to; `public`: nothing, not even a name, and no limit. */
    right?: Right | 'public'
    /** The route shows to each what is in its scope. Without it, a route outside any migration is for those without a scope. */
    scoped?: boolean
  }
}

export interface AuthenticationOptions {
  readonly access: Access
  /** Requests per second and address, and per second and credential. */
  readonly requestsPerSecond: number
}

/**
 * Before anything else is looked at: not too many requests, a caller who is known, a role that has the route's right, a scope that
 * covers what the path names. The header with the secret is gone from then on.
 */
export const authentication = fp<AuthenticationOptions>(
  async (app, { access, requestsPerSecond }) => {
    await app.register(rateLimit, { global: false, max: requestsPerSecond, timeWindow: 1000 })
    const ofAddress = app.createRateLimit({})
    const ofCredential = app.createRateLimit({ keyGenerator: ({ identity }) => keyOf(identity) })
    app.decorateRequest('identity', null)

    const routes: RouteOptions[] = []
    app.addHook('onRoute', (route) => void routes.push(route))
    app.addHook('onReady', async () => {
      const unnamed = routes.flatMap(({ method, url, config }) => (config?.right ? [] : [`${String(method)} ${url}`]))
      if (unnamed.length > 0) throw new Error(`routes that name no right: ${unnamed.join(', ')}`)
    })

    app.addHook('onRequest', async (request) => {
      const presented = takeSecret(request)
      const { right, scoped = false } = request.routeOptions.config
      if (right === 'public') return
      await within(ofAddress, request)
      if (access.open) fromThisMachine(request)
      request.identity = await access.identify(presented)
      await within(ofCredential, request)
      // what is not there is told to whoever is known
      if (right === undefined) return
      mustHave(right, { ...request.identity, by: request.identity.subject })
      if (!scoped) mustCover(request.identity, request.params as Place)
    })
  },
  { name: 'authentication' },
)

/** Bearer's secret; null: none. Nothing that comes after can log what is not there any more. */
function takeSecret({ raw }: FastifyRequest): Secret | null {
  const [, text] = /^Bearer +(\S+) *$/i.exec(raw.headers.authorization ?? '') ?? []
  delete raw.headers.authorization
  const { rawHeaders } = raw
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === 'authorization') rawHeaders[at + 1] = '[secret]'
  }
  return text === undefined ? null : new Secret(text)
}

interface Place {
  readonly migration?: string
  readonly workload?: string
}

/** Throws `forbidden` when what is asked for is not what the credential is good for. */
export function mustCover({ scope, subject }: Identity, { migration, workload }: Place): void {
  if (scope === null || (migration !== undefined && covers(scope, migration, workload ?? null))) return
  const what = [migration, workload].filter((one) => one !== undefined).join('/') || 'the service as a whole'
  const message = `${subject} comes with a credential for ${scope.join(', ')}, not for ${what}`
  throw new CutoverError('forbidden', message, { scope })
}

type Limit = ReturnType<FastifyInstance['createRateLimit']>

async function within(limit: Limit, request: FastifyRequest): Promise<void> {
  const state = await limit(request)
  if (state.isAllowed || !state.isExceeded) return
  const message = `more than ${state.max} requests in a second; try again in the next one`
  throw Object.assign(new Error(message), { statusCode: 429 })
}

const keyOf = (identity: Identity | null): string => `${identity?.credential} ${identity?.subject}`
