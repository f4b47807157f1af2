import { Readable } from 'node:stream'
import { Type } from 'typebox'
import type { AuditEntry } from '../../automation/audit.ts'
import type { Cutover } from '../../automation/cutover.ts'
import type { AuditFilter } from '../../automation/store/audit.ts'
import { accepted } from '../accepts.ts'
import type { App } from '../fastify.ts'
import { auditQuery, showAuditEntry } from '../schemas/audit.ts'
import { limitOf, pageOf } from '../schemas/common.ts'
import { problems } from '../schemas/problem.ts'

const types = ['application/json', 'application/x-ndjson'] as const

export async function auditRoutes(app: App, { cutover }: { readonly cutover: Cutover }): Promise<void> {
  app.get(
    '/audit',
    {
      config: { right: 'audit' },
      schema: {
        tags: ['operations'],
        summary: 'What was decided and done, newest first; as JSON lines all of it, in the order of the chain',
        querystring: auditQuery,
        response: {
          200: {
            description: 'A page; or with `Accept: application/x-ndjson` everything that matches, an entry a line.',
            content: {
              'application/json': { schema: pageOf(Type.Ref('AuditEntry')) },
              'application/x-ndjson': { schema: Type.String() },
            },
          },
          ...problems(400, 406),
        },
      },
    },
    async ({ query, headers }, reply) => {
      const { limit, cursor, since, until, ...equal } = query
      const filter: AuditFilter = { ...equal, since: instantOf('since', since), until: instantOf('until', until) }
      const { audit } = cutover.store.read
      if (accepted(headers.accept, types) === 'application/x-ndjson') {
        if (limit !== undefined || cursor !== undefined) throw badRequest('an export has no pages: no limit, no cursor')
        // a stream has no schema; its type is that of a page to the compiler alone
        return reply.type('application/x-ndjson').send(Readable.from(lines(audit.all(filter))) as never)
      }
      const size = limitOf(limit)
      const entries = await audit.page(filter, cursor === undefined ? null : Number(cursor), size)
      const last = entries.at(-1)
      return reply.type('application/json; charset=utf-8').send({
        items: entries.map(showAuditEntry),
        next: last && entries.length === size ? String(last.seq) : null,
      })
    },
  )
}

async function* lines(entries: AsyncIterable<AuditEntry>): AsyncGenerator<string> {
  for await (const entry of entries) yield `${JSON.stringify(entry)}\n`
}

const badRequest = (message: string): Error => Object.assign(new Error(message), { statusCode: 400 })

/** In the one form by whose letters instants are compared. The format allows a leap second, which no clock here knows. */
function instantOf(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const instant = new Date(text)
  if (Number.isNaN(instant.getTime())) throw badRequest(`querystring/${name}: there is no such instant`)
  return instant.toISOString()
}
