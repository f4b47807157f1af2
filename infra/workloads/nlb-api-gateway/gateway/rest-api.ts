import type { Integration, PatchOperation, Resource, Stage } from '@aws-sdk/client-api-gateway'
import type { Aws } from '../../../aws/clients.ts'
import type { Json } from '../../kind.ts'
import { isMissing, type Deployment, type GatewayApi, type StageNow } from './gateway-api.ts'
import { operationFrom, operationsIn, type ApiOperation, type ApiOperations } from './operations.ts'

/** API Gateway quotas: the default and, without an increase, the most. */
export const restTimeoutMs = 29_000

const pageSize = 500

export function restApi(restApiId: string, stageName: string, aws: Aws): GatewayApi {
  const sdk = () => import('@aws-sdk/client-api-gateway')
  const client = () => aws.apiGateway()
  const at = { restApiId, stageName }
  return {
    stage: async () => stageFrom(await (await client()).send(new (await sdk()).GetStageCommand(at))),
    async served() {
      const { GetExportCommand } = await sdk()
      const parameters = { extensions: 'integrations' }
      const asked = { ...at, exportType: 'oas30', accepts: 'application/json', parameters }
      const { body } = await (await client()).send(new GetExportCommand(asked))
      return operationsIn(Buffer.from(body ?? []).toString('utf8'), restTimeoutMs)
    },
    working: async () => operationsOf(await resourcesOf(restApiId, aws)),
    async deployment(deploymentId) {
      const { GetDeploymentCommand } = await sdk()
      try {
        return deploymentFrom(await (await client()).send(new GetDeploymentCommand({ restApiId, deploymentId })))
      } catch (error) {
        if (isMissing(error)) return null
        throw error
      }
    },
    async deployments() {
      const { paginateGetDeployments } = await sdk()
      const all: Deployment[] = []
      for await (const { items } of paginateGetDeployments({ client: await client(), pageSize }, { restApiId }))
        all.push(...(items ?? []).map(deploymentFrom))
      return all
    },
    async serve(deployment, canary) {
      const move: PatchOperation = { op: 'replace', path: '/deploymentId', value: deployment }
      const take: PatchOperation[] = canary === 'remove' ? [{ op: 'remove', path: '/canarySettings' }] : []
      await patchStage(restApiId, stageName, [move, ...take], aws)
    },
    async point({ resource, method }, value) {
      const { UpdateIntegrationCommand } = await sdk()
      const patchOperations: PatchOperation[] = [{ op: 'replace', path: '/uri', value }]
      const asked = { restApiId, resourceId: resource, httpMethod: method, patchOperations }
      await (await client()).send(new UpdateIntegrationCommand(asked))
    },
    async deploy(description) {
      const { CreateDeploymentCommand } = await sdk()
      const { id = '' } = await (await client()).send(new CreateDeploymentCommand({ restApiId, description }))
      return id
    },
    async removeDeployment(deploymentId) {
      const { DeleteDeploymentCommand } = await sdk()
      await (await client()).send(new DeleteDeploymentCommand({ restApiId, deploymentId }))
    },
  }
}

/** All or nothing. */
export async function patchStage(
  restApiId: string,
  stageName: string,
  patchOperations: PatchOperation[],
  aws: Aws,
): Promise<void> {
  const { UpdateStageCommand } = await import('@aws-sdk/client-api-gateway')
  await (await aws.apiGateway()).send(new UpdateStageCommand({ restApiId, stageName, patchOperations }))
}

/** Every resource of the API with its methods and their integrations. */
export async function resourcesOf(restApiId: string, aws: Aws): Promise<readonly Resource[]> {
  const { paginateGetResources } = await import('@aws-sdk/client-api-gateway')
  const client = await aws.apiGateway()
  const all: Resource[] = []
  for await (const { items } of paginateGetResources({ client, pageSize }, { restApiId, embed: ['methods'] }))
    all.push(...(items ?? []))
  return all
}

/** What a method of a resource leads to; undefined: nothing. */
export const integrationOf = (
  resources: readonly Resource[],
  resource: string,
  method: string,
): { readonly path: string; readonly integration: Integration } | undefined => {
  const found = resources.find(({ id }) => id === resource)
  const integration = found?.resourceMethods?.[method]?.methodIntegration
  return integration && { path: found?.path ?? '', integration }
}

export function stageFrom(stage: Stage): StageNow {
  const { deploymentId = '', canarySettings, variables = {}, lastUpdatedDate: _changed, ...rest } = stage
  const { $metadata: _call, ...described } = rest as typeof rest & { $metadata?: object }
  return {
    deployment: deploymentId,
    canary: canarySettings
      ? {
          deployment: canarySettings.deploymentId ?? '',
          percent: canarySettings.percentTraffic ?? 0,
          overrides: canarySettings.stageVariableOverrides ?? {},
        }
      : null,
    variables,
    rest: JSON.parse(JSON.stringify(described)) as Json,
  }
}

const deploymentFrom = ({
  id = '',
  description = '',
}: {
  id?: string | undefined
  description?: string | undefined
}) => ({
  id,
  description,
})

function operationsOf(resources: readonly Resource[]): ApiOperations {
  const all = new Map<string, ApiOperation>()
  for (const { path = '', resourceMethods = {} } of resources) {
    for (const [verb, { methodIntegration }] of Object.entries(resourceMethods)) {
      all.set(`${verb} ${path}`, operationFrom(plain(methodIntegration ?? {}), restTimeoutMs))
    }
  }
  return all
}

/** Without the members that are undefined. */
const plain = (integration: Integration) =>
  JSON.parse(JSON.stringify(integration)) as Parameters<typeof operationFrom>[0]
