import { Type } from 'typebox'
import type { Cutover } from '../../automation/cutover.ts'
import type { App } from '../fastify.ts'
import { mustCover } from '../plugins/authentication.ts'
import { textSchema } from '../schemas/common.ts'
import { showOperation } from '../schemas/operation.ts'
import { problems } from '../schemas/problem.ts'

export async function operationRoutes(app: App, { cutover }: { readonly cutover: Cutover }): Promise<void> {
  app.get(
    '/operations/:operation',
    {
      config: { right: 'read', scoped: true },
      schema: {
        tags: ['operations'],
        summary: 'One attempt at one transition',
        params: Type.Object({ operation: textSchema({ min: 1, max: 100 }) }),
        response: { 200: Type.Ref('Operation'), ...problems(400, 404) },
      },
    },
    async ({ params, identity }) => {
      const operation = await cutover.operation(params.operation)
      if (identity) mustCover(identity, operation)
      return showOperation(operation)
    },
  )
}
