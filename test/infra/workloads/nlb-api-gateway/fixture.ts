import fc from 'fast-check'
import type { Stage } from '../../../../infra/workloads/kind.ts'
import type {
  ApiSite,
  FoundHttpApi,
  FoundRestApi,
  GatewayFound,
} from '../../../../infra/workloads/nlb-api-gateway/found.ts'
import * as stages from '../../../../automation/phases/stages.ts'
import { anyName, anyStage } from '../../arbitraries.ts'
import { found as albFound, site as albSite } from '../alb/fixture.ts'

const elb = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012'
const gateway = 'arn:aws:apigateway:eu-central-1:'
const dnsName = 'apis-1.elb.eu-central-1.amazonaws.com'

export const arns = {
  loadBalancer: `${elb}:loadbalancer/net/apis/50dc6c495c0c9188`,
  listener: `${elb}:listener/net/apis/50dc6c495c0c9188/f2f7dc8efc522ab2`,
  greenListener: `${elb}:listener/net/apis/50dc6c495c0c9188/0123456789abcdef`,
  blue: albFound.blueTargetGroup.arn,
} as const

export const restApi: FoundRestApi = {
  protocol: 'rest',
  id: 'a1b2c3',
  stage: 'prod',
  arn: `${gateway}:/restapis/a1b2c3`,
  host: 'a1b2c3.execute-api.eu-central-1.amazonaws.com',
  deployment: 'dep001',
  timeoutSeconds: 29,
  cached: false,
  variables: { environment: 'production' },
  variable: null,
  testStage: null,
  integrations: [
    {
      resource: 'res001',
      method: 'GET',
      path: '/products',
      type: 'HTTP_PROXY',
      connection: 'link01',
      requestParameters: {},
      uris: { blue: `http://${dnsName}:8081/products`, green: `http://${dnsName}:9081/products` },
    },
    {
      resource: 'res002',
      method: 'ANY',
      path: '/shop/{proxy+}',
      type: 'HTTP_PROXY',
      connection: 'link01',
      requestParameters: { 'integration.request.path.proxy': 'method.request.path.proxy' },
      uris: { blue: `http://${dnsName}:8081/v1/{proxy}`, green: `http://${dnsName}:9081/v1/{proxy}` },
    },
  ],
}

export const variableApi = (converts: boolean): FoundRestApi => ({
  ...restApi,
  variable: { name: 'backend', blue: `${dnsName}:8081`, green: `${dnsName}:9081`, converts },
  testStage: { name: 'prod-green' },
  integrations: restApi.integrations.map((one) => {
    const reading = one.uris.blue.replace(`${dnsName}:8081`, '${stageVariables.backend}')
    return { ...one, uris: { blue: converts ? one.uris.blue : reading, green: reading } }
  }),
})

export const httpApi = (autoDeploy: boolean): FoundHttpApi => ({
  protocol: 'http',
  id: 'h1b2c3',
  stage: '$default',
  arn: `${gateway}:/apis/h1b2c3`,
  host: 'h1b2c3.execute-api.eu-central-1.amazonaws.com',
  deployment: 'dep001',
  timeoutSeconds: 30,
  autoDeploy,
  integrations: [
    {
      integration: 'int001',
      type: 'HTTP_PROXY',
      connection: 'link02',
      routes: ['GET /trends', '$default'],
      uri: arns.listener,
      mapped: false,
      tls: false,
    },
  ],
})

const base: Omit<GatewayFound, 'api'> = {
  ...albFound,
  switchPoint: { type: 'listener', arn: arns.listener },
  listener: { arn: arns.listener, port: 8081, protocol: 'TCP' },
  loadBalancer: { ...albFound.loadBalancer, type: 'network', arn: arns.loadBalancer, dnsName },
  rule: null,
  testRoute: { port: 9081, tls: null },
  podIngress: ['sg-0a'],
}

const configBase = {
  listener: arns.listener,
  blueTargetGroup: arns.blue,
  greenPort: 9081,
  service: { namespace: 'shop', name: 'lens', port: 80 },
  podIngress: { securityGroup: 'sg-0b', port: 8080 },
  probe: { url: `https://${restApi.host}/prod/products` },
}

const restIntegrations = restApi.integrations.map(({ resource, method }) => ({ resource, method }))

export const restSite: ApiSite<FoundRestApi> = {
  migration: 'prod-2026',
  workload: 'lens',
  green: albSite.green,
  config: { ...configBase, switch: 'integration-port', api: 'a1b2c3', stage: 'prod', integrations: restIntegrations },
  found: { ...base, api: restApi },
}

export const variableSite = (converts: boolean): ApiSite<FoundRestApi> => ({
  ...restSite,
  config: { ...restSite.config, switch: 'stage-variable', stageVariable: 'backend' },
  found: { ...base, api: variableApi(converts) },
})

export const httpSite = (autoDeploy: boolean): ApiSite<FoundHttpApi> => ({
  ...restSite,
  config: {
    ...configBase,
    switch: 'integration-uri',
    api: 'h1b2c3',
    stage: '$default',
    integrations: [{ integration: 'int001' }],
    probe: { url: `https://${httpApi(true).host}/trends` },
  },
  found: { ...base, api: httpApi(autoDeploy) },
})

export const sites: readonly ApiSite[] = [
  restSite,
  variableSite(true),
  variableSite(false),
  httpSite(true),
  httpSite(false),
]

export const anySite: fc.Arbitrary<ApiSite> = fc
  .record({ site: fc.constantFrom(...sites), migration: anyName, workload: anyName })
  .map(({ site, ...names }) => ({ ...site, ...names }))

/** As the grain of the site's switch allows. */
export const stageFor = (site: ApiSite): fc.Arbitrary<Stage> =>
  anyStage.filter(({ split }) => site.config.switch === 'stage-variable' || split.green === 0 || split.green === 100)

export const tried: Stage = { ...stages.soaking, attempt: 2 }
