import {
  CreateIntegrationCommand,
  DeleteIntegrationCommand,
  GetIntegrationCommand,
  UpdateIntegrationCommand,
  type CreateIntegrationCommandInput,
  type IntegrationType,
  type UpdateIntegrationCommandInput,
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
    // Of WebSocket APIs; of an HTTP API the official provider reads an empty one.
    passthroughBehavior: {
      ...text,
      default: 'WHEN_NO_MATCH',
      oneOf: ['WHEN_NO_MATCH', 'NEVER', 'WHEN_NO_TEMPLATES'],
      same: (before, after) => before === after || (before === '' && after === 'WHEN_NO_MATCH'),
    },
    payloadFormatVersion: { ...text, default: '1.0' },
    requestParameters: map,
    requestTemplates: map,
    responseParameters: { type: 'set', unsupported: true },
    templateSelectionExpression: text,
    timeoutMilliseconds: { ...number, ...computed, range: [50, 30_000] },
    tlsConfig: { type: 'object', fields: { serverNameToVerify: text } },
  },

  async create(aws, planned) {
    const { IntegrationId = '' } = await aws.apigatewayv2(new CreateIntegrationCommand(toInput(planned)))
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
      passthroughBehavior: found.PassthroughBehavior ?? '',
      payloadFormatVersion: found.PayloadFormatVersion,
      requestParameters: found.RequestParameters,
      requestTemplates: found.RequestTemplates,
      templateSelectionExpression: found.TemplateSelectionExpression,
      timeoutMilliseconds: found.TimeoutInMillis,
      tlsConfig: found.TlsConfig && { serverNameToVerify: found.TlsConfig.ServerNameToVerify },
    })
  },

  /** What changed, and type and subtype always, as the official provider does. */
  async update(aws, id, planned, changed) {
    const { apiId, integrationType, integrationSubtype } = planned
    const input: UpdateIntegrationCommandInput = {
      ApiId: apiId,
      IntegrationId: id,
      IntegrationType: integrationType as IntegrationType,
      IntegrationSubtype: integrationSubtype,
      ...changesIn(planned, changed),
    }
    await aws.apigatewayv2(new UpdateIntegrationCommand(input))
  },

  async delete(aws, id, { apiId }) {
    const remove = new DeleteIntegrationCommand({ ApiId: apiId, IntegrationId: id })
    await unlessMissing(aws.apigatewayv2(remove), 'NotFound')
  },
})

/** Texts, by what requests call them. */
const texts = {
  connectionId: 'ConnectionId',
  connectionType: 'ConnectionType',
  contentHandlingStrategy: 'ContentHandlingStrategy',
  credentialsArn: 'CredentialsArn',
  description: 'Description',
  integrationMethod: 'IntegrationMethod',
  integrationUri: 'IntegrationUri',
  passthroughBehavior: 'PassthroughBehavior',
  payloadFormatVersion: 'PayloadFormatVersion',
  templateSelectionExpression: 'TemplateSelectionExpression',
} as const satisfies Partial<Record<keyof State, keyof UpdateIntegrationCommandInput>>

/** For a new one: the official provider leaves out what is empty. */
function toInput(planned: State): CreateIntegrationCommandInput {
  const given = Object.keys(texts).filter((name) => planned[name as keyof State])
  return {
    ApiId: planned.apiId,
    IntegrationType: planned.integrationType as IntegrationType,
    IntegrationSubtype: planned.integrationSubtype,
    ...changesIn(planned, new Set([...given, ...structures] as (keyof State)[])),
  }
}

const structures = ['requestParameters', 'requestTemplates', 'timeoutMilliseconds', 'tlsConfig'] as const

/** A text that is no more is sent empty. */
function changesIn(planned: State, changed: ReadonlySet<keyof State>) {
  const named = Object.entries(texts).filter(([name]) => changed.has(name as keyof State))
  const { requestParameters, requestTemplates, timeoutMilliseconds, tlsConfig } = planned
  return {
    ...Object.fromEntries(named.map(([name, member]) => [member, planned[name as keyof typeof texts] ?? ''])),
    ...(changed.has('requestParameters') && { RequestParameters: requestParameters }),
    ...(changed.has('requestTemplates') && { RequestTemplates: requestTemplates }),
    ...(changed.has('timeoutMilliseconds') && { TimeoutInMillis: timeoutMilliseconds }),
    ...(changed.has('tlsConfig') && {
      TlsConfig: tlsConfig && { ServerNameToVerify: tlsConfig.serverNameToVerify },
    }),
  }
}

const present = (state: State): State =>
  Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined))
