import type { GetExportCommandInput, GetExportCommandOutput, Integration, Method } from '@aws-sdk/client-api-gateway'
import { stringify } from 'yaml'
import type { Operation } from '../operation.ts'
import { findApi, findDeployment, findStage } from './find.ts'
import { badRequest } from './invalid.ts'
import type { Api, ResourceRecord, StageRecord } from './state.ts'

/** What a stage serves, as OpenAPI: its deployment, not the working API. `extensions=integrations` shows where it goes. */
export const getExport: Operation<GetExportCommandInput, GetExportCommandOutput> = (world, input) => {
  const api = findApi(world, input.restApiId)
  const stage = findStage(api, input.stageName)
  const { exportType = '', accepts = 'application/json' } = input
  if (exportType !== 'oas30' && exportType !== 'swagger') throw badRequest(`Export type ${exportType} not supported`)
  const extensions = (input.parameters?.extensions ?? '').split(',')
  const withIntegrations = extensions.includes('integrations') || extensions.includes('apigateway')
  const { resources } = findDeployment(api, stage.deploymentId)
  const paths = Object.fromEntries(
    resources.flatMap((resource) => {
      const methods = operationsOf(resource, withIntegrations)
      return Object.keys(methods).length > 0 ? [[resource.path, methods] as const] : []
    }),
  )
  const document = { ...headOf(api, stage, world.region)[exportType], paths }
  const yaml = accepts.endsWith('yaml')
  const text = yaml ? stringify(document) : JSON.stringify(document, null, 2)
  return {
    contentType: yaml ? 'application/yaml' : 'application/json',
    contentDisposition: `attachment; filename="${exportType}_${stage.stageName}.${yaml ? 'yaml' : 'json'}"`,
    body: Buffer.from(text) as unknown as NonNullable<GetExportCommandOutput['body']>,
  }
}

function headOf({ id, record }: Api, { stageName, createdDate }: StageRecord, region: string) {
  const info = { title: record.name, version: createdDate?.toISOString().slice(0, 19) + 'Z' }
  const host = `${id}.execute-api.${region}.amazonaws.com`
  return {
    oas30: {
      openapi: '3.0.1',
      info,
      servers: [{ url: `https://${host}/{basePath}`, variables: { basePath: { default: stageName } } }],
    },
    swagger: { swagger: '2.0', info, host, basePath: `/${stageName}`, schemes: ['https'] },
  }
}

function operationsOf({ resourceMethods = {} }: ResourceRecord, withIntegrations: boolean): Record<string, object> {
  return Object.fromEntries(
    Object.entries(resourceMethods).map(([verb, method]) => [
      verb === 'ANY' ? 'x-amazon-apigateway-any-method' : verb.toLowerCase(),
      operationOf(method, withIntegrations),
    ]),
  )
}

function operationOf({ requestParameters, methodIntegration }: Method, withIntegrations: boolean): object {
  const parameters = Object.entries(requestParameters ?? {}).map(([name, required]) => {
    const [, , place, ...rest] = name.split('.')
    return { name: rest.join('.'), in: place === 'querystring' ? 'query' : place, required, schema: { type: 'string' } }
  })
  return {
    ...(parameters.length > 0 && { parameters }),
    ...(withIntegrations && methodIntegration && { 'x-amazon-apigateway-integration': extensionOf(methodIntegration) }),
  }
}

function extensionOf(integration: Integration): object {
  const { type, httpMethod, uri, connectionType, connectionId, passthroughBehavior, timeoutInMillis } = integration
  const { requestParameters, requestTemplates, credentials } = integration
  return {
    type: type?.toLowerCase(),
    ...(connectionId && { connectionId }),
    ...(httpMethod && { httpMethod }),
    ...(uri && { uri }),
    ...(credentials && { credentials }),
    ...(requestParameters && { requestParameters }),
    ...(requestTemplates && { requestTemplates }),
    passthroughBehavior: passthroughBehavior?.toLowerCase(),
    ...(connectionType === 'VPC_LINK' && { connectionType }),
    ...(timeoutInMillis !== 29_000 && { timeoutInMillis }),
  }
}
