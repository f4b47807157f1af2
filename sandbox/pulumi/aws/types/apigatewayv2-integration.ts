import {
  CreateIntegrationCommand,
  DeleteIntegrationCommand,
  GetIntegrationCommand,
  UpdateIntegrationCommand,
  type CreateIntegrationCommandInput,
} from '@aws-sdk/client-apigatewayv2'
import type { apigatewayv2 } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { importParts } from '../import-id.ts'
import { unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { computed, map, number, output, regional, replaces, required, text } from '../schema.ts'

type State = Unwrap<apigatewayv2.IntegrationState>

/** Imported as `API-ID/INTEGRATION-ID`. */
export const apigatewayv2Integration = resourceType<State>({
  token: 'aws:apigatewayv2/integration:Integration',
  label: 'API Gateway v2 Integration',
  schema: {
    ...regional,
    apiId: { ...text, ...required, ...replaces },
    connectionId: text,
    connectionType: { ...text, default: 'INTERNET' },
    contentHandlingStrategy: text,
    credentialsArn: text,
    description: text,
    integrationMethod: text,
    integrationResponseSelectionExpression: { ...text, ...output },
    integrationSubtype: { ...text, ...replaces },
    integrationType: { ...text, ...required, ...replaces },
    integrationUri: text,
    // Of WebSocket APIs.
    passthroughBehavior: { ...text, default: 'WHEN_NO_MATCH', appliesTo: () => false },
    payloadFormatVersion: { ...text, default: '1.0' },
    requestParameters: map,
    requestTemplates: map,
    responseParameters: { type: 'set', unsupported: true },
    templateSelectionExpression: text,
    timeoutMilliseconds: { ...number, ...computed, range: [50, 30_000] },
    tlsConfig: { type: 'object', fields: { serverNameToVerify: text } },
  },

  async create(aws, planned) {
    const input = {
      ...toInput(planned),
      ConnectionType: planned.connectionType,
      IntegrationType: planned.integrationType,
    }
    const command = new CreateIntegrationCommand(input as CreateIntegrationCommandInput)
    const { IntegrationId = '' } = await aws.apigatewayv2(command)
    return IntegrationId
  },

  imported(given) {
    const [apiId = '', id = ''] = importParts(given, 'API-ID/INTEGRATION-ID')
    return { id, known: { apiId } }
  },

  async read(aws, id, { apiId }) {
    const get = new GetIntegrationCommand({ ApiId: apiId, IntegrationId: id })
    const found = await unlessMissing(aws.apigatewayv2(get), 'NotFound')
    if (!found) return undefined
    return present({
      apiId,
      connectionId: found.ConnectionId,
      connectionType: found.ConnectionType,
      credentialsArn: found.CredentialsArn,
      description: found.Description,
      integrationMethod: found.IntegrationMethod,
      integrationSubtype: found.IntegrationSubtype,
      integrationType: found.IntegrationType,
      integrationUri: found.IntegrationUri,
      payloadFormatVersion: found.PayloadFormatVersion,
      requestParameters: found.RequestParameters,
      requestTemplates: found.RequestTemplates,
      templateSelectionExpression: found.TemplateSelectionExpression,
      timeoutMilliseconds: found.TimeoutInMillis,
      tlsConfig: found.TlsConfig && { serverNameToVerify: found.TlsConfig.ServerNameToVerify },
    })
  },

  /** The whole of what may change, as the official provider sends it. */
  async update(aws, id, planned) {
    await aws.apigatewayv2(new UpdateIntegrationCommand({ ...toInput(planned), IntegrationId: id }))
  },

  async delete(aws, id, { apiId }) {
    const remove = new DeleteIntegrationCommand({ ApiId: apiId, IntegrationId: id })
    await unlessMissing(aws.apigatewayv2(remove), 'NotFound')
  },
})

function toInput(planned: State) {
  return {
    ApiId: planned.apiId,
    ConnectionId: planned.connectionId,
    CredentialsArn: planned.credentialsArn,
    Description: planned.description,
    IntegrationMethod: planned.integrationMethod,
    IntegrationSubtype: planned.integrationSubtype,
    IntegrationUri: planned.integrationUri,
    PayloadFormatVersion: planned.payloadFormatVersion,
    RequestParameters: planned.requestParameters,
    RequestTemplates: planned.requestTemplates,
    TemplateSelectionExpression: planned.templateSelectionExpression,
    TimeoutInMillis: planned.timeoutMilliseconds,
    TlsConfig: planned.tlsConfig && { ServerNameToVerify: planned.tlsConfig.serverNameToVerify },
  }
}

const present = (state: State): State =>
  Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined))
