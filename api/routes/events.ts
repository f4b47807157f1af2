import { on } from 'node:events'
import { fastifySSE } from '@fastify/sse'
import { Type } from 'typebox'
import type { Cutover } from '../../automation/cutover.ts'
import { eventTypes, type JournalEvent } from '../../automation/events.ts'
import { matches, type EventFilter } from '../../automation/store/event-log.ts'
import type { Access } from '../auth/access.ts'
import { reaches, type Identity } from '../auth/identity.ts'
import type { App } from '../fastify.ts'
import { mustCover } from '../plugins/authentication.ts'
import { nameSchema, textSchema } from '../schemas/common.ts'
import { eventSchema } from '../schemas/event.ts'
import { problems } from '../schemas/problem.ts'

const pageSize = 500
const heartbeatMs = 15_000

interface EventOptions {
  readonly cutover: Cutover
  readonly access: Access
}

export async function eventRoutes(app: App, { cutover, access }: EventOptions): Promise<void> {
  await app.register(fastifySSE, { heartbeatInterval: heartbeatMs })

  app.get(
    '/events',
    {
      sse: 'only',
      onRequest: (request, _reply, done) => done(acceptsEvents(request.headers.accept) ? undefined : notAcceptable()),
      config: { right: 'read', scoped: true },
      schema: {
        tags: ['operations'],
        summary: 'Everything that happens, as server-sent events; Last-Event-ID goes on after an event',
        description: `Types: ${Object.entries(eventTypes)
          .map(([type, what]) => `\`${type}\` ${what}`)
          .join(' ')}`,
        querystring: Type.Object(
          {
            migration: Type.Optional(nameSchema),
            workload: Type.Optional(nameSchema),
            operation: Type.Optional(textSchema({ max: 100 })),
          },
          { additionalProperties: false },
        ),
        headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })) }),
        response: {
          200: {
            description: 'The stream; the schema is that of one event.',
            content: { 'text/event-stream': { schema: eventSchema } },
          },
          ...problems(400, 406),
        },
      },
    },
    async (request, reply) => {
      const identity = known(request.identity)
      const { migration, workload } = request.query
      if (migration !== undefined && workload !== undefined) mustCover(identity, { migration, workload })
      const closed = new AbortController()
      const close = (): void => closed.abort()
      reply.sse.onClose(close)
      app.server.once('close', close)
      closed.signal.addEventListener('abort', () => app.server.off('close', close), { once: true })
      const seen = request.headers['last-event-id']
      const from = seen === undefined ? await cutover.store.read.events.last() : Number(seen)
      reply.sse.keepAlive()
      // a client knows at once that it is heard, also when nothing happens for a while
      reply.sse.sendHeaders()
      reply.raw.flushHeaders()
      endWithCredential(access, identity, closed)
      for await (const event of follow(cutover, from, request.query, closed.signal)) {
        if (!reaches(identity.scope, event.migration, event.workload)) continue
        await reply.sse.send({ id: String(event.seq), event: event.type, data: showEvent(event) })
      }
      reply.sse.close()
    },
  )
}

/** As the plugin judges, and asked before it, so that a refusal is a problem like any other. */
const acceptsEvents = (accept = '*/*'): boolean =>
  accept.split(',').some((range) => /^\s*(\*\/\*|text\/\*|text\/event-stream)\s*(;|$)/.test(range))

const notAcceptable = (): Error =>
  Object.assign(new Error('this route answers text/event-stream alone'), { statusCode: 406 })

function known(identity: Identity | null): Identity {
  if (!identity) throw new Error('the stream is for those who are known')
  return identity
}

/** A stream lasts no longer than what opened it: revoked or expired, it ends within a heartbeat. */
function endWithCredential(access: Access, identity: Identity, closed: AbortController): void {
  const look = setInterval(() => {
    access.holds(identity).then(
      (holds) => (holds ? undefined : closed.abort()),
      () => undefined, // the journal does not answer; the stream has nothing to tell either
    )
  }, heartbeatMs)
  closed.signal.addEventListener('abort', () => clearInterval(look), { once: true })
}

/** What is in the journal after `from`, then what happens; nothing twice and nothing left out in between. */
async function* follow(
  cutover: Cutover,
  from: number,
  filter: EventFilter,
  signal: AbortSignal,
): AsyncGenerator<JournalEvent> {
  const live = on(cutover.events, 'event', { signal })
  let last = from
  for (;;) {
    const page = await cutover.store.read.events.after(last, filter, pageSize)
    for (const event of page) {
      yield event
      last = event.seq
    }
    if (page.length < pageSize) break
  }
  try {
    for await (const [event] of live as AsyncIterable<[JournalEvent]>) {
      if (event.seq <= last || !matches(event, filter)) continue
      yield event
      last = event.seq
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

const showEvent = ({ seq, at, migration, workload, operation, type, data }: JournalEvent) => ({
  seq,
  at: new Date(at).toISOString(),
  migration,
  workload,
  operation,
  type,
  data,
})
