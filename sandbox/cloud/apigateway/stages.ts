import type {
  CanarySettings,
  CreateDeploymentCommandInput,
  CreateStageCommandInput,
  CreateStageCommandOutput,
  DeleteStageCommandInput,
  DeleteStageCommandOutput,
  FlushStageCacheCommandInput,
  FlushStageCacheCommandOutput,
  GetStageCommandInput,
  GetStageCommandOutput,
  GetStagesCommandInput,
  GetStagesCommandOutput,
  UpdateStageCommandInput,
  UpdateStageCommandOutput,
} from '@aws-sdk/client-api-gateway'
import type { Operation } from '../operation.ts'
import { findApi, findDeployment, findStage } from './find.ts'
import { badRequest, conflict, notFound } from './invalid.ts'
import { patched } from './patch.ts'
import { settingPath, stageFields } from './stage-fields.ts'
import { requirePercentage, requireVariables } from './stage-values.ts'
import type { Api, StageRecord } from './state.ts'

/** API Gateway quotas: ten stages per API. */
const maximum = 10

export const createStage: Operation<CreateStageCommandInput, CreateStageCommandOutput> = (world, input) => {
  const api = findApi(world, input.restApiId)
  const stage = newStage(api, { ...input, deploymentId: findDeployment(api, input.deploymentId).deployment.id })
  const canarySettings = input.canarySettings && acceptCanary(api, input.canarySettings, stage.deploymentId)
  return store(api, canarySettings ? { ...stage, canarySettings } : stage)
}

type NewStage = Partial<CreateStageCommandInput> & { deploymentId: string }

function newStage(api: Api, input: NewStage): StageRecord {
  const { restApiId: _api, canarySettings: _canary, stageName = '', ...given } = input
  if (!/^[\w-]{1,128}$/.test(stageName)) throw badRequest('Stage name only allows a-zA-Z0-9_-')
  if (api.stages.has(stageName)) throw conflict('Stage already exists')
  if (api.stages.size >= maximum) throw badRequest(`Maximum number of stages for this API has been reached: ${maximum}`)
  requireVariables(input.variables)
  const now = new Date()
  return {
    ...given,
    stageName,
    cacheClusterEnabled: input.cacheClusterEnabled ?? false,
    cacheClusterStatus: input.cacheClusterEnabled ? 'AVAILABLE' : 'NOT_AVAILABLE',
    methodSettings: {},
    tracingEnabled: input.tracingEnabled ?? false,
    createdDate: now,
    lastUpdatedDate: now,
  }
}

function acceptCanary(api: Api, given: CanarySettings, fallback: string): CanarySettings {
  const { percentTraffic = 0, useStageCache = false, stageVariableOverrides } = given
  requirePercentage(percentTraffic)
  requireVariables(stageVariableOverrides)
  const deploymentId = given.deploymentId ?? fallback
  if (!api.deployments.has(deploymentId) && deploymentId !== fallback) {
    throw notFound('Invalid Deployment identifier specified')
  }
  return { percentTraffic, deploymentId, useStageCache, ...(stageVariableOverrides && { stageVariableOverrides }) }
}

function store(api: Api, stage: StageRecord): StageRecord {
  const current = { ...stage, lastUpdatedDate: new Date() }
  api.stages.set(stage.stageName, current)
  return current
}

/**
 * What CreateDeployment does with the stage that it names: makes it, moves it, or starts a canary on it. While a stage has a
 * canary it takes nothing but canary deployments (API Gateway guide, "Create a canary release deployment").
 */
export function deployToStage(
  api: Api,
  deploymentId: string,
  input: CreateDeploymentCommandInput & { stageName: string },
): void {
  const { stageName, variables, canarySettings, stageDescription: description } = input
  const existing = api.stages.get(stageName)
  if (canarySettings) {
    if (!existing) throw badRequest('Canary settings are not supported on the first deployment of a stage')
    const canary = acceptCanary(api, { ...canarySettings, deploymentId }, deploymentId)
    store(api, { ...existing, canarySettings: canary })
    return
  }
  if (existing?.canarySettings) {
    throw badRequest(
      'Cannot create a deployment on a stage that has a canary: deploy to the canary, promote or delete it',
    )
  }
  requireVariables(variables)
  const stage = existing ?? newStage(api, { stageName, deploymentId })
  const given = { ...(variables && { variables }), ...(description && { description }) }
  store(api, { ...stage, ...given, deploymentId })
}

export const getStage: Operation<GetStageCommandInput, GetStageCommandOutput> = (world, input) =>
  findStage(findApi(world, input.restApiId), input.stageName)

export const getStages: Operation<GetStagesCommandInput, GetStagesCommandOutput> = (world, input) => {
  const stages = [...findApi(world, input.restApiId).stages.values()]
  const { deploymentId } = input
  return { item: deploymentId ? stages.filter((stage) => stage.deploymentId === deploymentId) : stages }
}

export const updateStage: Operation<UpdateStageCommandInput, UpdateStageCommandOutput> = (world, input) => {
  const api = findApi(world, input.restApiId)
  const operations = input.patchOperations?.map((one) => ({ ...one, path: settingPath(one.path ?? '') }))
  const stage = patched(findStage(api, input.stageName), operations, stageFields)
  findDeployment(api, stage.deploymentId)
  if (stage.canarySettings) stage.canarySettings = acceptCanary(api, stage.canarySettings, stage.deploymentId)
  requireVariables(stage.variables)
  return store(api, stage)
}

export const deleteStage: Operation<DeleteStageCommandInput, DeleteStageCommandOutput> = (world, input) => {
  const api = findApi(world, input.restApiId)
  api.stages.delete(findStage(api, input.stageName).stageName)
  return {}
}

/** There is nothing to flush: the sandbox keeps no answers. */
export const flushStageCache: Operation<FlushStageCacheCommandInput, FlushStageCacheCommandOutput> = (world, input) => {
  findStage(findApi(world, input.restApiId), input.stageName)
  return {}
}
