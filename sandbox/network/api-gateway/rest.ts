import type { Integration, Method } from '@aws-sdk/client-api-gateway'
import type { DeploymentRecord, ResourceRecord, StageRecord } from '../../cloud/apigateway/state.ts'
import type { World } from '../../cloud/world.ts'
import { WeightedChoice } from '../weights.ts'
import { internalError, missingToken } from './answers.ts'
import type { Decision, GatewayRequest } from './call.ts'
import { bySpecificity, matchPath } from './paths.ts'

/** What a host of API Gateway has of a stage of a REST API: the stage, and the snapshots of its deployments. */
export interface RestStage {
  readonly kind: 'rest'
  readonly apiId: string
  readonly stage: StageRecord
  readonly deployment: DeploymentRecord
  /** The canary's; undefined: the stage has none. */
  readonly canary: DeploymentRecord | undefined
}

interface Match {
  readonly method: Method
  readonly integration: Integration
  readonly pathVariables: Record<string, string>
}

interface Side {
  readonly deployment: DeploymentRecord
  readonly variables: Readonly<Record<string, string>>
}

/** Which side of the stage answers, what it has at the path, and where that is. */
export function decideRest(served: RestStage, request: GatewayRequest, world: World): Decision {
  const { deployment, variables } = sideOf(served)
  const match = find(deployment, request)
  if (!match) return { own: missingToken }
  return integrationCall(match, variables, request, world)
}

const choices = new WeakMap<object, WeightedChoice>()

/** Per request; AWS draws by chance, here every round of the percentage is exact. Changed settings start a new round. */
function sideOf({ stage, deployment, canary }: RestStage): Side {
  const { canarySettings, variables = {} } = stage
  if (!canarySettings || !canary) return { deployment, variables }
  const percent = canarySettings.percentTraffic ?? 0
  const choice =
    choices.get(canarySettings) ??
    new WeightedChoice([
      { arn: 'base', weight: Math.round((100 - percent) * 100) },
      { arn: 'canary', weight: Math.round(percent * 100) },
    ])
  choices.set(canarySettings, choice)
  if (choice.next() !== 'canary') return { deployment, variables }
  return { deployment: canary, variables: { ...variables, ...canarySettings.stageVariableOverrides } }
}

const sorted = new WeakMap<DeploymentRecord, readonly ResourceRecord[]>()

function find(deployment: DeploymentRecord, { path, method: verb }: GatewayRequest): Match | undefined {
  const resources = sorted.get(deployment) ?? [...deployment.resources].sort(bySpecificity)
  sorted.set(deployment, resources)
  for (const resource of resources) {
    const method = resource.resourceMethods?.[verb] ?? resource.resourceMethods?.ANY
    const integration = method?.methodIntegration
    const pathVariables = integration && matchPath(resource.path, path)
    if (method && integration && pathVariables) return { method, integration, pathVariables }
  }
  return undefined
}

function integrationCall(
  { integration, pathVariables }: Match,
  variables: Side['variables'],
  request: GatewayRequest,
  world: World,
): Decision {
  const fill = (text: string) =>
    text.replace(/\$\{stageVariables\.(\w+)\}/g, (_, name: string) => variables[name] ?? '')
  const mapped = mapParameters(integration.requestParameters ?? {}, { request, pathVariables, variables })
  const filled = fill(integration.uri ?? '').replace(/\{([\w.:-]+)\+?\}/g, (_, name: string) => mapped.path[name] ?? '')
  const uri = URL.canParse(filled) ? new URL(filled) : undefined
  const target = uri && targetOf(integration, fill(integration.connectionId ?? ''), uri, world)
  if (!uri || !target) return { own: internalError }
  const query = [uri.search.slice(1), request.query, mapped.query].filter((part) => part !== '').join('&')
  const method = integration.httpMethod ?? 'ANY'
  return {
    call: {
      ...target,
      method: method === 'ANY' ? request.method : method,
      path: `${uri.pathname}${query === '' ? '' : `?${query}`}`,
      host: uri.host,
      headers: mapped.headers,
      timeoutSeconds: (integration.timeoutInMillis ?? 29_000) / 1000,
    },
  }
}

interface Sources {
  readonly request: GatewayRequest
  readonly pathVariables: Record<string, string>
  readonly variables: Side['variables']
}

interface Mapped {
  readonly path: Record<string, string>
  readonly headers: Record<string, string>
  query: string
}

/** `integration.request.PLACE.NAME` from the method's request, a stage variable or a text in quotes. */
function mapParameters(parameters: Readonly<Record<string, string>>, sources: Sources): Mapped {
  const mapped: Mapped = { path: {}, headers: {}, query: '' }
  for (const [to, from] of Object.entries(parameters)) {
    const [, , place, ...rest] = to.split('.')
    const name = rest.join('.')
    const value = sourceOf(from, sources)
    if (value === undefined) continue
    if (place === 'path') mapped.path[name] = value
    if (place === 'header') mapped.headers[name.toLowerCase()] = value
    if (place === 'querystring') mapped.query += `${mapped.query && '&'}${name}=${encodeURIComponent(value)}`
  }
  return mapped
}

function sourceOf(from: string, { request, pathVariables, variables }: Sources): string | undefined {
  const text = /^'(.*)'$/.exec(from)?.[1]
  if (text !== undefined) return text
  const [origin, , place, ...rest] = from.split('.')
  if (origin === 'stageVariables') return variables[from.slice('stageVariables.'.length)]
  const name = rest.join('.')
  if (place === 'path') return pathVariables[name]
  if (place === 'header') return [request.headers[name.toLowerCase()] ?? []].flat()[0]
  return new URLSearchParams(request.query).get(name) ?? undefined
}

/**
 * The listener behind the VPC link: its load balancer is the link's, its port the URI's. The URI's host decides nothing but the
 * Host header. Integrations without a link would leave the VPC, where there is nothing.
 */
function targetOf(
  { connectionType, integrationTarget }: Integration,
  linkId: string,
  uri: URL,
  world: World,
): { loadBalancerArn: string; port: number } | undefined {
  if (connectionType !== 'VPC_LINK') return undefined
  const port = Number(uri.port) || (uri.protocol === 'https:' ? 443 : 80)
  if (integrationTarget !== undefined) {
    const listener = world.elbv2.listeners.get(integrationTarget)
    return { loadBalancerArn: listener?.loadBalancerArn ?? integrationTarget, port: listener?.port ?? port }
  }
  const link = world.apigateway.vpcLinks.get(linkId)
  return link?.status === 'AVAILABLE' ? { loadBalancerArn: link.targetArns[0] ?? '', port } : undefined
}
