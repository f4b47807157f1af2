import type {
  CreateApiCommandInput,
  CreateApiCommandOutput,
  DeleteApiCommandInput,
  DeleteApiCommandOutput,
  GetApiCommandInput,
  GetApiCommandOutput,
  GetApisCommandInput,
  GetApisCommandOutput,
} from '@aws-sdk/client-apigatewayv2'
import { newId } from '../apigateway/ids.ts'
import { badRequest } from '../apigateway/invalid.ts'
import type { Operation } from '../operation.ts'
import { findApi } from './find.ts'
import { page } from './pages.ts'

export const createApi: Operation<CreateApiCommandInput, CreateApiCommandOutput> = (world, input) => {
  if (input.ProtocolType !== 'HTTP') throw badRequest('The sandbox serves APIs with protocol type HTTP alone')
  if (input.Target || input.RouteKey) throw badRequest('Quick create is not served by this sandbox')
  const id = newId(10)
  const record = {
    ...input,
    Name: input.Name ?? '',
    ProtocolType: input.ProtocolType,
    ApiId: id,
    ApiEndpoint: `https://${id}.execute-api.${world.region}.amazonaws.com`,
    ApiKeySelectionExpression: input.ApiKeySelectionExpression ?? '$request.header.x-api-key',
    RouteSelectionExpression: input.RouteSelectionExpression ?? '$request.method $request.path',
    DisableExecuteApiEndpoint: input.DisableExecuteApiEndpoint ?? false,
    CreatedDate: new Date(),
    Tags: input.Tags ?? {},
  }
  world.apigatewayv2.apis.set(id, {
    id,
    record,
    integrations: new Map(),
    routes: new Map(),
    deployments: new Map(),
    stages: new Map(),
  })
  return record
}

export const getApi: Operation<GetApiCommandInput, GetApiCommandOutput> = (world, input) =>
  findApi(world, input.ApiId).record

export const getApis: Operation<GetApisCommandInput, GetApisCommandOutput> = (world, input) =>
  page(
    [...world.apigatewayv2.apis.values()].map(({ record }) => record),
    input,
  )

export const deleteApi: Operation<DeleteApiCommandInput, DeleteApiCommandOutput> = (world, input) => {
  world.apigatewayv2.apis.delete(findApi(world, input.ApiId).id)
  return {}
}
