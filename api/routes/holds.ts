import { Type } from 'typebox'
import type { Cutover } from '../../automation/cutover.ts'
import type { HoldScope } from '../../automation/holds/scope.ts'
import type { Hold } from '../../automation/migration.ts'
import { reaches } from '../auth/identity.ts'
import type { App } from '../fastify.ts'
import { askerOf, reason, strict } from './accepting.ts'
import {
  limitOf,
  migrationParams,
  nameSchema,
  pageOf,
  pageQueryOf,
  textSchema,
  workloadParams,
} from '../schemas/common.ts'
import { freezeSchema, showHold, term, termOf } from '../schemas/hold.ts'
import { problems } from '../schemas/problem.ts'

const tags = ['holds']

interface Place {
  readonly migration?: string
  readonly workload?: string
}

const scopeOf = ({ migration, workload }: Place): HoldScope => ({
  migration: migration ?? null,
  workload: workload ?? null,
})

/** Where holds may be, and what is said of each in the API document. */
const places = [
  { path: '/holds', params: Type.Object({}), what: 'everything', lists: 'All holds' },
  {
    path: '/migrations/:migration/holds',
    params: migrationParams,
    what: 'every workload of a migration',
    lists: 'Holds on a migration, on parts of it, and on everything',
  },
  {
    path: '/migrations/:migration/workloads/:workload/holds',
    params: workloadParams,
    what: 'a workload',
    lists: 'Everything that keeps a workload from advancing',
  },
] as const

/** Names that keep from advancing: on a workload, a migration or everything; and the one that freezes. */
export async function holdRoutes(app: App, { cutover }: { readonly cutover: Cutover }): Promise<void> {
  for (const place of places) routesAt(app, cutover, place)
  freezeRoutes(app, cutover)
}

function routesAt(app: App, cutover: Cutover, { path, params, what, lists }: (typeof places)[number]): void {
  app.get(
    path,
    {
      config: { right: 'read', ...(path === '/holds' ? { scoped: true } : {}) },
      schema: {
        tags,
        summary: lists,
        params,
        querystring: pageQueryOf('^[a-z0-9-]{1,60}$'),
        response: { 200: pageOf(Type.Ref('Hold')), ...problems(400, 404) },
      },
    },
    async ({ params: at, query, identity }) => {
      await mustBeThere(cutover, at)
      const limit = limitOf(query.limit)
      const holds = await cutover.store.read.holds.page(scopeOf(at), query.cursor ?? '', limit)
      const seen = holds.filter((one) => reaches(identity?.scope ?? null, one.migration, one.workload))
      return { items: seen.map(showHold), next: holds.length < limit ? null : (holds.at(-1)?.id ?? null) }
    },
  )

  app.post(
    path,
    {
      config: { right: 'hold' },
      schema: {
        tags,
        summary: `Keep ${what} from advancing, for a reason`,
        params,
        body: Type.Object(
          { name: Type.Optional(nameSchema), reason, ...term },
          { ...strict, dependencies: { then: ['until'] } },
        ),
        response: { 201: Type.Ref('Hold'), ...problems(400, 404, 409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const { name = 'hold', reason: why, ...until } = request.body
      const scope = scopeOf(request.params)
      const hold = await cutover.holds.place(scope, name, askerOf(request, why), termOf(until))
      return reply.code(201).send(showHold(hold))
    },
  )

  app.delete(
    `${path}/:hold`,
    {
      config: { right: 'hold' },
      schema: {
        tags,
        summary: 'Remove one hold; all others stay',
        params: Type.Object({ ...params.properties, hold: textSchema({ min: 1, max: 100 }) }),
        response: { 204: Type.Null(), ...problems(400, 404) },
      },
    },
    async (request, reply) => {
      const { hold, ...at } = request.params as Place & { readonly hold: string }
      await cutover.holds.remove(scopeOf(at), hold, askerOf(request, undefined))
      return reply.code(204).send(null)
    },
  )
}

async function mustBeThere(cutover: Cutover, { migration, workload }: Place): Promise<void> {
  if (migration === undefined) return
  await (workload === undefined ? cutover.migration(migration) : cutover.workload(migration, workload))
}

function freezeRoutes(app: App, cutover: Cutover): void {
  app.get(
    '/freeze',
    {
      config: { right: 'read', scoped: true },
      schema: { tags, summary: 'Is everything frozen?', response: { 200: freezeSchema, ...problems(400) } },
    },
    async () => showFreeze(await cutover.store.read.holds.freeze()),
  )

  const { until } = term
  app.post(
    '/freeze',
    {
      config: { right: 'hold' },
      schema: {
        tags,
        summary: 'Freeze everything: nothing advances, and everything may go home',
        description:
          'A hold by the name `freeze` on everything. It also ends advances that are queued, and stops those that run before their next `up`.',
        body: Type.Object({ reason, until }, strict),
        response: {
          200: Type.Ref('Hold'),
          201: Type.Ref('Hold'),
          ...problems(400, 409, 413, 415, 422),
        },
      },
    },
    async (request, reply) => {
      const { reason: why, ...end } = request.body
      const { hold, created } = await cutover.holds.freeze(askerOf(request, why), termOf(end))
      return reply.code(created ? 201 : 200).send(showHold(hold))
    },
  )

  app.delete(
    '/freeze',
    {
      config: { right: 'hold' },
      schema: { tags, summary: 'Thaw; all other holds stay', response: { 204: Type.Null(), ...problems(400, 404) } },
    },
    async (request, reply) => {
      await cutover.holds.thaw(askerOf(request, undefined))
      return reply.code(204).send(null)
    },
  )
}

const showFreeze = (hold: Hold | null) => ({ frozen: hold !== null, hold: hold && showHold(hold) })
