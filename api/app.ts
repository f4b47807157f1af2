import Fastify, { type FastifyServerOptions } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { Cutover } from '../automation/cutover.ts'
import { logEvents } from '../automation/log.ts'
import type { Access } from './auth/access.ts'
import { handleClientError, handleError, handleNotFound } from './errors.ts'
import type { App } from './fastify.ts'
import { authentication } from './plugins/authentication.ts'
import { idempotency } from './plugins/idempotency.ts'
import { knownMethods } from './plugins/known-methods.ts'
import { openapi } from './plugins/openapi.ts'
import { refusals } from './plugins/refusals.ts'
import { requestTime } from './plugins/request-time.ts'
import { traces } from './plugins/traces.ts'
import { securityHeaders } from './plugins/security-headers.ts'
import { storableText } from './plugins/storable-text.ts'
import { auditRoutes } from './routes/audit.ts'
import { clusterRoutes } from './routes/clusters.ts'
import { eventRoutes } from './routes/events.ts'
import { healthRoutes } from './routes/health.ts'
import { holdRoutes } from './routes/holds.ts'
import { metricsRoutes } from './routes/metrics.ts'
import { migrationRoutes } from './routes/migrations.ts'
import { operationRoutes } from './routes/operations.ts'
import { reportRoutes } from './routes/report.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { workloadRoutes } from './routes/workloads.ts'
import { auditEntrySchema } from './schemas/audit.ts'
import { clusterSchema } from './schemas/cluster.ts'
import { homecomingSchema } from './schemas/homecoming.ts'
import { holdSchema } from './schemas/hold.ts'
import { operationSchema } from './schemas/operation.ts'
import { problemSchema } from './schemas/problem.ts'
import { reportSchema } from './schemas/report.ts'
import { tokenSchema } from './schemas/token.ts'
import { migrationSchema, outputsSchema, workloadSchema } from './schemas/workload.ts'

export interface AppDependencies {
  readonly cutover: Cutover
  readonly access: Access
  /** Of each address, and of each credential. */
  readonly requestsPerSecond: number
  /** Addresses and CIDR blocks that are believed when they say whom they ask for (X-Forwarded-For). */
  readonly trustedProxies: readonly string[]
  readonly logLevel: string
  /** Where the log goes; standard output when left out. */
  readonly logTo?: { write(line: string): void }
}

/** What a request may be at most; slower or larger ones are refused before anybody asks whose they are. Bytes and milliseconds. */
const bodyLimit = 1024 * 1024
const http = { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, connectionsCheckingInterval: 5_000 }
const requestTimeout = 30_000

/** The application without a process: any test can inject into it. Every plugin and route stands here. */
export async function buildApp(dependencies: AppDependencies): Promise<App> {
  const { cutover, access, requestsPerSecond, trustedProxies } = dependencies
  const app: App = Fastify({
    bodyLimit,
    logger: loggerOf(dependencies),
    http,
    requestTimeout,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    clientErrorHandler: handleClientError,
    forceCloseConnections: true,
    // what breaks before a route is found is a problem like any other
    frameworkErrors: (error, request, reply) => void handleError(error, request, reply),
    routerOptions: { maxParamLength: 200 },
    // bodies that move traffic are taken as they are or not at all
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allErrors: true, useDefaults: false } },
  }).withTypeProvider<TypeBoxTypeProvider>()

  // else Fastify would read text/plain, and a body would be refused for what it says and not for what it is
  app.removeContentTypeParser('text/plain')
  logEvents(cutover.events, (level, fields, text) => app.log[level](fields, text))
  app.setErrorHandler(handleError)
  app.setNotFoundHandler(handleNotFound)
  for (const schema of [
    problemSchema,
    operationSchema,
    holdSchema,
    clusterSchema,
    workloadSchema,
    homecomingSchema,
    migrationSchema,
    outputsSchema,
    auditEntrySchema,
    reportSchema,
    tokenSchema,
  ]) {
    app.addSchema(schema)
  }
  await app.register(requestTime)
  await app.register(traces)
  await app.register(securityHeaders)
  await app.register(knownMethods)
  await app.register(authentication, { access, requestsPerSecond })
  await app.register(openapi)
  await app.register(storableText)
  await app.register(refusals, { cutover })
  await app.register(idempotency, { store: cutover.store, replica: cutover.replica })
  await app.register(healthRoutes, { cutover })
  await app.register(metricsRoutes, { cutover })
  await app.register(migrationRoutes, { cutover, prefix: '/v1' })
  await app.register(clusterRoutes, { cutover, prefix: '/v1' })
  await app.register(workloadRoutes, { cutover, prefix: '/v1' })
  await app.register(holdRoutes, { cutover, prefix: '/v1' })
  await app.register(reportRoutes, { cutover, prefix: '/v1' })
  await app.register(operationRoutes, { cutover, prefix: '/v1' })
  await app.register(eventRoutes, { cutover, access, prefix: '/v1' })
  await app.register(auditRoutes, { cutover, prefix: '/v1' })
  await app.register(tokenRoutes, { store: cutover.store, prefix: '/v1' })
  return app
}

/** Of a request's address only the path is logged: a query may be what somebody took for a place for a token. */
const loggerOf = ({ logLevel, logTo }: AppDependencies): FastifyServerOptions['logger'] => ({
  level: logLevel,
  serializers: {
    req: ({ method, url, host, ip }) => ({ method, url: url?.split('?')[0], host, remoteAddress: ip }),
  },
  ...(logTo ? { stream: logTo } : {}),
})
