import type {
  CreateIntegrationCommandInput,
  CreateIntegrationCommandOutput,
  DeleteIntegrationCommandInput,
  DeleteIntegrationCommandOutput,
  GetIntegrationCommandInput,
  GetIntegrationCommandOutput,
  GetIntegrationsCommandInput,
  GetIntegrationsCommandOutput,
  UpdateIntegrationCommandInput,
  UpdateIntegrationCommandOutput,
} from '@aws-sdk/client-apigatewayv2'
import { newId } from '../apigateway/ids.ts'
import { badRequest, conflict } from '../apigateway/invalid.ts'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { autoDeploy } from './deployments.ts'
import { find, findApi } from './find.ts'
import { given, page } from './pages.ts'
import type { IntegrationRecord } from './state.ts'

export const createIntegration: Operation<CreateIntegrationCommandInput, CreateIntegrationCommandOutput> = (
  world,
  input,
) => {
  const { ApiId, ...rest } = input
  const api = findApi(world, ApiId)
  const integration: IntegrationRecord = {
    ...ofHttpApis(rest),
    IntegrationId: newId(6),
    ConnectionType: input.ConnectionType ?? 'INTERNET',
    PayloadFormatVersion: input.PayloadFormatVersion ?? '1.0',
    TimeoutInMillis: input.TimeoutInMillis ?? 30_000,
  }
  requireValid(world, integration)
  api.integrations.set(integration.IntegrationId, integration)
  autoDeploy(api)
  return integration
}

/** What is for WebSocket APIs alone is accepted and forgotten: the AWS provider sends it and reads nothing of it. */
function ofHttpApis<Input extends { PassthroughBehavior?: unknown }>(input: Input): Omit<Input, 'PassthroughBehavior'> {
  const { PassthroughBehavior: _, ...rest } = input
  return rest
}

function requireValid(world: World, integration: IntegrationRecord): void {
  const { IntegrationType, IntegrationMethod, IntegrationUri = '', TimeoutInMillis = 0 } = integration
  if (IntegrationType !== 'HTTP_PROXY') throw badRequest('The sandbox serves integrations of type HTTP_PROXY alone')
  if (!IntegrationMethod) throw badRequest('HttpMethod must be specified for HTTP_PROXY integrations')
  if (TimeoutInMillis < 50 || TimeoutInMillis > 30_000) {
    throw badRequest('Timeout should be between 50 ms and 30000 ms')
  }
  if (integration.ConnectionType !== 'VPC_LINK') return
  if (!world.apigatewayv2.vpcLinks.has(integration.ConnectionId ?? '')) {
    throw badRequest('ConnectionId must be a valid VPC link ID')
  }
  if (!/^arn:[\w-]+:elasticloadbalancing:[\w-]+:\d+:listener\//.test(IntegrationUri)) {
    throw badRequest('Invalid integration URI specified: it must be the ARN of a load balancer listener')
  }
}

export const getIntegration: Operation<GetIntegrationCommandInput, GetIntegrationCommandOutput> = (world, input) =>
  find('Integration', findApi(world, input.ApiId).integrations, input.IntegrationId)

export const getIntegrations: Operation<GetIntegrationsCommandInput, GetIntegrationsCommandOutput> = (world, input) =>
  page([...findApi(world, input.ApiId).integrations.values()], input)

export const updateIntegration: Operation<UpdateIntegrationCommandInput, UpdateIntegrationCommandOutput> = (
  world,
  input,
) => {
  const { ApiId, IntegrationId, ...changes } = input
  const api = findApi(world, ApiId)
  const before = find('Integration', api.integrations, IntegrationId)
  const integration: IntegrationRecord = { ...before, ...given(ofHttpApis(changes)) }
  requireValid(world, integration)
  api.integrations.set(integration.IntegrationId, integration)
  autoDeploy(api)
  return integration
}

export const deleteIntegration: Operation<DeleteIntegrationCommandInput, DeleteIntegrationCommandOutput> = (
  world,
  input,
) => {
  const api = findApi(world, input.ApiId)
  const { IntegrationId } = find('Integration', api.integrations, input.IntegrationId)
  const user = [...api.routes.values()].find(({ Target }) => Target === `integrations/${IntegrationId}`)
  if (user) {
    throw conflict(
      `Cannot delete Integration '${IntegrationId}' because it is referenced by Route '${user.RouteKey}' with id '${user.RouteId}'.`,
    )
  }
  api.integrations.delete(IntegrationId)
  return {}
}
