import type {
  CreateDeploymentCommandInput,
  CreateDeploymentCommandOutput,
  DeleteDeploymentCommandInput,
  DeleteDeploymentCommandOutput,
  GetDeploymentCommandInput,
  GetDeploymentCommandOutput,
  GetDeploymentsCommandInput,
  GetDeploymentsCommandOutput,
  UpdateDeploymentCommandInput,
  UpdateDeploymentCommandOutput,
} from '@aws-sdk/client-apigatewayv2'
import { newId } from '../apigateway/ids.ts'
import { badRequest } from '../apigateway/invalid.ts'
import type { Operation } from '../operation.ts'
import { find, findApi } from './find.ts'
import { page } from './pages.ts'
import type { HttpApi, HttpDeployment } from './state.ts'

function snapshot(api: HttpApi, more: { Description?: string | undefined; AutoDeployed: boolean }): HttpDeployment {
  const record: HttpDeployment = {
    deployment: { ...more, DeploymentId: newId(6), DeploymentStatus: 'DEPLOYED', CreatedDate: new Date() },
    routes: [...api.routes.values()],
    integrations: new Map(api.integrations),
  }
  api.deployments.set(record.deployment.DeploymentId, record)
  return record
}

function move(api: HttpApi, stageName: string, DeploymentId: string): void {
  const stage = find('Stage', api.stages, stageName)
  api.stages.set(stageName, { ...stage, DeploymentId, LastUpdatedDate: new Date() })
}

/** Stages that deploy by themselves get a deployment of every change of the API. */
export function autoDeploy(api: HttpApi): void {
  const stages = [...api.stages.values()].filter(({ AutoDeploy }) => AutoDeploy)
  if (stages.length === 0 || api.routes.size === 0) return
  const { DeploymentId } = snapshot(api, {
    AutoDeployed: true,
    Description: 'Automatic deployment triggered by changes to the Api configuration',
  }).deployment
  for (const { StageName } of stages) {
    move(api, StageName, DeploymentId)
    const stage = find('Stage', api.stages, StageName)
    const LastDeploymentStatusMessage = `Successfully deployed stage with deployment ID '${DeploymentId}'`
    api.stages.set(StageName, { ...stage, LastDeploymentStatusMessage })
  }
}

export const createDeployment: Operation<CreateDeploymentCommandInput, CreateDeploymentCommandOutput> = (
  world,
  input,
) => {
  const api = findApi(world, input.ApiId)
  const stage = input.StageName === undefined ? undefined : find('Stage', api.stages, input.StageName)
  if (api.routes.size === 0) throw badRequest('At least one route is required before deploying the Api.')
  if (stage?.AutoDeploy) throw badRequest('Cannot associate a Deployment with a Stage that has AutoDeploy enabled')
  const { deployment } = snapshot(api, { AutoDeployed: false, Description: input.Description })
  if (stage) move(api, stage.StageName, deployment.DeploymentId)
  return deployment
}

export const getDeployment: Operation<GetDeploymentCommandInput, GetDeploymentCommandOutput> = (world, input) =>
  find('Deployment', findApi(world, input.ApiId).deployments, input.DeploymentId).deployment

export const getDeployments: Operation<GetDeploymentsCommandInput, GetDeploymentsCommandOutput> = (world, input) =>
  page(
    [...findApi(world, input.ApiId).deployments.values()].map(({ deployment }) => deployment),
    input,
  )

export const updateDeployment: Operation<UpdateDeploymentCommandInput, UpdateDeploymentCommandOutput> = (
  world,
  input,
) => {
  const api = findApi(world, input.ApiId)
  const record = find('Deployment', api.deployments, input.DeploymentId)
  const deployment = { ...record.deployment, Description: input.Description }
  api.deployments.set(deployment.DeploymentId, { ...record, deployment })
  return deployment
}

export const deleteDeployment: Operation<DeleteDeploymentCommandInput, DeleteDeploymentCommandOutput> = (
  world,
  input,
) => {
  const api = findApi(world, input.ApiId)
  const { DeploymentId } = find('Deployment', api.deployments, input.DeploymentId).deployment
  if ([...api.stages.values()].some((stage) => stage.DeploymentId === DeploymentId)) {
    throw badRequest('Active stages pointing to this deployment must be moved or deleted')
  }
  api.deployments.delete(DeploymentId)
  return {}
}
