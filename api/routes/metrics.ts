import { Type } from 'typebox'
import type { Cutover } from '../../automation/cutover.ts'
import type { App } from '../fastify.ts'
import { countFrom } from '../metrics/count.ts'
import { Metrics } from '../metrics/metrics.ts'
import { scrape } from '../metrics/scrape.ts'

export async function metricsRoutes(app: App, { cutover }: { readonly cutover: Cutover }): Promise<void> {
  const metrics = new Metrics()
  countFrom(cutover, metrics, (err) => app.log.debug({ err }, 'an event could not be counted'))

  app.get(
    '/metrics',
    {
      config: { right: 'read' },
      schema: {
        tags: ['service'],
        summary: 'Figures of this service, for Prometheus',
        response: { 200: { description: 'The figures.', content: { 'text/plain': { schema: Type.String() } } } },
      },
    },
    async (_request, reply) => {
      await scrape(metrics, cutover)
      return reply.type(metrics.contentType).send(await metrics.text())
    },
  )
}
