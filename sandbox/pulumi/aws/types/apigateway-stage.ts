import {
  CreateStageCommand,
  DeleteStageCommand,
  GetStageCommand,
  UpdateStageCommand,
  type CreateStageCommandInput,
  type PatchOperation,
  type Stage,
} from '@aws-sdk/client-api-gateway'
import type { apigateway } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import type { Aws } from '../aws.ts'
import { importParts } from '../import-id.ts'
import { unlessMissing } from '../operation-error.ts'
import { mapPatches, removing, replacing } from '../patches.ts'
import { resourceType } from '../resource-type.ts'
import { flag, map, number, output, replaces, required, tagged, text } from '../schema.ts'
import { apigatewayTagging } from '../tags.ts'

type State = Omit<Unwrap<apigateway.StageState>, 'restApi' | 'deployment'> & { restApi?: string; deployment?: string }

/** Its id is `ags-REST-API-ID-STAGE`; imported as `REST-API-ID/STAGE-NAME`. */
export const apigatewayStage = resourceType<State>({
  token: 'aws:apigateway/stage:Stage',
  label: 'API Gateway Stage',
  tagging: apigatewayTagging,
  schema: {
    ...tagged,
    accessLogSettings: {
      type: 'object',
      fields: { destinationArn: { ...text, ...required }, format: { ...text, ...required } },
    },
    arn: { ...text, ...output },
    cacheClusterEnabled: flag,
    cacheClusterSize: text,
    canarySettings: {
      type: 'object',
      fields: {
        deploymentId: { ...text, ...required },
        percentTraffic: { ...number, default: 0 },
        stageVariableOverrides: map,
        useStageCache: flag,
      },
    },
    clientCertificateId: text,
    deployment: { ...text, ...required },
    description: text,
    documentationVersion: text,
    executionArn: { ...text, ...output },
    invokeUrl: { ...text, ...output },
    restApi: { ...text, ...required, ...replaces },
    stageName: { ...text, ...required, ...replaces },
    variables: map,
    webAclArn: { ...text, ...output },
    xrayTracingEnabled: flag,
  },

  async create(aws, planned) {
    await aws.apigateway(new CreateStageCommand(toInput(planned)))
    return `ags-${planned.restApi}-${planned.stageName}`
  },

  /** What CreateStage does not take. */
  async complete(aws, _id, planned) {
    const { accessLogSettings, clientCertificateId } = planned
    await patch(aws, planned, [
      ...(accessLogSettings ? accessLogPatches(accessLogSettings) : []),
      ...(clientCertificateId ? [replacing('/clientCertificateId', clientCertificateId)] : []),
    ])
  },

  imported(given) {
    const [restApi, stageName] = importParts(given, 'REST-API-ID/STAGE-NAME')
    return { id: `ags-${restApi}-${stageName}`, known: { restApi, stageName } }
  },

  async read(aws, _id, { restApi = '', stageName = '' }) {
    const found = await current(aws, { restApi, stageName })
    if (!found) return undefined
    const host = `${restApi}.execute-api.${aws.region}.amazonaws.com`
    return {
      ...fromStage(found),
      restApi,
      stageName,
      arn: `arn:${aws.partition}:apigateway:${aws.region}::/restapis/${restApi}/stages/${stageName}`,
      executionArn: `arn:${aws.partition}:execute-api:${aws.region}:${await aws.accountId()}:${restApi}/${stageName}`,
      invokeUrl: `https://${host}/${stageName}`,
    }
  },

  /** From what the state says of before, in the official provider's order; AWS is not asked. */
  async update(aws, _id, planned, changed, prior) {
    const { accessLogSettings, canarySettings, variables } = planned
    const replaced = (names: readonly (keyof typeof paths)[]) =>
      names.flatMap((name) => (changed.has(name) ? [replacing(paths[name], planned[name])] : []))
    await patch(aws, planned, [
      ...replaced(['cacheClusterEnabled', 'cacheClusterSize', 'clientCertificateId']),
      ...(changed.has('canarySettings') ? canaryPatches(prior.canarySettings, canarySettings) : []),
      ...replaced(['deployment', 'description', 'xrayTracingEnabled', 'documentationVersion']),
      ...(changed.has('variables') ? mapPatches('/variables', prior.variables, variables) : []),
      ...(changed.has('accessLogSettings') ? accessLogPatches(accessLogSettings) : []),
    ])
  },

  async delete(aws, _id, { restApi, stageName }) {
    await unlessMissing(aws.apigateway(new DeleteStageCommand({ restApiId: restApi, stageName })), 'NotFound')
  },
})

/** Properties that a patch replaces as they are. */
const paths = {
  cacheClusterEnabled: '/cacheClusterEnabled',
  cacheClusterSize: '/cacheClusterSize',
  clientCertificateId: '/clientCertificateId',
  deployment: '/deploymentId',
  description: '/description',
  documentationVersion: '/documentationVersion',
  xrayTracingEnabled: '/tracingEnabled',
} as const

const current = (aws: Aws, { restApi, stageName }: State): Promise<Stage | undefined> =>
  unlessMissing(aws.apigateway(new GetStageCommand({ restApiId: restApi, stageName })), 'NotFound')

async function patch(aws: Aws, { restApi, stageName }: State, patchOperations: PatchOperation[]): Promise<void> {
  if (patchOperations.length === 0) return
  await aws.apigateway(new UpdateStageCommand({ restApiId: restApi, stageName, patchOperations }))
}

function accessLogPatches(settings: State['accessLogSettings']): PatchOperation[] {
  if (!settings) return [removing('/accessLogSettings')]
  const { destinationArn, format } = settings
  return [
    replacing('/accessLogSettings/destinationArn', destinationArn),
    replacing('/accessLogSettings/format', format),
  ]
}

function canaryPatches(before: State['canarySettings'], after: State['canarySettings']): PatchOperation[] {
  if (!after) return [removing('/canarySettings')]
  const path = '/canarySettings'
  const { deploymentId, percentTraffic = 0, useStageCache = false, stageVariableOverrides } = after
  const { percentTraffic: percentBefore = 0, useStageCache: cacheBefore = false } = before ?? {}
  return [
    ...mapPatches(`${path}/stageVariableOverrides`, before?.stageVariableOverrides, stageVariableOverrides),
    ...(percentBefore === percentTraffic ? [] : [replacing(`${path}/percentTraffic`, percentTraffic.toFixed(6))]),
    ...(cacheBefore === useStageCache ? [] : [replacing(`${path}/useStageCache`, useStageCache)]),
    ...(before?.deploymentId === deploymentId ? [] : [replacing(`${path}/deploymentId`, deploymentId)]),
  ]
}

function toInput(planned: State): CreateStageCommandInput {
  const { restApi, deployment, xrayTracingEnabled, tagsAll, stageName, variables, canarySettings } = planned
  const { cacheClusterEnabled, cacheClusterSize, description, documentationVersion } = planned
  return {
    restApiId: restApi,
    stageName,
    deploymentId: deployment,
    description,
    documentationVersion,
    cacheClusterEnabled,
    cacheClusterSize: cacheClusterSize as CreateStageCommandInput['cacheClusterSize'],
    canarySettings,
    variables,
    tracingEnabled: xrayTracingEnabled,
    tags: tagsAll,
  }
}

function fromStage(found: Stage): State {
  const { deploymentId, tracingEnabled, accessLogSettings: log, canarySettings: canary } = found
  const { description, documentationVersion, cacheClusterEnabled, cacheClusterSize, clientCertificateId } = found
  return {
    deployment: deploymentId,
    xrayTracingEnabled: tracingEnabled,
    cacheClusterEnabled,
    ...(found.variables && { variables: found.variables }),
    ...(description && { description }),
    ...(documentationVersion && { documentationVersion }),
    ...(cacheClusterSize && { cacheClusterSize }),
    ...(clientCertificateId && { clientCertificateId }),
    ...(found.webAclArn && { webAclArn: found.webAclArn }),
    ...(log && { accessLogSettings: { destinationArn: log.destinationArn ?? '', format: log.format ?? '' } }),
    ...(canary && { canarySettings: { ...canary, deploymentId: canary.deploymentId ?? '' } }),
  }
}
