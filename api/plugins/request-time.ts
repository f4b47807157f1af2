import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyRequest {
    /** When the request was here, in milliseconds since the epoch: a rollback's time home counts from it. */
    receivedAt: number
  }
}

/** Stamps every request before anything else looks at it. */
export const requestTime = fp(
  (app, _options, done) => {
    app.decorateRequest('receivedAt', 0)
    app.addHook('onRequest', (request, _reply, next) => {
      request.receivedAt = Date.now()
      next()
    })
    done()
  },
  { name: 'request-time' },
)
