import { Type } from 'typebox'
import type { Cutover } from '../../automation/cutover.ts'
import type { App } from '../fastify.ts'
import { problemOf, sendProblem } from '../errors.ts'
import { problems } from '../schemas/problem.ts'

const status = Type.Object({ status: Type.Literal('ok') })

export async function healthRoutes(app: App, { cutover }: { readonly cutover: Cutover }): Promise<void> {
  app.get(
    '/healthz',
    {
      config: { right: 'public' },
      schema: { tags: ['service'], summary: 'The process answers', response: { 200: status } },
    },
    () => ({
      status: 'ok' as const,
    }),
  )

  app.get(
    '/readyz',
    {
      config: { right: 'public' },
      schema: { tags: ['service'], summary: 'Operations are accepted', response: { 200: status, ...problems(503) } },
    },
    (_request, reply): void => {
      const reason = cutover.notAccepting()
      if (reason) sendProblem(reply, problemOf('not-accepting', reason))
      else void reply.send({ status: 'ok' as const })
    },
  )
}
