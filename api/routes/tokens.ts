import { Type } from 'typebox'
import { CutoverError } from '../../automation/errors.ts'
import type { Store } from '../../automation/store/store.ts'
import { addToken, revokeToken } from '../../automation/tokens.ts'
import { tokenFor } from '../auth/api-tokens.ts'
import { isTaken, subjectPattern } from '../auth/identity.ts'
import type { App } from '../fastify.ts'
import { roleSchema, scopeSchema } from '../schemas/access.ts'
import { instantSchema, limitOf, pageOf, pageQueryOf, textSchema } from '../schemas/common.ts'
import { problems } from '../schemas/problem.ts'
import { madeTokenSchema, showToken } from '../schemas/token.ts'
import { askerOf, strict } from './accepting.ts'

const tags = ['tokens']

export async function tokenRoutes(app: App, { store }: { readonly store: Store }): Promise<void> {
  app.post(
    '/tokens',
    {
      // the journal never has a token
      config: { right: 'tokens', kept: withoutToken },
      schema: {
        tags,
        summary: 'Make an API token; it is in this answer and never again',
        body: Type.Object(
          {
            subject: Type.String({ pattern: subjectPattern, description: 'Whose it is.' }),
            role: roleSchema,
            scope: Type.Optional(scopeSchema),
            expiresAt: Type.Optional(instantSchema),
          },
          strict,
        ),
        response: { 201: madeTokenSchema, ...problems(400, 409, 413, 415, 422) },
      },
    },
    async (request, reply) => {
      const { subject, role, scope = null, expiresAt } = request.body
      if (isTaken(subject)) throw refused(`the service itself acts as ${subject}; choose another subject`)
      const expires = expiresAt === undefined ? null : Date.parse(expiresAt)
      if (expires !== null && expires <= Date.now())
        throw new CutoverError('time-past', `expiresAt ${expiresAt} has passed already`)
      const asker = askerOf(request)
      const { token, record } = tokenFor({ subject, role, scope, expiresAt: expires }, asker.by)
      const made = showToken(await addToken(store, record, asker))
      return reply.code(201).send({ ...made, token: token.reveal() })
    },
  )

  app.get(
    '/tokens',
    {
      config: { right: 'tokens' },
      schema: {
        tags,
        summary: 'All API tokens, oldest first; revoked and expired ones too',
        querystring: pageQueryOf('^[a-z0-9-]{1,40}$'),
        response: { 200: pageOf(Type.Ref('Token')), ...problems(400) },
      },
    },
    async ({ query }) => {
      const limit = limitOf(query.limit)
      const page = await store.read.tokens.list(query.cursor ?? '', limit)
      return { items: page.map(showToken), next: page.length < limit ? null : (page.at(-1)?.id ?? null) }
    },
  )

  app.delete(
    '/tokens/:token',
    {
      config: { right: 'tokens' },
      schema: {
        tags,
        summary: 'Revoke an API token, at once and for good',
        params: Type.Object({ token: textSchema({ min: 1, max: 100, description: 'Its id.' }) }),
        response: { 204: Type.Null(), ...problems(400, 404) },
      },
    },
    async (request, reply) => {
      const { token: id } = request.params
      if (!(await revokeToken(store, id, askerOf(request)))) {
        throw new CutoverError('not-found', `there is no token ${id}`)
      }
      return reply.code(204).send(null)
    },
  )
}

const withoutToken = (body: string): string => JSON.stringify({ ...(JSON.parse(body) as object), token: null })

const refused = (message: string): Error => Object.assign(new Error(message), { statusCode: 400 })
