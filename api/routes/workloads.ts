import { Type } from 'typebox'
import type { Cutover } from '../../automation/cutover.ts'
import { rights } from '../../automation/rights.ts'
import { namesIn } from '../auth/identity.ts'
import type { App } from '../fastify.ts'
import { mustCover } from '../plugins/authentication.ts'
import { accept, accepted, askerOf, orNothing, reason, strict } from './accepting.ts'
import {
  limitOf,
  migrationParams,
  namePattern,
  pageOf,
  pageQueryOf,
  textSchema,
  workloadParams,
} from '../schemas/common.ts'
import { showOperation } from '../schemas/operation.ts'
import { problems } from '../schemas/problem.ts'
import { byHandSchema, confirmationSchema, showConfirmation, showWorkload, waitQuery } from '../schemas/workload.ts'

const path = '/migrations/:migration/workloads/:workload'

export async function workloadRoutes(app: App, { cutover }: { readonly cutover: Cutover }): Promise<void> {
  const tags = ['workloads']
  readRoutes(app, cutover)
  outputRoutes(app, cutover)

  app.post(
    `${path}/plan`,
    {
      config: { right: 'plan' },
      schema: {
        tags,
        summary: 'What the next advance would change, with a hash and the way back',
        params: workloadParams,
        body: orNothing(Type.Object({}, strict)),
        response: accepted,
      },
    },
    async (request, reply) => {
      const { migration, workload } = request.params
      return accept(reply, await cutover.plan(migration, workload, askerOf(request)))
    },
  )

  app.post(
    `${path}/advance`,
    {
      config: { right: 'advance' },
      schema: {
        tags,
        summary: 'Exactly one step forward, if its gates are open',
        description: `The step out of \`soaking\` takes the role ${rights.retire.role}.`,
        params: workloadParams,
        body: orNothing(
          Type.Object({ plan: Type.Optional(textSchema({ max: 100 })), reason: Type.Optional(reason) }, strict),
        ),
        response: accepted,
      },
    },
    async (request, reply) => {
      const { migration, workload } = request.params
      const { plan = null, reason: why } = request.body ?? {}
      return accept(reply, await cutover.advance(migration, workload, plan, askerOf(request, why)))
    },
  )

  const forced = Type.Object({ reason, force: Type.Optional(Type.Boolean()) }, strict)
  for (const [action, summary] of [
    ['rollback', 'Home at once, also while an operation runs'],
    ['abandon', 'Leave the switch point as it was found and forget it'],
  ] as const) {
    app.post(
      `${path}/${action}`,
      {
        config: { right: action },
        schema: { tags, summary, params: workloadParams, body: forced, response: accepted },
      },
      async (request, reply) => {
        const { migration, workload } = request.params
        const { force = false, reason: why } = request.body
        return accept(reply, await cutover[action](migration, workload, force, askerOf(request, why)))
      },
    )
  }

  app.post(
    `${path}/release`,
    {
      config: { right: 'release' },
      schema: {
        tags,
        summary: 'After retired: out of our state, the claim freed',
        params: workloadParams,
        body: Type.Object({ reason }, strict),
        response: accepted,
      },
    },
    async (request, reply) => {
      const { migration, workload } = request.params
      return accept(reply, await cutover.release(migration, workload, askerOf(request, request.body.reason)))
    },
  )

  personRoutes(app, cutover)
}

function readRoutes(app: App, cutover: Cutover): void {
  const tags = ['workloads']

  app.get(
    '/migrations/:migration/workloads',
    {
      config: { right: 'read', scoped: true },
      schema: {
        tags,
        summary: 'The workloads of a migration, by name',
        params: migrationParams,
        querystring: pageQueryOf(namePattern),
        response: { 200: pageOf(Type.Ref('Workload')), ...problems(400, 404) },
      },
    },
    async ({ params: { migration }, query, identity }) => {
      const names = namesIn(identity?.scope ?? null, migration)
      if (names?.length === 0 && identity) mustCover(identity, { migration })
      const limit = limitOf(query.limit)
      const views = await cutover.views(migration, query.cursor ?? '', limit, names)
      return { items: views.map(showWorkload), next: views.length < limit ? null : (views.at(-1)?.name ?? null) }
    },
  )

  app.get(
    path,
    {
      config: { right: 'read' },
      schema: {
        tags,
        summary: 'Phase, split, gates, holds, last operation, and a sentence',
        description:
          'With `wait` the answer comes once the workload is so, or as it is when the time is up: look at it in either case.',
        params: workloadParams,
        querystring: waitQuery,
        response: { 200: Type.Ref('Workload'), ...problems(400, 404) },
      },
    },
    async ({ params: { migration, workload }, query: { wait, timeout = '30' } }, reply) => {
      if (wait === undefined) return showWorkload(await cutover.view(migration, workload))
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const asked = { condition: wait, timeoutMs: Number(timeout) * 1000, signal: gone.signal }
      return showWorkload(await cutover.viewWhen(migration, workload, asked))
    },
  )

  app.get(
    `${path}/history`,
    {
      config: { right: 'read' },
      schema: {
        tags,
        summary: 'Operations, newest first',
        params: workloadParams,
        querystring: pageQueryOf('^[0-9]{1,15}$'),
        response: { 200: pageOf(Type.Ref('Operation')), ...problems(400, 404) },
      },
    },
    async ({ params, query }) => {
      await cutover.workload(params.migration, params.workload)
      const limit = limitOf(query.limit)
      const before = query.cursor === undefined ? null : Number(query.cursor)
      const operations = await cutover.store.read.operations.history(params.migration, params.workload, before, limit)
      const last = operations.at(-1)
      return {
        items: operations.map(showOperation),
        next: last && operations.length === limit ? String(last.seq) : null,
      }
    },
  )
}

/** What CI and people go on with. */
function outputRoutes(app: App, cutover: Cutover): void {
  const tags = ['workloads']

  app.get(
    `${path}/outputs`,
    {
      config: { right: 'read' },
      schema: {
        tags,
        summary: 'The stack outputs: the contract that CI reads',
        params: workloadParams,
        response: { 200: Type.Ref('Outputs'), ...problems(400, 404) },
      },
    },
    async ({ params }, reply) => {
      const outputs = await cutover.outputs(params.migration, params.workload)
      // as they stand in the journal: those of another release have members that this one's schema does not know
      const asItStands = reply.type('application/json; charset=utf-8').serializer((body) => JSON.stringify(body))
      return asItStands.send({ ...outputs })
    },
  )

  app.get(
    `${path}/by-hand`,
    {
      config: { right: 'by-hand' },
      schema: {
        tags,
        summary: "The commands with which a person runs the workload's stack in the checkout",
        params: workloadParams,
        response: { 200: byHandSchema, ...problems(400, 404) },
      },
    },
    async ({ params }) => cutover.byHand(params.migration, params.workload),
  )
}

/** What people say. */
function personRoutes(app: App, cutover: Cutover): void {
  const tags = ['workloads']

  app.post(
    `${path}/confirm`,
    {
      config: { right: 'confirm' },
      schema: {
        tags,
        summary: "The person's gate: blue may be retired; or, where nothing can ask green, that it answers",
        params: workloadParams,
        body: Type.Object({ reason }, strict),
        response: { 200: confirmationSchema, ...problems(400, 404, 409, 413, 415, 422) },
      },
    },
    async (request) => {
      const { migration, workload } = request.params
      return showConfirmation(await cutover.confirm(migration, workload, askerOf(request, request.body.reason)))
    },
  )
}
