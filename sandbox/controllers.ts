import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import type { Cluster } from './kubernetes/cluster.ts'
import type { LoadBalancerController } from './kubernetes/load-balancer-controller/install.ts'

const query = Type.Object({ server: Type.String() }, { additionalProperties: false })
const wanted = Type.Object(
  { version: Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+$' }), roleArn: Type.Optional(Type.String()) },
  { additionalProperties: false },
)

/**
 * The load-balancer controllers that releases of Helm install, by the URL of their cluster's API server. What a scenario
 * installs by itself is none of these.
 */
export function addControllerRoutes(
  app: FastifyInstance,
  clusterAt: (server: string) => Cluster | null | undefined,
): void {
  const installed = new Map<string, LoadBalancerController>()
  app.get<{ Querystring: Static<typeof query> }>(
    '/load-balancer-controllers',
    { schema: { querystring: query } },
    (request, reply) => {
      const controller = installed.get(request.query.server)
      return controller ? { version: controller.version } : reply.code(404).send({ message: 'none is installed' })
    },
  )
  app.post<{ Querystring: Static<typeof query>; Body: Static<typeof wanted> }>(
    '/load-balancer-controllers',
    { schema: { querystring: query, body: wanted } },
    async (request, reply) => {
      const { server } = request.query
      const cluster = clusterAt(server)
      if (!cluster) return reply.code(404).send({ message: `no cluster of the sandbox is at ${server}` })
      if (installed.has(server)) return reply.code(409).send({ message: 'cannot re-use a name that is still in use' })
      const controller = await cluster.installLoadBalancerController(request.body)
      installed.set(server, controller)
      return reply.code(201).send({ version: controller.version })
    },
  )
  app.delete<{ Querystring: Static<typeof query> }>(
    '/load-balancer-controllers',
    { schema: { querystring: query } },
    async (request, reply) => {
      await installed.get(request.query.server)?.uninstall()
      installed.delete(request.query.server)
      return reply.code(204).send()
    },
  )
}
