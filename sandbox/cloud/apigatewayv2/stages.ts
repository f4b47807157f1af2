import type {
  CreateStageCommandInput,
  CreateStageCommandOutput,
  DeleteStageCommandInput,
  DeleteStageCommandOutput,
  GetStageCommandInput,
  GetStageCommandOutput,
  GetStagesCommandInput,
  GetStagesCommandOutput,
  UpdateStageCommandInput,
  UpdateStageCommandOutput,
} from '@aws-sdk/client-apigatewayv2'
import { badRequest, conflict } from '../apigateway/invalid.ts'
import { requireVariables } from '../apigateway/stage-values.ts'
import type { Operation } from '../operation.ts'
import { autoDeploy } from './deployments.ts'
import { find, findApi } from './find.ts'
import { given, page } from './pages.ts'
import type { HttpApi, HttpStage } from './state.ts'

export const createStage: Operation<CreateStageCommandInput, CreateStageCommandOutput> = (world, input) => {
  const { ApiId, StageName = '', ...rest } = input
  const api = findApi(world, ApiId)
  if (!/^(\$default|[\w-]{1,128})$/.test(StageName)) throw badRequest('Stage name only allows a-zA-Z0-9_-')
  if (api.stages.has(StageName)) throw conflict('Stage already exists')
  const now = new Date()
  const stage: HttpStage = {
    ...rest,
    StageName,
    ...(input.AutoDeploy && { AutoDeploy: true }),
    DefaultRouteSettings: input.DefaultRouteSettings ?? { DetailedMetricsEnabled: false },
    RouteSettings: input.RouteSettings ?? {},
    StageVariables: input.StageVariables ?? {},
    Tags: input.Tags ?? {},
    CreatedDate: now,
    LastUpdatedDate: now,
  }
  requireValid(api, stage, input.DeploymentId)
  api.stages.set(StageName, stage)
  if (stage.AutoDeploy) autoDeploy(api)
  return find('Stage', api.stages, StageName)
}

function requireValid(api: HttpApi, stage: HttpStage, deploymentId: string | undefined): void {
  requireVariables(stage.StageVariables)
  if (deploymentId === undefined) return
  find('Deployment', api.deployments, deploymentId)
  if (stage.AutoDeploy) throw badRequest('Cannot associate a Deployment with a Stage that has AutoDeploy enabled')
}

export const getStage: Operation<GetStageCommandInput, GetStageCommandOutput> = (world, input) =>
  find('Stage', findApi(world, input.ApiId).stages, input.StageName)

export const getStages: Operation<GetStagesCommandInput, GetStagesCommandOutput> = (world, input) =>
  page([...findApi(world, input.ApiId).stages.values()], input)

export const updateStage: Operation<UpdateStageCommandInput, UpdateStageCommandOutput> = (world, input) => {
  const { ApiId, StageName, ...changes } = input
  const api = findApi(world, ApiId)
  const before = find('Stage', api.stages, StageName)
  const stage: HttpStage = { ...before, ...given(changes), LastUpdatedDate: new Date() }
  requireValid(api, stage, input.DeploymentId)
  api.stages.set(stage.StageName, stage)
  if (stage.AutoDeploy && !before.AutoDeploy) autoDeploy(api)
  return find('Stage', api.stages, StageName)
}

export const deleteStage: Operation<DeleteStageCommandInput, DeleteStageCommandOutput> = (world, input) => {
  const api = findApi(world, input.ApiId)
  api.stages.delete(find('Stage', api.stages, input.StageName).StageName)
  return {}
}
