import { Type } from 'typebox'
import type { Cutover } from '../../automation/cutover.ts'
import type { App } from '../fastify.ts'
import { accept, accepted, askerOf, orNothing, reason, strict } from './accepting.ts'
import { showCluster } from '../schemas/cluster.ts'
import { migrationParams, textSchema } from '../schemas/common.ts'
import { problems } from '../schemas/problem.ts'
import { byHandSchema } from '../schemas/workload.ts'

const path = '/migrations/:migration/cluster'
const tags = ['cluster']

export async function clusterRoutes(app: App, { cutover }: { readonly cutover: Cutover }): Promise<void> {
  app.get(
    path,
    {
      config: { right: 'read' },
      schema: {
        tags,
        summary: "Green's cluster: its state, version, outputs and last operation",
        params: migrationParams,
        response: { 200: Type.Ref('Cluster'), ...problems(400, 404) },
      },
    },
    async ({ params }) => showCluster(await cutover.cluster(params.migration)),
  )

  app.get(
    `${path}/by-hand`,
    {
      config: { right: 'by-hand' },
      schema: {
        tags,
        summary: "The commands with which a person runs the cluster's stack in the checkout",
        params: migrationParams,
        response: { 200: byHandSchema, ...problems(400, 404) },
      },
    },
    async ({ params }) => cutover.clusterByHand(params.migration),
  )

  actRoutes(app, cutover)
}

function actRoutes(app: App, cutover: Cutover): void {
  const body = orNothing(Type.Object({ reason: Type.Optional(reason) }, strict))
  for (const [action, summary, begin] of [
    ['preview', 'What an up of the cluster would change', cutover.previewCluster.bind(cutover)],
    ['up', 'Build the cluster, or go on where that broke off', cutover.bringUpCluster.bind(cutover)],
  ] as const) {
    app.post(
      `${path}/${action}`,
      {
        config: { right: `cluster-${action}` },
        schema: { tags, summary, params: migrationParams, body, response: accepted },
      },
      async (request, reply) => {
        const asker = askerOf(request, request.body?.reason)
        return accept(reply, await begin(request.params.migration, asker))
      },
    )
  }

  app.post(
    `${path}/destroy`,
    {
      config: { right: 'cluster-destroy' },
      schema: {
        tags,
        summary: 'Take the cluster away, once no workload has anything in it',
        params: migrationParams,
        body: Type.Object(
          {
            confirm: textSchema({ max: 100, description: "The cluster's name." }),
            reason: Type.Optional(reason),
          },
          strict,
        ),
        response: accepted,
      },
    },
    async (request, reply) => {
      const { confirm, reason: why } = request.body
      return accept(reply, await cutover.destroyCluster(request.params.migration, confirm, askerOf(request, why)))
    },
  )

  app.post(
    `${path}/cancel`,
    {
      config: { right: 'cluster-cancel' },
      schema: {
        tags,
        summary: 'End what runs for the cluster; asked for again it goes on from there',
        params: migrationParams,
        body: orNothing(Type.Object({}, strict)),
        response: accepted,
      },
    },
    async (request, reply) =>
      accept(reply, await cutover.cancelCluster(request.params.migration, askerOf(request, undefined))),
  )
}
