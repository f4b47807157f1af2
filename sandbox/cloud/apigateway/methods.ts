import type {
  DeleteMethodCommandInput,
  DeleteMethodCommandOutput,
  GetMethodCommandInput,
  GetMethodCommandOutput,
  Method,
  PutMethodCommandInput,
  PutMethodCommandOutput,
} from '@aws-sdk/client-api-gateway'
import type { Operation } from '../operation.ts'
import { findApi, findMethod, findResource } from './find.ts'
import { badRequest, conflict } from './invalid.ts'
import type { Api, ResourceRecord } from './state.ts'

const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ANY']

export const putMethod: Operation<PutMethodCommandInput, PutMethodCommandOutput> = (world, input) => {
  const { restApiId, resourceId, httpMethod = '', ...rest } = input
  const api = findApi(world, restApiId)
  const resource = findResource(api, resourceId)
  if (!verbs.includes(httpMethod)) throw badRequest(`Invalid HTTP method specified: ${httpMethod}`)
  if (resource.resourceMethods?.[httpMethod]) throw conflict('Method already exists for this resource')
  const method = { ...rest, httpMethod, apiKeyRequired: input.apiKeyRequired ?? false }
  storeMethod(api, resource, httpMethod, method)
  return method
}

export const getMethod: Operation<GetMethodCommandInput, GetMethodCommandOutput> = (world, input) =>
  findMethod(findResource(findApi(world, input.restApiId), input.resourceId), input.httpMethod)

export const deleteMethod: Operation<DeleteMethodCommandInput, DeleteMethodCommandOutput> = (world, input) => {
  const api = findApi(world, input.restApiId)
  const resource = findResource(api, input.resourceId)
  findMethod(resource, input.httpMethod)
  storeMethod(api, resource, input.httpMethod ?? '', undefined)
  return {}
}

/** Replaces the resource, too, so that deployments keep theirs. */
export function storeMethod(api: Api, resource: ResourceRecord, name: string, method: Method | undefined): void {
  const { [name]: _old, ...others } = resource.resourceMethods ?? {}
  api.resources.set(resource.id, {
    ...resource,
    resourceMethods: method ? { ...others, [name]: method } : others,
  })
}
