import type { HttpDeployment, HttpStage, IntegrationRecord, RouteRecord } from '../../cloud/apigatewayv2/state.ts'
import type { World } from '../../cloud/world.ts'
import { notFound, serviceUnavailable } from './answers.ts'
import type { Decision, GatewayRequest } from './call.ts'
import { bySpecificity, matchPath } from './paths.ts'

/** What a host of API Gateway has of a stage of an HTTP API. */
export interface HttpStageView {
  readonly kind: 'http'
  readonly apiId: string
  readonly stage: HttpStage
  readonly deployment: HttpDeployment
}

interface Match {
  readonly route: RouteRecord
  readonly variables: Record<string, string>
}

/** Where the route of the request goes: the listener whose ARN is the integration's URI. */
export function decideHttp({ stage, deployment }: HttpStageView, request: GatewayRequest, world: World): Decision {
  const match = find(deployment, request)
  const id = match?.route.Target?.replace(/^integrations\//, '')
  const integration = id === undefined ? undefined : deployment.integrations.get(id)
  if (!match || !integration) return { own: notFound }
  const listener = world.elbv2.listeners.get(integration.IntegrationUri ?? '')
  const link = world.apigatewayv2.vpcLinks.get(integration.ConnectionId ?? '')
  if (!listener || link?.VpcLinkStatus !== 'AVAILABLE') return { own: serviceUnavailable }
  const { IntegrationMethod: method = 'ANY', TimeoutInMillis = 30_000 } = integration
  const path = pathOf(integration, stage, request, match.variables)
  return {
    call: {
      loadBalancerArn: listener.loadBalancerArn,
      port: listener.port,
      method: method === 'ANY' ? request.method : method,
      path: `${path}${request.query === '' ? '' : `?${request.query}`}`,
      host: request.headers.host ?? '',
      headers: { via: 'HTTP/1.1 AmazonAPIGateway' },
      timeoutSeconds: TimeoutInMillis / 1000,
    },
  }
}

const sorted = new WeakMap<HttpDeployment, readonly { readonly path: string; readonly route: RouteRecord }[]>()

/** The most specific path, a method of its own before ANY, and `$default` last. */
function find(deployment: HttpDeployment, { method, path }: GatewayRequest): Match | undefined {
  const routes = sorted.get(deployment) ?? inOrder(deployment)
  sorted.set(deployment, routes)
  for (const { path: pattern, route } of routes) {
    const [verb] = route.RouteKey.split(' ')
    const variables = verb === method || verb === 'ANY' ? matchPath(pattern, path) : undefined
    if (variables) return { route, variables }
  }
  const fallback = deployment.routes.find(({ RouteKey }) => RouteKey === '$default')
  return fallback && { route: fallback, variables: {} }
}

function inOrder({ routes }: HttpDeployment) {
  const isAny = ({ route }: { route: RouteRecord }) => Number(route.RouteKey.startsWith('ANY '))
  return routes
    .filter(({ RouteKey }) => RouteKey !== '$default')
    .map((route) => ({ path: route.RouteKey.split(' ')[1] ?? '/', route }))
    .sort((a, b) => bySpecificity(a, b) || isAny(a) - isAny(b))
}

/** The name of a stage stays in the path (API Gateway guide, private integrations), unless a mapping overwrites it. */
function pathOf(
  { RequestParameters }: IntegrationRecord,
  { StageName }: HttpStage,
  { path }: GatewayRequest,
  variables: Record<string, string>,
): string {
  const overwrite = RequestParameters?.['overwrite:path']
  if (overwrite === undefined) return StageName === '$default' ? path : `/${StageName}${path}`
  return overwrite.replace(/\$\{?request\.path(?:\.(\w+))?\}?/g, (_, name: string | undefined) =>
    name === undefined ? path : (variables[name] ?? ''),
  )
}
