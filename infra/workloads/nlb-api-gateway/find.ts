import { foundPods } from '../elbv2/found-pods.ts'
import type { Entry } from '../entry.ts'
import type { Surroundings } from '../kind.ts'
import { Refused } from '../refused.ts'
import { atPort, reading } from './gateway/uri.ts'
import { variableFor } from './backends.ts'
import { apiOf, type ApiConfig, type GatewayConfig } from './config.ts'
import type { FoundApi, FoundHttpApi, FoundRestApi, GatewayFound } from './found.ts'
import { switchPointFrom } from './observe.ts'
import { refuseWhatCannotMove } from './refusals.ts'
import { surveyApi, surveyLoadBalancer, type ApiSurvey } from './survey.ts'
import { findWeighed } from './weights/find.ts'

export function find(config: GatewayConfig & Entry, surroundings: Surroundings): Promise<GatewayFound> {
  const wanted = apiOf(config)
  return wanted ? findApi(config, wanted, surroundings) : findWeighed(config, surroundings)
}

async function findApi(
  config: GatewayConfig & Entry,
  wanted: ApiConfig,
  surroundings: Surroundings,
): Promise<GatewayFound> {
  const { aws } = surroundings
  const [surveyed, api, blue, green] = await Promise.all([
    surveyLoadBalancer(config, aws),
    surveyApi(wanted, aws),
    surroundings.blue.bindings(),
    surroundings.green.bindings(),
  ])
  const flushCache = config.flushCache ?? false
  const bound = { ...surveyed, bindings: { blue, green } }
  refuseWhatCannotMove({ ...bound, api, flushCache })

  const found = await foundPods(config, bound, surroundings)
  if (!('port' in found.testRoute)) {
    throw new Refused('greenPort', `port ${wanted.greenPort} is reserved by another workload`, 'Name another.')
  }
  return {
    ...found,
    asFound: switchPointFrom(
      api.stage,
      api.integrations.map(({ described }) => described),
      {
        variable: wanted.switch === 'stage-variable' ? wanted.stageVariable : null,
        deploysItself: api.autoDeploy,
      },
    ),
    api: apiFrom(api, aws.region),
  }
}

function apiFrom(survey: ApiSurvey, region: string): FoundApi {
  const { wanted, stage, integrations } = survey
  const collection = wanted.switch === 'integration-uri' ? 'apis' : 'restapis'
  const base = {
    id: wanted.api,
    stage: wanted.stage,
    arn: `arn:${partitionOf(region)}:apigateway:${region}::/${collection}/${wanted.api}`,
    host: `${wanted.api}.execute-api.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`,
    deployment: stage.deployment,
    timeoutSeconds: Math.max(...integrations.map(({ timeoutSeconds }) => timeoutSeconds)),
  }
  return wanted.switch === 'integration-uri'
    ? { ...base, protocol: 'http', ...httpFrom(survey) }
    : { ...base, protocol: 'rest', ...restFrom(survey, wanted) }
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

const httpFrom = ({ autoDeploy, integrations }: ApiSurvey): Pick<FoundHttpApi, 'autoDeploy' | 'integrations'> => ({
  autoDeploy,
  integrations: integrations.map(({ described, type, connection, operations, uri, requestParameters, tls }) => ({
    integration: described.name,
    type,
    connection: connection ?? '',
    routes: operations,
    uri,
    mapped: Object.keys(requestParameters).length > 0,
    tls,
  })),
})

type OfRest = 'integrations' | 'variables' | 'variable' | 'cached' | 'testStage'

function restFrom(
  { integrations, stage, cached, stages }: ApiSurvey,
  wanted: Exclude<ApiConfig, { switch: 'integration-uri' }>,
): Pick<FoundRestApi, OfRest> {
  const { variables } = stage
  const variable =
    wanted.switch === 'stage-variable'
      ? variableFor(integrations, wanted.stageVariable, variables, wanted.greenPort)
      : null
  const greenUri = (uri: string): string => {
    if (!variable) return atPort(uri, wanted.greenPort)
    return variable.converts ? reading(uri, variable.name) : uri
  }
  return {
    integrations: wanted.integrations.map(({ resource, method }, index) => {
      const {
        operations,
        type = '',
        uri = '',
        connection,
        requestParameters,
      } = integrations[index] ?? missing(resource)
      const [path = ''] = operations.map((key) => key.slice(key.indexOf(' ') + 1))
      const uris = { blue: uri, green: greenUri(uri) }
      return {
        resource,
        method,
        path,
        type,
        connection: connection ?? '',
        requestParameters: { ...requestParameters },
        uris,
      }
    }),
    variables: { ...variables },
    variable,
    cached,
    testStage: variable ? testStageFor(wanted.stage, stages) : null,
  }
}

function missing(resource: string): never {
  throw new Error(`resource ${resource} was not read`)
}

/** API Gateway quotas. */
const stagesPerApi = 10

function testStageFor(stage: string, stages: readonly string[]): FoundRestApi['testStage'] {
  const name = `${stage}-green`
  if (stages.includes(name)) return { none: `the API has a stage ${name} already` }
  return stages.length < stagesPerApi
    ? { name }
    : { none: `the API has ${stagesPerApi} stages, the most that it may have` }
}
