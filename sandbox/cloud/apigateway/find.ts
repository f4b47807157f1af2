import type { Integration, Method } from '@aws-sdk/client-api-gateway'
import type { World } from '../world.ts'
import { notFound } from './invalid.ts'
import type { Api, DeploymentRecord, ResourceRecord, StageRecord, VpcLinkRecord } from './state.ts'

export function findApi(world: World, id: string | undefined): Api {
  const api = world.apigateway.restApis.get(id ?? '')
  if (!api) throw notFound(`Invalid API identifier specified ${world.accountId}:${id}`)
  return api
}

export function findResource(api: Api, id: string | undefined): ResourceRecord {
  const resource = api.resources.get(id ?? '')
  if (!resource) throw notFound('Invalid Resource identifier specified')
  return resource
}

export function findMethod(resource: ResourceRecord, httpMethod: string | undefined): Method {
  const method = resource.resourceMethods?.[httpMethod ?? '']
  if (!method) throw notFound('Invalid Method identifier specified')
  return method
}

export function findIntegration(method: Method): Integration {
  if (!method.methodIntegration) throw notFound('Invalid Integration identifier specified')
  return method.methodIntegration
}

export function findDeployment(api: Api, id: string | undefined): DeploymentRecord {
  const deployment = api.deployments.get(id ?? '')
  if (!deployment) throw notFound('Invalid Deployment identifier specified')
  return deployment
}

export function findStage(api: Api, name: string | undefined): StageRecord {
  const stage = api.stages.get(name ?? '')
  if (!stage) throw notFound('Invalid stage identifier specified')
  return stage
}

export function findVpcLink(world: World, id: string | undefined): VpcLinkRecord {
  const link = world.apigateway.vpcLinks.get(id ?? '')
  if (!link) throw notFound('Invalid Vpc Link identifier specified')
  return link
}
