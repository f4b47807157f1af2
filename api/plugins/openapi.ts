import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'

/** The routes' own schemas as OpenAPI 3.1 at /openapi.json, and a page to try them at /docs. */
export const openapi = fp(
  async (app) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'eks-cutover',
          version: '1',
          description:
            'Moves live workloads from one EKS cluster to another. What takes longer than a lookup answers 202.',
        },
        tags: [
          { name: 'migrations', description: 'Inventories' },
          { name: 'workloads', description: 'One service on its way' },
          { name: 'operations', description: 'Attempts at transitions' },
          { name: 'service', description: 'The service itself' },
        ],
      },
      refResolver: { buildLocalReference: (json, _base, _fragment, index) => nameOf(json['$id']) ?? `schema-${index}` },
      transform: ({ schema, url, route }) => ({ schema: { ...schema, ...documentedBody(route.config) }, url }),
    })
    await app.register(swaggerUi, { routePrefix: '/docs' })
    app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  },
  { name: 'openapi' },
)

const nameOf = (id: unknown): string | undefined => (typeof id === 'string' ? id : undefined)

/** A body that the route checks itself is documented by the route's config. */
const documentedBody = (config: unknown): object => {
  const { body } = (config ?? {}) as { body?: object }
  return body ? { body, consumes: ['application/json', 'application/yaml'] } : {}
}
