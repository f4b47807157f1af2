import type {
  CreateRestApiCommandInput,
  CreateRestApiCommandOutput,
  DeleteRestApiCommandInput,
  DeleteRestApiCommandOutput,
  GetRestApiCommandInput,
  GetRestApiCommandOutput,
  GetRestApisCommandInput,
  GetRestApisCommandOutput,
  UpdateRestApiCommandInput,
  UpdateRestApiCommandOutput,
} from '@aws-sdk/client-api-gateway'
import type { Operation } from '../operation.ts'
import { findApi } from './find.ts'
import { newId } from './ids.ts'
import { badRequest } from './invalid.ts'
import { page } from './pages.ts'
import { boolean, patched } from './patch.ts'

/** With its root resource; names need not be unique. */
export const createRestApi: Operation<CreateRestApiCommandInput, CreateRestApiCommandOutput> = (world, input) => {
  if (!input.name) throw badRequest('Api name is required')
  if (input.cloneFrom) throw badRequest('cloneFrom is not served by this sandbox')
  const [id, root] = [newId(10), newId(10)]
  const { endpointConfiguration, ...given } = input
  const record = {
    ...given,
    id,
    createdDate: new Date(),
    apiKeySource: input.apiKeySource ?? 'HEADER',
    endpointConfiguration: { types: endpointConfiguration?.types ?? ['EDGE'], ...endpointConfiguration },
    disableExecuteApiEndpoint: input.disableExecuteApiEndpoint ?? false,
    rootResourceId: root,
  }
  world.apigateway.restApis.set(id, {
    id,
    record,
    resources: new Map([[root, { id: root, path: '/' }]]),
    deployments: new Map(),
    stages: new Map(),
  })
  return record
}

export const getRestApi: Operation<GetRestApiCommandInput, GetRestApiCommandOutput> = (world, input) =>
  findApi(world, input.restApiId).record

export const getRestApis: Operation<GetRestApisCommandInput, GetRestApisCommandOutput> = (world, input) =>
  page(
    [...world.apigateway.restApis.values()].map(({ record }) => record),
    input,
  )

const fields = {
  '/name': { ops: ['replace'] },
  '/description': { ops: ['replace'] },
  '/apiKeySource': { ops: ['replace'] },
  '/disableExecuteApiEndpoint': { ops: ['replace'], read: boolean },
} as const

export const updateRestApi: Operation<UpdateRestApiCommandInput, UpdateRestApiCommandOutput> = (world, input) => {
  const api = findApi(world, input.restApiId)
  api.record = patched(api.record, input.patchOperations, fields)
  return api.record
}

export const deleteRestApi: Operation<DeleteRestApiCommandInput, DeleteRestApiCommandOutput> = (world, input) => {
  world.apigateway.restApis.delete(findApi(world, input.restApiId).id)
  return {}
}
