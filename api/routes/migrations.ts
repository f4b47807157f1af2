import { Type } from 'typebox'
import type { Cutover } from '../../automation/cutover.ts'
import { CutoverError } from '../../automation/errors.ts'
import { inventorySchema, parseInventory, parseInventoryYaml, type Inventory } from '../../automation/inventory.ts'
import type { App } from '../fastify.ts'
import { askerOf, reason, strict } from './accepting.ts'
import { limitOf, migrationParams, namePattern, pageOf, pageQueryOf } from '../schemas/common.ts'
import { problems } from '../schemas/problem.ts'
import { homecomingsSchema, showHomecoming, waitSchema } from '../schemas/homecoming.ts'
import { showMigration } from '../schemas/workload.ts'

const yamlTypes = ['application/yaml', 'application/x-yaml', 'text/yaml']

export async function migrationRoutes(app: App, { cutover }: { readonly cutover: Cutover }): Promise<void> {
  app.addContentTypeParser(yamlTypes, { parseAs: 'string' }, (_request, text, done) =>
    done(null, new YamlText(String(text))),
  )

  app.put(
    '/migrations/:migration',
    {
      schema: {
        tags: ['migrations'],
        summary: 'Apply an inventory, as JSON or as the text of a cutover.yaml',
        params: migrationParams,
        response: { 200: Type.Ref('Migration'), 201: Type.Ref('Migration'), ...problems(400, 409, 413, 415) },
      },
      // documented as it is; checked by parseInventory, which says where in the document a fault is
      config: { right: 'inventory', body: inventorySchema },
    },
    async (request, reply) => {
      const inventory = inventoryOf(request.body)
      if (inventory.migration !== request.params.migration) {
        const fault = {
          pointer: '/migration',
          message: `is ${inventory.migration}, but the path says ${request.params.migration}`,
        }
        throw new CutoverError('inventory-invalid', `${fault.pointer} ${fault.message}`, { faults: [fault] })
      }
      const { migration, created } = await cutover.register(inventory, askerOf(request))
      return reply.code(created ? 201 : 200).send(showMigration(migration))
    },
  )

  app.get(
    '/migrations',
    {
      config: { right: 'read', scoped: true },
      schema: {
        tags: ['migrations'],
        summary: 'All migrations, by name',
        querystring: pageQueryOf(namePattern),
        response: { 200: pageOf(Type.Ref('Migration')), ...problems(400) },
      },
    },
    async ({ query, identity }) => {
      const limit = limitOf(query.limit)
      const migrations = await cutover.store.read.migrations.list(query.cursor ?? '', limit, identity?.scope ?? null)
      return {
        items: migrations.map(showMigration),
        next: migrations.length < limit ? null : (migrations.at(-1)?.name ?? null),
      }
    },
  )

  app.get(
    '/migrations/:migration',
    {
      config: { right: 'read' },
      schema: {
        tags: ['migrations'],
        summary: 'One migration with its inventory',
        params: migrationParams,
        response: { 200: Type.Ref('Migration'), ...problems(400, 404) },
      },
    },
    async ({ params }) => showMigration(await cutover.migration(params.migration)),
  )

  wayHome(app, cutover)
}

function wayHome(app: App, cutover: Cutover): void {
  app.post(
    '/migrations/:migration/rollback',
    {
      config: { right: 'rollback' },
      schema: {
        tags: ['migrations'],
        summary:
          'Every workload home at once, the one that was cut over last first; what is home already stays as it is',
        params: migrationParams,
        querystring: Type.Object({ wait: Type.Optional(waitSchema) }, strict),
        body: Type.Object({ reason, force: Type.Optional(Type.Boolean()) }, strict),
        response: { 200: homecomingsSchema, 202: homecomingsSchema, ...problems(400, 404, 409, 413, 415, 422, 503) },
      },
    },
    async (request, reply) => {
      const { migration } = request.params
      const { reason: why, force = false } = request.body
      const waitMs = Number(request.query.wait ?? 0) * 1000
      const workloads = await cutover.rollbackAll(migration, force, waitMs, askerOf(request, why))
      const going = workloads.some(({ outcome }) => outcome === 'going')
      return reply.code(going ? 202 : 200).send({ migration, workloads: workloads.map(showHomecoming) })
    },
  )
}

/** A body that came as YAML, kept apart from a JSON string. */
class YamlText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

const inventoryOf = (body: unknown): Inventory =>
  body instanceof YamlText ? parseInventoryYaml(body.text) : parseInventory(body)
