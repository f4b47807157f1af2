import Fastify, { type FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { addControllerRoutes } from './controllers.ts'
import { faultSchema, type Fault, type Faults } from './faults.ts'
import type { Cluster } from './kubernetes/cluster.ts'
import type { Reach } from './network/dns/caching-resolver.ts'
import type { CallLog } from './wire/call-log.ts'

const colour = Type.Union([Type.Literal('blue'), Type.Literal('green')])
const strict = { additionalProperties: false } as const

const podsSchema = Type.Object(
  {
    workload: Type.String({ minLength: 1 }),
    cluster: colour,
    state: Type.Union((['unhealthy', 'slow', 'erroring', 'gone', 'running'] as const).map((s) => Type.Literal(s))),
    delayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000 })),
  },
  strict,
)

const clusterSchema = Type.Object(
  { cluster: colour, api: Type.Union((['reachable', 'refuse', 'hang'] as const).map((s) => Type.Literal(s))) },
  strict,
)

const podsQuery = Type.Object({ cluster: Type.Optional(colour), workload: Type.Optional(Type.String()) }, strict)

const socketQuery = Type.Object({ address: Type.String(), port: Type.String({ pattern: '^\\d{1,5}$' }) }, strict)

const notBuilt = (cluster: string) => ({ message: `nobody has built ${cluster} yet` })

export interface ControlDependencies {
  readonly faults: Faults
  /** null: nobody has built it yet. */
  readonly clusters: Readonly<Record<'blue' | 'green', Cluster | null>>
  readonly calls: CallLog
  readonly reach: Reach
}

/**
 * Trouble by request and never by chance: faults of AWS, states of pods, reachability of a cluster's API; set, listed and cleared
 * the same way. Also which AWS calls were made, and where an address of the VPC is on this machine.
 */
export function controlApp({ faults, clusters, calls, reach }: ControlDependencies): FastifyInstance {
  const app = Fastify({
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  })
  app.post<{ Body: Fault }>('/faults', { schema: { body: faultSchema } }, ({ body }, reply) =>
    reply.code(201).send(faults.add(body)),
  )
  app.get('/faults', () => faults.list())
  app.delete('/faults', (_request, reply) => {
    faults.clear()
    return reply.code(204).send()
  })
  app.delete<{ Params: { id: string } }>('/faults/:id', ({ params }, reply) =>
    reply.code(faults.clear(params.id) ? 204 : 404).send(),
  )

  app.post<{ Body: Static<typeof podsSchema> }>('/pods', { schema: { body: podsSchema } }, async ({ body }, reply) => {
    const { cluster, state, ...fault } = body
    const pods = clusters[cluster]?.pods
    if (!pods) return reply.code(409).send(notBuilt(cluster))
    if (state === 'running') await pods.clear(body.workload)
    else await pods.set({ ...fault, state })
    return pods.list().filter(({ workload }) => workload === body.workload)
  })
  app.get('/pods', () =>
    Object.entries(clusters).flatMap(([name, cluster]) =>
      (cluster?.pods.list() ?? []).map((pod) => ({ cluster: name, ...pod })),
    ),
  )
  app.delete<{ Querystring: Static<typeof podsQuery> }>(
    '/pods',
    { schema: { querystring: podsQuery } },
    async ({ query }, reply) => {
      const some = query.cluster ? [clusters[query.cluster]] : Object.values(clusters)
      await Promise.all(some.flatMap((cluster) => (cluster ? [cluster.pods.clear(query.workload)] : [])))
      return reply.code(204).send()
    },
  )

  app.post<{ Body: Static<typeof clusterSchema> }>(
    '/clusters',
    { schema: { body: clusterSchema } },
    async ({ body }, reply) => {
      const { api } = body
      const cluster = clusters[body.cluster]
      if (!cluster) return reply.code(409).send(notBuilt(body.cluster))
      if (api === 'reachable') await cluster.setReachable(true)
      else await cluster.setReachable(false, api)
      return reply.code(204).send()
    },
  )

  app.get<{ Querystring: Static<typeof socketQuery> }>(
    '/sockets',
    { schema: { querystring: socketQuery } },
    async ({ query }, reply) => {
      const socket = await reach(query.address, Number(query.port))
      return socket ?? reply.code(404).send({ message: `nothing listens at ${query.address}:${query.port}` })
    },
  )

  addControllerRoutes(app, (server) => [clusters.blue, clusters.green].find((cluster) => cluster?.url === server))

  app.get('/calls', () => calls.recent())
  app.delete('/calls', (_request, reply) => {
    calls.clear()
    return reply.code(204).send()
  })
  return app
}
