import {
  CreateRouteCommand,
  DeleteRouteCommand,
  GetRouteCommand,
  UpdateRouteCommand,
  type CreateRouteCommandInput,
} from '@aws-sdk/client-apigatewayv2'
import type { apigatewayv2 } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { importParts } from '../import-id.ts'
import { unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { flag, map, regional, replaces, required, text, texts } from '../schema.ts'

type State = Unwrap<apigatewayv2.RouteState>

/** Imported as `API-ID/ROUTE-ID`. */
export const apigatewayv2Route = resourceType<State>({
  token: 'aws:apigatewayv2/route:Route',
  label: 'API Gateway v2 Route',
  schema: {
    ...regional,
    apiId: { ...text, ...required, ...replaces },
    apiKeyRequired: flag,
    authorizationScopes: texts,
    authorizationType: { ...text, default: 'NONE' },
    authorizerId: text,
    modelSelectionExpression: text,
    operationName: text,
    requestModels: map,
    requestParameters: { type: 'set', unsupported: true },
    routeKey: { ...text, ...required },
    routeResponseSelectionExpression: text,
    target: text,
  },

  async create(aws, planned) {
    const { RouteId = '' } = await aws.apigatewayv2(new CreateRouteCommand(toInput(planned)))
    return RouteId
  },

  imported(given) {
    const [apiId = '', id = ''] = importParts(given, 'API-ID/ROUTE-ID')
    return { id, known: { apiId } }
  },

  async read(aws, id, { apiId }) {
    const found = await unlessMissing(aws.apigatewayv2(new GetRouteCommand({ ApiId: apiId, RouteId: id })), 'NotFound')
    if (!found) return undefined
    const { AuthorizerId, OperationName, AuthorizationScopes, Target } = found
    return {
      apiId,
      apiKeyRequired: found.ApiKeyRequired,
      authorizationType: found.AuthorizationType,
      routeKey: found.RouteKey,
      ...(AuthorizationScopes?.length && { authorizationScopes: AuthorizationScopes }),
      ...(AuthorizerId && { authorizerId: AuthorizerId }),
      ...(OperationName && { operationName: OperationName }),
      ...(Target && { target: Target }),
    }
  },

  async update(aws, id, planned) {
    await aws.apigatewayv2(new UpdateRouteCommand({ ...toInput(planned), RouteId: id }))
  },

  async delete(aws, id, { apiId }) {
    await unlessMissing(aws.apigatewayv2(new DeleteRouteCommand({ ApiId: apiId, RouteId: id })), 'NotFound')
  },
})

function toInput(planned: State): CreateRouteCommandInput {
  return {
    ApiId: planned.apiId,
    RouteKey: planned.routeKey,
    Target: planned.target,
    ApiKeyRequired: planned.apiKeyRequired,
    AuthorizationScopes: planned.authorizationScopes,
    AuthorizationType: planned.authorizationType as CreateRouteCommandInput['AuthorizationType'],
    AuthorizerId: planned.authorizerId,
    ModelSelectionExpression: planned.modelSelectionExpression,
    OperationName: planned.operationName,
    RequestModels: planned.requestModels,
    RouteResponseSelectionExpression: planned.routeResponseSelectionExpression,
  }
}
