import { apiGatewayArn } from '../../policies/arns.ts'
import type { Grant, Policy, PolicyScope } from '../../policies/grant.ts'
import { afterDeath, officialAlone } from '../../policies/ours.ts'
import { podClusters } from '../elbv2/pod-policy.ts'
import {
  greenListenerGrants,
  podIngressGrants,
  reading,
  switchGrants,
  targetGroupGrants,
  together,
  type Grants,
} from '../elbv2/policy.ts'
import { apiOf, type ApiConfig, type GatewayConfig } from './config.ts'

export function policy(config: GatewayConfig, scope: PolicyScope): Policy {
  const { listener, podIngress, service } = config
  const api = apiOf(config)
  return {
    ...together(
      api ? apiGrants(config, api, scope) : switchGrants({ listener }, scope),
      podIngressGrants(listener, podIngress, scope),
    ),
    clusters: podClusters(service.namespace),
  }
}

const targetReads = ['DescribeTags', 'DescribeTargetGroupAttributes', 'DescribeTargetGroups']

const surroundings = [
  ...targetReads,
  'DescribeAccountLimits',
  'DescribeListenerAttributes',
  'DescribeListeners',
  'DescribeLoadBalancerAttributes',
  'DescribeLoadBalancers',
  'DescribeRules',
  'DescribeTargetHealth',
]

/** Green's side is a listener and a target group; the switch is in the API. */
function apiGrants(config: GatewayConfig, api: ApiConfig, scope: PolicyScope): Grants {
  const { listener } = config
  return together(
    { service: [reading(surroundings)], plugins: [reading(targetReads)] },
    targetGroupGrants(listener, scope),
    greenListenerGrants(listener, scope),
    api.switch === 'integration-uri' ? httpGrants(listener, api) : restGrants(config, api),
  )
}

/** IAM names a right at API Gateway by the method, and what it is for by the path. */
const gateway = (sid: string, method: string, resources: readonly string[], more: Partial<Grant> = {}): Grant => ({
  sid,
  actions: [`apigateway:${method}`],
  resources,
  ...more,
})

const releasedSince = 'somebody else has released the API since it was found'
const givenUp = 'it goes back to adopted after it had moved'
const deployedByHand = 'the stage does not deploy by itself, which an entry does not say'

const tagReads = (listener: string): Grant => gateway('ReadTags', 'GET', [apiGatewayArn(listener, '/tags/*')])

function restGrants(config: GatewayConfig, api: Exclude<ApiConfig, { switch: 'integration-uri' }>): Grants {
  const at = (path: string): string => apiGatewayArn(config.listener, `/restapis/${api.api}${path}`)
  const stage = at(`/stages/${api.stage}`)
  const integrations = api.integrations.map(({ resource, method }) =>
    at(`/resources/${resource}/methods/${method}/integration`),
  )
  const deployments = [at('/deployments')]
  const byVariable = api.switch === 'stage-variable'
  const reads = gateway('ReadApi', 'GET', [at(''), at('/*')])
  const links = gateway('ReadLinks', 'GET', [apiGatewayArn(config.listener, '/vpclinks/*')])
  const writes = gateway('SwitchTraffic', 'PATCH', [stage, ...integrations])
  const testStage = [at('/stages/*')]
  return {
    service: [
      reads,
      links,
      writes,
      gateway('Deploy', 'POST', deployments, { seldom: releasedSince }),
      gateway('RemoveDeployments', 'DELETE', [at('/deployments/*')], { seldom: givenUp }),
      ...(config.flushCache ? [gateway('FlushCache', 'DELETE', [at(`/stages/${api.stage}/cache/data`)])] : []),
      ...(byVariable ? [gateway('RemoveTestStage', 'DELETE', testStage, { seldom: afterDeath })] : []),
    ],
    plugins: [
      reads,
      tagReads(config.listener),
      writes,
      gateway('Deploy', 'POST', deployments),
      ...(byVariable
        ? [
            gateway('MakeTestStage', 'POST', [at('/stages')]),
            gateway('MakeTestStage', 'PUT', [apiGatewayArn(config.listener, '/tags/*')], { seldom: officialAlone }),
            gateway('MakeTestStage', 'PATCH', testStage, { seldom: officialAlone }),
            gateway('RemoveTestStage', 'DELETE', testStage),
          ]
        : []),
    ],
  }
}

function httpGrants(listener: string, api: Extract<ApiConfig, { switch: 'integration-uri' }>): Grants {
  const at = (path: string): string => apiGatewayArn(listener, `/apis/${api.api}${path}`)
  const reads = gateway('ReadApi', 'GET', [at(''), at('/*')])
  const links = gateway('ReadLinks', 'GET', [apiGatewayArn(listener, '/vpclinks/*')])
  const writes = gateway('SwitchTraffic', 'PATCH', [
    at(`/stages/${api.stage}`),
    ...api.integrations.map((id) => at(`/integrations/${id}`)),
  ])
  const deployments = [at('/deployments')]
  return {
    service: [
      reads,
      links,
      writes,
      gateway('Deploy', 'POST', deployments, { seldom: releasedSince }),
      gateway('RemoveDeployments', 'DELETE', [at('/deployments/*')], { seldom: givenUp }),
    ],
    plugins: [
      reads,
      { ...tagReads(listener), seldom: deployedByHand },
      writes,
      gateway('Deploy', 'POST', deployments, { seldom: deployedByHand }),
    ],
  }
}
