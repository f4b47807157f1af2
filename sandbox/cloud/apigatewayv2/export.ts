import type { ExportApiCommandInput, ExportApiCommandOutput } from '@aws-sdk/client-apigatewayv2'
import { stringify } from 'yaml'
import { badRequest } from '../apigateway/invalid.ts'
import type { Operation } from '../operation.ts'
import { find, findApi } from './find.ts'
import type { HttpApi, IntegrationRecord, RouteRecord } from './state.ts'

/** The working API as OpenAPI, or, where a stage is named, what that stage serves. */
export const exportApi: Operation<ExportApiCommandInput, ExportApiCommandOutput> = (world, input) => {
  const api = findApi(world, input.ApiId)
  const { Specification, OutputType, IncludeExtensions = true } = input
  if (Specification !== 'OAS30') throw badRequest('Specification must be OAS30')
  if (OutputType !== 'JSON' && OutputType !== 'YAML') throw badRequest('OutputType must be YAML or JSON')
  const { routes, integrations } = input.StageName === undefined ? workingOf(api) : servedBy(api, input.StageName)
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const [verb = '', path = '/$default'] = route.RouteKey.split(' ')
    const integration = integrations.get(route.Target?.replace(/^integrations\//, '') ?? '')
    const method = ['ANY', '$default'].includes(verb) ? 'x-amazon-apigateway-any-method' : verb.toLowerCase()
    paths[path] = { ...paths[path], [method]: operationOf(route, integration, IncludeExtensions) }
  }
  const info = { title: api.record.Name, version: api.record.CreatedDate?.toISOString().replace(/\.\d+/, '') }
  const document = { openapi: '3.0.1', info, paths }
  const text = OutputType === 'YAML' ? stringify(document) : JSON.stringify(document, null, 2)
  return { body: Buffer.from(text) as unknown as NonNullable<ExportApiCommandOutput['body']> }
}

const workingOf = ({ routes, integrations }: HttpApi) => ({ routes: [...routes.values()], integrations })

function servedBy(api: HttpApi, stageName: string) {
  return find('Deployment', api.deployments, find('Stage', api.stages, stageName).DeploymentId)
}

function operationOf(
  { RouteKey }: RouteRecord,
  integration: IntegrationRecord | undefined,
  extensions: boolean,
): object {
  return {
    responses: { default: { description: `Default response for ${RouteKey}` } },
    ...(extensions && RouteKey === '$default' && { isDefaultRoute: true }),
    ...(extensions && integration && { 'x-amazon-apigateway-integration': extensionOf(integration) }),
  }
}

function extensionOf(integration: IntegrationRecord): object {
  const { PayloadFormatVersion, IntegrationType, IntegrationMethod, IntegrationUri } = integration
  const { ConnectionId, ConnectionType, TimeoutInMillis, RequestParameters, CredentialsArn, TlsConfig } = integration
  return {
    ...(PayloadFormatVersion && { payloadFormatVersion: PayloadFormatVersion }),
    ...(ConnectionId && { connectionId: ConnectionId }),
    type: IntegrationType?.toLowerCase(),
    ...(IntegrationMethod && { httpMethod: IntegrationMethod }),
    ...(IntegrationUri && { uri: IntegrationUri }),
    ...(CredentialsArn && { credentials: CredentialsArn }),
    ...(RequestParameters && { requestParameters: RequestParameters }),
    ...(TlsConfig && { tlsConfig: { serverNameToVerify: TlsConfig.ServerNameToVerify } }),
    ...(ConnectionType && { connectionType: ConnectionType }),
    ...(TimeoutInMillis !== undefined && { timeoutInMillis: TimeoutInMillis }),
  }
}
