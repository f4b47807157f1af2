import {
  CreateStageCommand,
  DeleteStageCommand,
  GetStageCommand,
  UpdateStageCommand,
  type CreateStageCommandInput,
} from '@aws-sdk/client-apigatewayv2'
import type { apigatewayv2 } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { importParts } from '../import-id.ts'
import { unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { computed, flag, map, number, output, replaces, required, tagged, text } from '../schema.ts'
import { apigatewayv2Tagging } from '../tags.ts'

type State = Unwrap<apigatewayv2.StageState>

const routeSettings = {
  dataTraceEnabled: flag,
  detailedMetricsEnabled: flag,
  loggingLevel: { ...text, ...computed },
  throttlingBurstLimit: number,
  throttlingRateLimit: number,
} as const

/** Its id is its name, which is unique within an API only; imported as `API-ID/STAGE-NAME`. */
export const apigatewayv2Stage = resourceType<State>({
  token: 'aws:apigatewayv2/stage:Stage',
  label: 'API Gateway v2 Stage',
  tagging: apigatewayv2Tagging,
  schema: {
    ...tagged,
    accessLogSettings: {
      type: 'object',
      fields: { destinationArn: { ...text, ...required }, format: { ...text, ...required } },
    },
    apiId: { ...text, ...required, ...replaces },
    arn: { ...text, ...output },
    autoDeploy: flag,
    clientCertificateId: text,
    defaultRouteSettings: { type: 'object', keepsWhenAbsent: true, fields: routeSettings },
    deploymentId: { ...text, ...computed },
    description: text,
    executionArn: { ...text, ...output },
    invokeUrl: { ...text, ...output },
    name: { ...text, ...replaces, autoName: 128 },
    routeSettings: { type: 'set', unsupported: true },
    stageVariables: map,
  },

  async create(aws, planned) {
    const input = { ...toInput(planned), Tags: planned.tagsAll, AutoDeploy: planned.autoDeploy }
    await aws.apigatewayv2(new CreateStageCommand(input))
    return planned.name ?? ''
  },

  imported(given) {
    const [apiId = '', id = ''] = importParts(given, 'API-ID/STAGE-NAME')
    return { id, known: { apiId, name: id } }
  },

  async read(aws, id, { apiId }) {
    const found = await unlessMissing(
      aws.apigatewayv2(new GetStageCommand({ ApiId: apiId, StageName: id })),
      'NotFound',
    )
    if (!found) return undefined
    const { AccessLogSettings: log, DefaultRouteSettings: route, StageVariables: variables, DeploymentId } = found
    const url = `https://${apiId}.execute-api.${aws.region}.amazonaws.com/`
    return {
      apiId,
      name: id,
      autoDeploy: found.AutoDeploy ?? false,
      arn: `arn:${aws.partition}:apigateway:${aws.region}::/apis/${apiId}/stages/${id}`,
      executionArn: `arn:${aws.partition}:execute-api:${aws.region}:${await aws.accountId()}:${apiId}/${id}`,
      invokeUrl: id === '$default' ? url : url + id,
      ...(DeploymentId && { deploymentId: DeploymentId }),
      ...(found.Description && { description: found.Description }),
      ...(found.ClientCertificateId && { clientCertificateId: found.ClientCertificateId }),
      ...(variables && Object.keys(variables).length > 0 && { stageVariables: variables }),
      ...(log && { accessLogSettings: { destinationArn: log.DestinationArn ?? '', format: log.Format ?? '' } }),
      ...(route && {
        defaultRouteSettings: {
          dataTraceEnabled: route.DataTraceEnabled,
          detailedMetricsEnabled: route.DetailedMetricsEnabled,
          throttlingBurstLimit: route.ThrottlingBurstLimit,
          throttlingRateLimit: route.ThrottlingRateLimit,
        },
      }),
    }
  },

  /** What changed, as the official provider does: a stage that deploys by itself takes no deployment from anybody. */
  async update(aws, _id, planned, changed) {
    const { ApiId, StageName, ...input } = toInput(planned)
    const names = [...changed].flatMap((name) => members[name] ?? [])
    if (names.length === 0 && !changed.has('autoDeploy')) return
    await aws.apigatewayv2(
      new UpdateStageCommand({
        ApiId,
        StageName,
        ...Object.fromEntries(names.map((name) => [name, input[name]])),
        ...(changed.has('autoDeploy') && { AutoDeploy: planned.autoDeploy ?? false }),
      }),
    )
  },

  async delete(aws, id, { apiId }) {
    await unlessMissing(aws.apigatewayv2(new DeleteStageCommand({ ApiId: apiId, StageName: id })), 'NotFound')
  },
})

/** By property, what requests call it. */
const members: { readonly [Name in keyof State]?: keyof Omit<CreateStageCommandInput, 'ApiId' | 'StageName'> } = {
  accessLogSettings: 'AccessLogSettings',
  clientCertificateId: 'ClientCertificateId',
  defaultRouteSettings: 'DefaultRouteSettings',
  deploymentId: 'DeploymentId',
  description: 'Description',
  stageVariables: 'StageVariables',
}

function toInput(planned: State): CreateStageCommandInput {
  const { accessLogSettings: log, defaultRouteSettings: route } = planned
  return {
    ApiId: planned.apiId,
    StageName: planned.name,
    ClientCertificateId: planned.clientCertificateId,
    DeploymentId: planned.deploymentId,
    Description: planned.description,
    StageVariables: planned.stageVariables,
    AccessLogSettings: log && { DestinationArn: log.destinationArn, Format: log.format },
    DefaultRouteSettings: route && {
      DataTraceEnabled: route.dataTraceEnabled,
      DetailedMetricsEnabled: route.detailedMetricsEnabled,
      ThrottlingBurstLimit: route.throttlingBurstLimit,
      ThrottlingRateLimit: route.throttlingRateLimit,
    },
  }
}
