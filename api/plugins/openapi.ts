import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'
import type { FastifyContextConfig, FastifySchema } from 'fastify'
import { Type } from 'typebox'
import { rights } from '../../automation/rights.ts'
import { problems } from '../schemas/problem.ts'

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
        components: { securitySchemes: { bearer: bearerScheme } },
        tags: [
          { name: 'migrations', description: 'Inventories' },
          { name: 'cluster', description: 'Green, where it is built here' },
          { name: 'workloads', description: 'One service on its way' },
          { name: 'holds', description: 'What keeps from advancing; the freeze' },
          { name: 'operations', description: 'Attempts at transitions' },
          { name: 'tokens', description: 'API tokens: who may do what' },
          { name: 'service', description: 'The service itself' },
        ],
      },
      refResolver: { buildLocalReference: (json, _base, _fragment, index) => nameOf(json['$id']) ?? `schema-${index}` },
      transform: ({ schema, url, route }) => {
        const keyed = route.method === 'POST' ? { headers: idempotencyKey } : {}
        return {
          schema: { ...keyed, ...schema, ...documentedBody(route.config), ...guarded(schema, route.config) },
          url,
        }
      },
      transformObject: (document) => ('openapiObject' in document ? withOptionalBodies(document.openapiObject) : {}),
    })
    await app.register(async (pages) => {
      pages.addHook('onRoute', (route) => void (route.config = { ...route.config, right: 'read' }))
      await pages.register(swaggerUi, { routePrefix: '/docs', staticCSP: true, transformStaticCSP: asItCame })
    })
    app.get('/openapi.json', { config: { right: 'read' }, schema: { hide: true } }, () => app.swagger())
  },
  { name: 'openapi' },
)

const bearerScheme = {
  type: 'http',
  scheme: 'bearer',
  description: 'An API token (`cut_…`), or a bearer token of an issuer that the service knows.',
} as const

const nameOf = (id: unknown): string | undefined => (typeof id === 'string' ? id : undefined)

/** A body that the route checks itself is documented by the route's config. */
const documentedBody = (config: unknown): object => {
  const { body } = (config ?? {}) as { body?: object }
  return body ? { body, consumes: ['application/json', 'application/yaml'] } : {}
}

/** The page is served as the service is, over TLS or not. */
const asItCame = (policy: string): string => policy.replace(/ *upgrade-insecure-requests;/, '')

/** Who may ask, and what those are answered who may not. */
function guarded(schema: FastifySchema | undefined, config: FastifyContextConfig | undefined): object {
  const right = config?.right
  if (right === undefined || right === 'public') return { security: [] }
  return {
    security: [{ bearer: [] }],
    'x-required-right': right,
    'x-required-role': rights[right].role,
    response: { ...problems(401, 403, 429, 503), ...(schema?.response as object | undefined) },
  }
}

const idempotencyKey = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'The same key and request get the same answer for 24 hours.',
    }),
  ),
})

interface OpenApi {
  paths?: Record<string, Record<string, { requestBody?: RequestBody } | undefined> | undefined>
}

interface RequestBody {
  required?: boolean
  readonly content?: Readonly<
    Record<string, { readonly schema?: { readonly anyOf?: readonly { readonly type?: string }[] } }>
  >
}

/** A body that may be null may be left out; the generator says of every body that it is required. */
function withOptionalBodies<T extends object>(document: T): T {
  for (const path of Object.values((document as OpenApi).paths ?? {})) {
    for (const { requestBody } of Object.values(path ?? {}).filter((operation) => operation !== undefined)) {
      const schemas = Object.values(requestBody?.content ?? {}).map(({ schema }) => schema)
      const optional = schemas.some((schema) => schema?.anyOf?.some(({ type }) => type === 'null'))
      if (requestBody && optional) requestBody.required = false
    }
  }
  return document
}
