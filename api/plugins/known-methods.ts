import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

interface Known {
  readonly path: RegExp
  readonly methods: Set<string>
  /** Nobody has to be known there. */
  readonly open: boolean
}

/**
 * A path that is there for other methods is 405 and says for which; the router alone would say that nothing is there. Whoever would
 * have to be known there is, before this is told; a body is not looked at.
 */
export const knownMethods = fp(
  (app, _options, done) => {
    const routes = new Map<string, Known>()
    app.addHook('onRoute', ({ url, method, config }) => {
      const known = routes.get(url) ?? { path: pathOf(url), methods: new Set(), open: config?.right === 'public' }
      for (const one of [method].flat()) known.methods.add(one)
      routes.set(url, known)
    })
    const at = (request: FastifyRequest): Known[] => {
      const path = request.url.split('?')[0] ?? ''
      return request.is404 ? [...routes.values()].filter((one) => one.path.test(path)) : []
    }
    app.addHook('onRequest', async (request, reply) => {
      const open = at(request).filter((one) => one.open)
      if (open.length > 0) throw notAllowed(request, methodsOf(open), reply)
    })
    // after all hooks of onRequest, so that the caller is known
    app.addHook('preParsing', async (request, reply) => {
      const known = at(request)
      if (known.length > 0) throw notAllowed(request, methodsOf(known), reply)
    })
    done()
  },
  { name: 'known-methods' },
)

function notAllowed(
  { method, url }: FastifyRequest,
  allowed: string,
  reply: { header(name: string, value: string): unknown },
): Error {
  reply.header('allow', allowed)
  const message = `${url.split('?')[0]} takes ${allowed}, not ${method}`
  return Object.assign(new Error(message), { statusCode: 405 })
}

const methodsOf = (known: readonly Known[]): string =>
  [...new Set(known.flatMap(({ methods }) => [...methods]))].sort().join(', ')

/** `/v1/migrations/:migration` */
const pathOf = (url: string): RegExp =>
  new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+').replaceAll('*', '.*')}$`)
