import { notFound } from '../apigateway/invalid.ts'
import type { World } from '../world.ts'
import type { HttpApi } from './state.ts'

export function findApi(world: World, id: string | undefined): HttpApi {
  const api = world.apigatewayv2.apis.get(id ?? '')
  if (!api) throw notFound(`Invalid API identifier specified ${world.accountId}:${id}`)
  return api
}

/** `kind` as AWS calls it: `Integration`, `Route`, `Stage`, `Deployment`, `VpcLink`. */
export function find<Record>(kind: string, records: ReadonlyMap<string, Record>, id: string | undefined): Record {
  const record = records.get(id ?? '')
  if (!record) throw notFound(`Unable to find ${kind} by ID ${id}`)
  return record
}
