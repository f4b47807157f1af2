import helmet from '@fastify/helmet'
import fp from 'fastify-plugin'

/**
 * Headers by which a browser keeps what it got here from others. Answers are data and load nothing; the page at /docs says itself
 * what it loads. There is no CORS: no page of another origin reads an answer. Strict-Transport-Security is for the proxy that has
 * the certificate.
 */
export const securityHeaders = fp(
  async (app) => {
    await app.register(helmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
      },
      strictTransportSecurity: false,
      referrerPolicy: { policy: 'no-referrer' },
    })
    // an answer is of one caller and of now
    app.addHook('onRequest', (_request, reply, next) => {
      void reply.header('cache-control', 'no-store')
      next()
    })
  },
  { name: 'security-headers' },
)
