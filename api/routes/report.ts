import { Type } from 'typebox'
import type { Cutover } from '../../automation/cutover.ts'
import { markdownOf } from '../../automation/report/markdown.ts'
import { accepted } from '../accepts.ts'
import type { App } from '../fastify.ts'
import { workloadParams } from '../schemas/common.ts'
import { problems } from '../schemas/problem.ts'
import { showReport } from '../schemas/report.ts'

const types = ['application/json', 'text/markdown'] as const

export async function reportRoutes(app: App, { cutover }: { readonly cutover: Cutover }): Promise<void> {
  app.get(
    '/migrations/:migration/workloads/:workload/report',
    {
      config: { right: 'read' },
      schema: {
        tags: ['workloads'],
        summary: 'How the move went: phases with times, gates with numbers, rollbacks; machine and people apart',
        params: workloadParams,
        response: {
          200: {
            description: 'The report; as a page for people with `Accept: text/markdown`.',
            content: {
              'application/json': { schema: Type.Ref('RunReport') },
              'text/markdown': { schema: Type.String() },
            },
          },
          ...problems(400, 404, 406),
        },
      },
    },
    async ({ params, headers }, reply) => {
      const type = accepted(headers.accept, types)
      const report = await cutover.report(params.migration, params.workload)
      if (type === 'application/json') return reply.type('application/json; charset=utf-8').send(showReport(report))
      return reply.type('text/markdown; charset=utf-8').send(markdownOf(report))
    },
  )
}
