import type {
  DeleteIntegrationCommandInput,
  DeleteIntegrationCommandOutput,
  GetIntegrationCommandInput,
  GetIntegrationCommandOutput,
  Integration,
  PutIntegrationCommandInput,
  PutIntegrationCommandOutput,
  UpdateIntegrationCommandInput,
  UpdateIntegrationCommandOutput,
} from '@aws-sdk/client-api-gateway'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { findApi, findIntegration, findMethod, findResource } from './find.ts'
import { badRequest } from './invalid.ts'
import { storeMethod } from './methods.ts'
import { boolean, number, patched, type Fields } from './patch.ts'

const types = ['HTTP', 'AWS', 'MOCK', 'HTTP_PROXY', 'AWS_PROXY']

export const putIntegration: Operation<PutIntegrationCommandInput, PutIntegrationCommandOutput> = (world, input) => {
  const { restApiId, resourceId, httpMethod, integrationHttpMethod, ...rest } = input
  const api = findApi(world, restApiId)
  const resource = findResource(api, resourceId)
  const method = findMethod(resource, httpMethod)
  const integration: Integration = {
    ...rest,
    ...(integrationHttpMethod && { httpMethod: integrationHttpMethod }),
    connectionType: input.connectionType ?? 'INTERNET',
    passthroughBehavior: input.passthroughBehavior ?? 'WHEN_NO_MATCH',
    timeoutInMillis: input.timeoutInMillis || 29_000,
    cacheNamespace: input.cacheNamespace ?? resource.id,
    cacheKeyParameters: input.cacheKeyParameters ?? [],
  }
  requireValid(world, integration)
  storeMethod(api, resource, httpMethod ?? '', { ...method, methodIntegration: integration })
  return integration
}

function requireValid(world: World, integration: Integration): void {
  const { type = '', httpMethod, uri = '', timeoutInMillis = 0 } = integration
  if (!types.includes(type)) throw badRequest(`Invalid integration type specified: ${type}`)
  if (type !== 'MOCK' && !httpMethod) throw badRequest('Enumeration value for HttpMethod must be non-empty')
  if (type.startsWith('HTTP') && !isEndpoint(uri)) throw badRequest('Invalid HTTP endpoint specified for URI')
  if (timeoutInMillis < 50 || timeoutInMillis > 29_000) {
    throw badRequest('Timeout should be between 50 ms and 29000 ms')
  }
  if (integration.connectionType === 'VPC_LINK') requireLink(world, integration.connectionId ?? '')
}

/** Stage variables may stand for any part behind the scheme; a port is 80, 443 or above 1024. */
function isEndpoint(uri: string): boolean {
  const [, authority = ''] = /^https?:\/\/([^/?#]+)/.exec(uri.replace(/\$\{stageVariables\.\w+\}/g, 'variable')) ?? []
  const port = Number(/:(\d+)$/.exec(authority)?.[1] ?? 80)
  return authority !== '' && (port === 80 || port === 443 || (port > 1024 && port < 65_536))
}

function requireLink(world: World, id: string): void {
  if (id.includes('${stageVariables.') || world.apigateway.vpcLinks.has(id)) return
  throw badRequest('Invalid connection ID specified. Provide the ID of a VPC link of this account and region.')
}

export const getIntegration: Operation<GetIntegrationCommandInput, GetIntegrationCommandOutput> = (world, input) => {
  const resource = findResource(findApi(world, input.restApiId), input.resourceId)
  return findIntegration(findMethod(resource, input.httpMethod))
}

const maps = { ops: ['add', 'replace', 'remove'] } as const
const text = { ops: ['replace'] } as const

const fields: Fields = {
  '/uri': text,
  '/httpMethod': text,
  '/connectionType': text,
  '/connectionId': text,
  '/credentials': text,
  '/passthroughBehavior': text,
  '/contentHandling': text,
  '/cacheNamespace': text,
  '/integrationTarget': text,
  '/responseTransferMode': text,
  '/timeoutInMillis': { ops: ['replace'], read: number },
  '/tlsConfig/insecureSkipVerification': { ops: ['replace'], read: boolean },
  '/requestParameters/*': maps,
  '/requestTemplates/*': maps,
}

/** Changes the working API; what stages serve changes with their next deployment. */
export const updateIntegration: Operation<UpdateIntegrationCommandInput, UpdateIntegrationCommandOutput> = (
  world,
  input,
) => {
  const api = findApi(world, input.restApiId)
  const resource = findResource(api, input.resourceId)
  const method = findMethod(resource, input.httpMethod)
  const integration = patched(findIntegration(method), input.patchOperations, fields)
  requireValid(world, integration)
  storeMethod(api, resource, input.httpMethod ?? '', { ...method, methodIntegration: integration })
  return integration
}

export const deleteIntegration: Operation<DeleteIntegrationCommandInput, DeleteIntegrationCommandOutput> = (
  world,
  input,
) => {
  const api = findApi(world, input.restApiId)
  const resource = findResource(api, input.resourceId)
  const { methodIntegration, ...method } = findMethod(resource, input.httpMethod)
  findIntegration({ methodIntegration })
  storeMethod(api, resource, input.httpMethod ?? '', method)
  return {}
}
