import { Type } from 'typebox'
import type { Cutover } from '../../automation/cutover.ts'
import type { App } from '../fastify.ts'
import { showOperation } from '../schemas/operation.ts'
import { problems } from '../schemas/problem.ts'

export async function operationRoutes(app: App, { cutover }: { readonly cutover: Cutover }): Promise<void> {
  app.get(
    '/operations/:operation',
    {
      schema: {
        tags: ['operations'],
        summary: 'One attempt at one transition',
        params: Type.Object({ operation: Type.String({ maxLength: 100 }) }),
        response: { 200: Type.Ref('Operation'), ...problems(400, 404) },
      },
    },
    async ({ params }) => showOperation(await cutover.operation(params.operation)),
  )
}
