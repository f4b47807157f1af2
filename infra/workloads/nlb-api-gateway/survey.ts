import type { Aws } from '../../aws/clients.ts'
import { survey as surveyListener, type Survey } from '../elbv2/survey.ts'
import type { Entry } from '../entry.ts'
import { Refused } from '../refused.ts'
import { isMissing, type StageNow } from './gateway/gateway-api.ts'
import { httpApi, integrationsOf, routesOf } from './gateway/http-api.ts'
import type { ApiOperations } from './gateway/operations.ts'
import { integrationOf, resourcesOf, restApi } from './gateway/rest-api.ts'
import { linkOf, type Link } from './gateway/links.ts'
import type { ApiConfig, GatewayConfig } from './config.ts'
import { describedHttp, describedRest, type DescribedIntegration } from './observe.ts'

/** Everything of an API that surrounds a switch, read before anything is decided. */
export interface ApiSurvey {
  readonly wanted: ApiConfig
  readonly stage: StageNow
  /** A REST stage keeps answers. */
  readonly cached: boolean
  /** Names of all stages of a REST API. */
  readonly stages: readonly string[]
  readonly autoDeploy: boolean
  readonly tags: Readonly<Record<string, string>>
  readonly integrations: readonly SurveyedIntegration[]
  readonly links: ReadonlyMap<string, Link>
  readonly served: ApiOperations
  readonly working: ApiOperations
}

/** One integration of the entry, as AWS describes it. */
export interface SurveyedIntegration {
  readonly described: DescribedIntegration
  /** Keys of what leads to it. */
  readonly operations: readonly string[]
  readonly type: string
  readonly uri: string
  /** The VPC link; null: it is not private. */
  readonly connection: string | null
  readonly timeoutSeconds: number
  readonly requestParameters: Readonly<Record<string, string>>
  readonly tls: boolean
}

/** Blue's listener with everything around it, as for the other kinds. Green's port is the one that is kept free. */
export const surveyLoadBalancer = (config: GatewayConfig & Entry, aws: Aws): Promise<Survey> => {
  const { listener, blueTargetGroup, greenPort: testPort, managedElsewhere } = config
  return surveyListener({ listener, blueTargetGroup, testPort, managedElsewhere }, aws)
}

/** Throws Refused when something that the entry names is not there. */
export const surveyApi = (wanted: ApiConfig, aws: Aws): Promise<ApiSurvey> =>
  wanted.switch === 'integration-uri' ? surveyHttp(wanted, wanted.integrations, aws) : surveyRest(wanted, aws)

async function surveyRest(wanted: Exclude<ApiConfig, { switch: 'integration-uri' }>, aws: Aws): Promise<ApiSurvey> {
  const { GetRestApiCommand, GetStagesCommand } = await import('@aws-sdk/client-api-gateway')
  const client = await aws.apiGateway()
  const { api: restApiId } = wanted
  const found = await there('api', `${restApiId} is no REST API`, client.send(new GetRestApiCommand({ restApiId })))
  const api = restApi(restApiId, wanted.stage, aws)
  const stage = await there('stage', `${restApiId} has no stage ${wanted.stage}`, api.stage())
  const [{ item = [] }, resources, served, working] = await Promise.all([
    client.send(new GetStagesCommand({ restApiId })),
    resourcesOf(restApiId, aws),
    api.served(),
    api.working(),
  ])
  const integrations = wanted.integrations.map(({ resource, method }): SurveyedIntegration => {
    const one = integrationOf(resources, resource, method)
    if (!one) {
      throw new Refused(
        'integrations',
        `resource ${resource} has no integration for ${method}`,
        'Name a method that the API has.',
      )
    }
    const { type = '', uri = '', connectionType, connectionId, timeoutInMillis, requestParameters } = one.integration
    return {
      described: describedRest(resource, method, one.path, one.integration),
      operations: [`${method} ${one.path}`],
      type,
      uri,
      connection: connectionType === 'VPC_LINK' ? (connectionId ?? null) : null,
      timeoutSeconds: (timeoutInMillis ?? 29_000) / 1000,
      requestParameters: requestParameters ?? {},
      tls: uri.startsWith('https:'),
    }
  })
  const own = item.find(({ stageName }) => stageName === wanted.stage)
  return {
    wanted,
    stage,
    cached: own?.cacheClusterEnabled ?? false,
    stages: item.map(({ stageName }) => stageName ?? ''),
    autoDeploy: false,
    tags: { ...found.tags, ...own?.tags },
    integrations,
    links: await linksOf(integrations, 'rest', aws),
    served,
    working,
  }
}

async function surveyHttp(wanted: ApiConfig, ids: readonly string[], aws: Aws): Promise<ApiSurvey> {
  const { GetApiCommand, GetStageCommand } = await import('@aws-sdk/client-apigatewayv2')
  const client = await aws.apiGatewayV2()
  const { api: ApiId, stage: StageName } = wanted
  const found = await there('api', `${ApiId} is no HTTP API`, client.send(new GetApiCommand({ ApiId })))
  const asked = client.send(new GetStageCommand({ ApiId, StageName }))
  const own = await there('stage', `${ApiId} has no stage ${StageName}`, asked)
  const api = httpApi(ApiId, StageName, aws)
  const [stage, all, routes, served, working] = await Promise.all([
    api.stage(),
    integrationsOf(ApiId, aws),
    routesOf(ApiId, aws),
    api.served(),
    api.working(),
  ])
  const integrations = ids.map((id): SurveyedIntegration => {
    const one = all.find(({ IntegrationId }) => IntegrationId === id)
    if (!one)
      throw new Refused('integrations', `there is no integration ${id}`, 'Name an integration that the API has.')
    const leading = routes.filter(({ Target }) => Target === `integrations/${id}`)
    return {
      described: describedHttp(one),
      operations: leading.map(({ RouteKey }) => RouteKey ?? ''),
      type: one.IntegrationType ?? '',
      uri: one.IntegrationUri ?? '',
      connection: one.ConnectionType === 'VPC_LINK' ? (one.ConnectionId ?? null) : null,
      timeoutSeconds: (one.TimeoutInMillis ?? 30_000) / 1000,
      requestParameters: one.RequestParameters ?? {},
      tls: one.TlsConfig !== undefined,
    }
  })
  return {
    wanted,
    stage,
    cached: false,
    stages: [],
    autoDeploy: own.AutoDeploy ?? false,
    tags: { ...found.Tags, ...own.Tags },
    integrations,
    links: await linksOf(integrations, 'http', aws),
    served,
    working,
  }
}

async function there<Answer>(field: string, missing: string, asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked
  } catch (error) {
    if (!isMissing(error)) throw error
    throw new Refused(field, missing, 'Check the id, the region and the switch.')
  }
}

async function linksOf(
  integrations: readonly SurveyedIntegration[],
  protocol: 'rest' | 'http',
  aws: Aws,
): Promise<ReadonlyMap<string, Link>> {
  const ids = new Set(integrations.flatMap(({ connection }) => (connection === null ? [] : [connection])))
  const links = await Promise.all([...ids].map(async (id) => [id, await linkOf(id, protocol, aws)] as const))
  return new Map(links)
}
