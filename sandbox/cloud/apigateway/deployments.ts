import type {
  CreateDeploymentCommandInput,
  CreateDeploymentCommandOutput,
  DeleteDeploymentCommandInput,
  DeleteDeploymentCommandOutput,
  Deployment,
  GetDeploymentCommandInput,
  GetDeploymentCommandOutput,
  GetDeploymentsCommandInput,
  GetDeploymentsCommandOutput,
  UpdateDeploymentCommandInput,
  UpdateDeploymentCommandOutput,
} from '@aws-sdk/client-api-gateway'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { findApi, findDeployment, findVpcLink } from './find.ts'
import { newId } from './ids.ts'
import { badRequest, tooManyRequests } from './invalid.ts'
import { page } from './pages.ts'
import { patched } from './patch.ts'
import { deployToStage } from './stages.ts'
import type { Api, DeploymentRecord, ResourceRecord } from './state.ts'
import { deploymentIntervalSeconds } from './timing.ts'

/** A snapshot of the whole working API. It waits for VPC links that are on their way. */
export const createDeployment: Operation<CreateDeploymentCommandInput, CreateDeploymentCommandOutput> = async (
  world,
  input,
) => {
  const api = findApi(world, input.restApiId)
  requirePace(world)
  requireComplete(api)
  for (const id of linksOf(api)) await untilAvailable(world, id)
  const record: DeploymentRecord = {
    deployment: { id: newId(6), description: input.description, createdDate: new Date() },
    resources: [...api.resources.values()],
  }
  if (input.stageName) deployToStage(api, record.deployment.id, { ...input, stageName: input.stageName })
  api.deployments.set(record.deployment.id, record)
  return record.deployment
}

function requirePace({ apigateway, clock }: World): void {
  const now = performance.now()
  const sinceLast = ((now - apigateway.lastDeploymentMs) * clock.scale) / 1000
  if (sinceLast < deploymentIntervalSeconds) throw tooManyRequests(Math.ceil(deploymentIntervalSeconds - sinceLast))
  apigateway.lastDeploymentMs = now
}

const methodsOf = (resource: ResourceRecord) => Object.values(resource.resourceMethods ?? {})
const allMethods = (api: Api) => [...api.resources.values()].flatMap(methodsOf)

function requireComplete(api: Api): void {
  const methods = allMethods(api)
  if (methods.length === 0) throw badRequest("The REST API doesn't contain any methods")
  if (methods.some(({ methodIntegration }) => !methodIntegration)) throw badRequest('No integration defined for method')
}

function linksOf(api: Api): Set<string> {
  const integrations = allMethods(api).map(({ methodIntegration }) => methodIntegration)
  const links = integrations.map((one) => (one?.connectionType === 'VPC_LINK' ? one.connectionId : undefined))
  return new Set(links.filter((id) => id !== undefined && !id.includes('${')) as string[])
}

async function untilAvailable(world: World, id: string): Promise<void> {
  while (findVpcLink(world, id).status === 'PENDING') await world.clock.sleep(1)
  const { status } = findVpcLink(world, id)
  if (status !== 'AVAILABLE') throw badRequest(`Cannot deploy: VPC link ${id} is ${status}`)
}

export const getDeployment: Operation<GetDeploymentCommandInput, GetDeploymentCommandOutput> = (world, input) => {
  const record = findDeployment(findApi(world, input.restApiId), input.deploymentId)
  return input.embed?.includes('apisummary') ? { ...record.deployment, apiSummary: summary(record) } : record.deployment
}

function summary({ resources }: DeploymentRecord): Deployment['apiSummary'] {
  const withMethods = resources.filter((resource) => methodsOf(resource).length > 0)
  return Object.fromEntries(
    withMethods.map((resource) => [
      resource.path,
      Object.fromEntries(
        methodsOf(resource).map(({ httpMethod = '', authorizationType, apiKeyRequired }) => [
          httpMethod,
          { authorizationType, apiKeyRequired },
        ]),
      ),
    ]),
  )
}

export const getDeployments: Operation<GetDeploymentsCommandInput, GetDeploymentsCommandOutput> = (world, input) =>
  page(
    [...findApi(world, input.restApiId).deployments.values()].map(({ deployment }) => deployment),
    input,
  )

export const updateDeployment: Operation<UpdateDeploymentCommandInput, UpdateDeploymentCommandOutput> = (
  world,
  input,
) => {
  const api = findApi(world, input.restApiId)
  const record = findDeployment(api, input.deploymentId)
  const deployment = patched(record.deployment, input.patchOperations, { '/description': { ops: ['replace'] } })
  api.deployments.set(deployment.id, { ...record, deployment })
  return deployment
}

export const deleteDeployment: Operation<DeleteDeploymentCommandInput, DeleteDeploymentCommandOutput> = (
  world,
  input,
) => {
  const api = findApi(world, input.restApiId)
  const { id } = findDeployment(api, input.deploymentId).deployment
  const users = [...api.stages.values()].filter(
    (stage) => stage.deploymentId === id || stage.canarySettings?.deploymentId === id,
  )
  if (users.length > 0) throw badRequest('Active stages pointing to this deployment must be moved or deleted')
  api.deployments.delete(id)
  return {}
}
