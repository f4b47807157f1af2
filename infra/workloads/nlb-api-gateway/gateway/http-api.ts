import type { Integration, Route, Stage } from '@aws-sdk/client-apigatewayv2'
import type { Aws } from '../../../aws/clients.ts'
import type { Json } from '../../kind.ts'
import { isMissing, type Deployment, type GatewayApi, type StageNow } from './gateway-api.ts'
import { operationFrom, operationsIn, type ApiOperation, type ApiOperations } from './operations.ts'

/** API Gateway quotas: the most that an HTTP API waits for its integration. */
export const httpTimeoutMs = 30_000

export function httpApi(ApiId: string, StageName: string, aws: Aws): GatewayApi {
  const sdk = () => import('@aws-sdk/client-apigatewayv2')
  const client = () => aws.apiGatewayV2()
  const at = { ApiId, StageName }
  return {
    stage: async () => stageFrom(await (await client()).send(new (await sdk()).GetStageCommand(at))),
    async served() {
      const { ExportApiCommand } = await sdk()
      const asked = { ...at, Specification: 'OAS30', OutputType: 'JSON', IncludeExtensions: true } as const
      const { body } = await (await client()).send(new ExportApiCommand(asked))
      return operationsIn(Buffer.from(body ?? []).toString('utf8'), httpTimeoutMs)
    },
    async working() {
      const [routes, integrations] = await Promise.all([routesOf(ApiId, aws), integrationsOf(ApiId, aws)])
      return operationsOf(routes, integrations)
    },
    async deployment(DeploymentId) {
      const { GetDeploymentCommand } = await sdk()
      try {
        return deploymentFrom(await (await client()).send(new GetDeploymentCommand({ ApiId, DeploymentId })))
      } catch (error) {
        if (isMissing(error)) return null
        throw error
      }
    },
    async deployments() {
      const { GetDeploymentsCommand } = await sdk()
      const all = await pages(async (NextToken) =>
        (await client()).send(new GetDeploymentsCommand({ ApiId, NextToken })),
      )
      return all.map(deploymentFrom)
    },
    async serve(DeploymentId) {
      const { UpdateStageCommand } = await sdk()
      await (await client()).send(new UpdateStageCommand({ ...at, DeploymentId }))
    },
    async point({ integration: IntegrationId }, IntegrationUri) {
      const { UpdateIntegrationCommand } = await sdk()
      await (await client()).send(new UpdateIntegrationCommand({ ApiId, IntegrationId, IntegrationUri }))
    },
    async deploy(Description) {
      const { CreateDeploymentCommand } = await sdk()
      const { DeploymentId = '' } = await (await client()).send(new CreateDeploymentCommand({ ApiId, Description }))
      return DeploymentId
    },
    async removeDeployment(DeploymentId) {
      const { DeleteDeploymentCommand } = await sdk()
      await (await client()).send(new DeleteDeploymentCommand({ ApiId, DeploymentId }))
    },
  }
}

export async function routesOf(ApiId: string, aws: Aws): Promise<Route[]> {
  const { GetRoutesCommand } = await import('@aws-sdk/client-apigatewayv2')
  const client = await aws.apiGatewayV2()
  return pages((NextToken) => client.send(new GetRoutesCommand({ ApiId, NextToken })))
}

export async function integrationsOf(ApiId: string, aws: Aws): Promise<Integration[]> {
  const { GetIntegrationsCommand } = await import('@aws-sdk/client-apigatewayv2')
  const client = await aws.apiGatewayV2()
  return pages((NextToken) => client.send(new GetIntegrationsCommand({ ApiId, NextToken })))
}

interface Page<Item> {
  readonly Items?: Item[] | undefined
  readonly NextToken?: string | undefined
}

async function pages<Item>(read: (token: string | undefined) => Promise<Page<Item>>): Promise<Item[]> {
  const all: Item[] = []
  let token: string | undefined
  do {
    const page = await read(token)
    all.push(...(page.Items ?? []))
    token = page.NextToken
  } while (token)
  return all
}

/** What AWS writes by itself at each automatic deployment is left out, as is when. */
export function stageFrom(stage: Partial<Stage>): StageNow {
  const { DeploymentId = '', StageVariables = {}, LastUpdatedDate: _changed, ...rest } = stage
  const { LastDeploymentStatusMessage: _said, ...described } = rest
  const { $metadata: _call, ...settings } = described as typeof described & { $metadata?: object }
  const plain = JSON.parse(JSON.stringify(settings)) as Json
  return { deployment: DeploymentId, canary: null, variables: StageVariables, rest: plain }
}

const deploymentFrom = (one: { DeploymentId?: string | undefined; Description?: string | undefined }): Deployment => ({
  id: one.DeploymentId ?? '',
  description: one.Description ?? '',
})

/** Keys of routes are `GET /path`, `ANY /path` and `$default`, as those of operations are. */
function operationsOf(routes: readonly Route[], integrations: readonly Integration[]): ApiOperations {
  const all = new Map<string, ApiOperation>()
  for (const { RouteKey = '', Target } of routes) {
    const integration = integrations.find(({ IntegrationId }) => `integrations/${IntegrationId}` === Target)
    all.set(RouteKey, operationFrom(extensionOf(integration ?? {}), httpTimeoutMs))
  }
  return all
}

function extensionOf(one: Integration): Parameters<typeof operationFrom>[0] {
  const extension = {
    uri: one.IntegrationUri,
    connectionId: one.ConnectionId,
    connectionType: one.ConnectionType,
    type: one.IntegrationType,
    httpMethod: one.IntegrationMethod,
    credentials: one.CredentialsArn,
    timeoutInMillis: one.TimeoutInMillis,
    payloadFormatVersion: one.PayloadFormatVersion,
    requestParameters: one.RequestParameters,
    tlsConfig: one.TlsConfig && { serverNameToVerify: one.TlsConfig.ServerNameToVerify },
  }
  return JSON.parse(JSON.stringify(extension)) as Parameters<typeof operationFrom>[0]
}
