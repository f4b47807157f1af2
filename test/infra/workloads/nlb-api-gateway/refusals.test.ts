import { describe, expect, it } from 'vitest'
import type { ApiOperation } from '../../../../infra/workloads/nlb-api-gateway/gateway/operations.ts'
import { refuseWhatCannotMove, type Surveyed } from '../../../../infra/workloads/nlb-api-gateway/refusals.ts'
import type { ApiSurvey, SurveyedIntegration } from '../../../../infra/workloads/nlb-api-gateway/survey.ts'
import { surveyed as albSurveyed } from '../alb/surveyed.ts'
import { refusalOf } from '../elbv2/refusal-rows.ts'
import { arns, restApi, restSite } from './fixture.ts'

const [first] = restApi.integrations
const uri = first?.uris.blue ?? ''

const integration: SurveyedIntegration = {
  described: { name: 'res001/GET', uri, rest: {} },
  operations: ['GET /products'],
  type: 'HTTP_PROXY',
  uri,
  connection: 'link01',
  timeoutSeconds: 29,
  requestParameters: {},
  tls: false,
}

const operation: ApiOperation = { uri, connection: 'link01', rest: { type: 'http_proxy' } }

const api: ApiSurvey = {
  wanted: {
    switch: 'integration-port',
    api: 'a1b2c3',
    stage: 'prod',
    greenPort: 9081,
    integrations: [{ resource: 'res001', method: 'GET' }],
  },
  stage: { deployment: 'dep001', canary: null, variables: {}, rest: {} },
  cached: false,
  stages: ['prod'],
  autoDeploy: false,
  tags: {},
  integrations: [integration],
  links: new Map([['link01', { status: 'AVAILABLE', targets: [arns.loadBalancer] }]]),
  served: new Map([['GET /products', operation]]),
  working: new Map([['GET /products', operation]]),
}

/** A listener and an API that can be moved, as they are read before anything is decided. */
const surveyed: Surveyed = {
  ...albSurveyed,
  config: { ...albSurveyed.config, listener: arns.listener, rule: undefined },
  switchPoint: { type: 'listener', arn: arns.listener },
  listener: { ListenerArn: arns.listener, LoadBalancerArn: arns.loadBalancer, Port: 8081, Protocol: 'TCP' },
  loadBalancer: { LoadBalancerArn: arns.loadBalancer, LoadBalancerName: 'apis', Type: 'network' },
  targetGroup: { ...albSurveyed.targetGroup, LoadBalancerArns: [arns.loadBalancer] },
  network: { groupsPerAction: 1, maxListeners: 50, ports: [8081] },
  api,
  flushCache: false,
}

const apiWith = (change: Partial<ApiSurvey>): Partial<Surveyed> => ({ api: { ...api, ...change } })
const integrating = (change: Partial<SurveyedIntegration>) => apiWith({ integrations: [{ ...integration, ...change }] })
const linked = (status: string, targets: readonly string[] | null) =>
  apiWith({ links: new Map([['link01', { status, targets }]]) })
const byVariable = { ...api.wanted, switch: 'stage-variable', stageVariable: 'backend' } as ApiSurvey['wanted']
const byListener = { ...api.wanted, switch: 'integration-uri', integrations: ['int001'] } as ApiSurvey['wanted']
const ports = (count: number) => Array.from({ length: count }, (_, index) => 8081 + index)

interface Row {
  readonly change: Partial<Surveyed>
  readonly field: string
  readonly reason: RegExp
}

const rows: Readonly<Record<string, Row>> = {
  'an API of CloudFormation': {
    change: apiWith({ tags: { 'aws:cloudformation:stack-name': 'shop' } }),
    field: 'api',
    reason: /a1b2c3 belongs to the CloudFormation stack shop/,
  },
  'a listener for UDP': {
    change: { listener: { ...surveyed.listener, Protocol: 'UDP' } },
    field: 'listener',
    reason: /UDP/,
  },
  'a listener that divides traffic already': {
    change: {
      described: {
        rest: {},
        actions: [
          {
            Type: 'forward',
            ForwardConfig: {
              TargetGroups: [
                { TargetGroupArn: arns.blue, Weight: 1 },
                { TargetGroupArn: `${arns.blue}2`, Weight: 1 },
              ],
            },
          },
        ],
      },
    },
    field: 'listener',
    reason: /already divides traffic between 2 target groups/,
  },
  'a target group that blue does not bind': {
    change: { bindings: { blue: [], green: [] } },
    field: 'blueTargetGroup',
    reason: /no TargetGroupBinding in blue names it/,
  },
  'targets that are instances': {
    change: { targetGroup: { ...surveyed.targetGroup, TargetType: 'instance' } },
    field: 'blueTargetGroup',
    reason: /targets are of type instance/,
  },
  "a listener on green's port": {
    change: { network: { groupsPerAction: 1, maxListeners: 50, ports: [8081, 9081] } },
    field: 'greenPort',
    reason: /has a listener on 9081 already/,
  },
  'a load balancer with all the listeners that it may have': {
    change: { network: { groupsPerAction: 1, maxListeners: 50, ports: ports(50) } },
    field: 'greenPort',
    reason: /has 50 listeners, the most/,
  },
  'an integration that is not private': {
    change: integrating({ connection: null }),
    field: 'integrations',
    reason: /does not go through a VPC link/,
  },
  'an integration with a function': {
    change: integrating({ type: 'AWS_PROXY' }),
    field: 'integrations',
    reason: /is of type AWS_PROXY/,
  },
  'a load balancer of another account': {
    change: linked('AVAILABLE', [arns.loadBalancer.replace('123456789012', '210987654321')]),
    field: 'integrations',
    reason: /is in another account/,
  },
  'a VPC link on its way': {
    change: linked('PENDING', [arns.loadBalancer]),
    field: 'integrations',
    reason: /link01 is PENDING/,
  },
  'a VPC link to another load balancer': {
    change: linked('AVAILABLE', [`${arns.loadBalancer}0`]),
    field: 'listener',
    reason: /leads to .*, not to its load balancer/,
  },
  'an integration at another port': {
    change: integrating({ uri: 'http://net:80/products' }),
    field: 'integrations',
    reason: /not to the listener on port 8081/,
  },
  'an HTTP integration with another listener': {
    change: apiWith({ wanted: byListener, integrations: [{ ...integration, uri: arns.greenListener }] }),
    field: 'integrations',
    reason: /not to the listener on port 8081/,
  },
  'a port that is a stage variable': {
    change: apiWith({
      integrations: [{ ...integration, uri: 'http://net:${stageVariables.port}/products' }],
      stage: { ...api.stage, variables: { port: '8081' } },
    }),
    field: 'integrations',
    reason: /is a stage variable/,
  },
  'two backends for one variable': {
    change: apiWith({ wanted: byVariable, integrations: [integration, { ...integration, uri: 'http://other:8081/' }] }),
    field: 'integrations',
    reason: /they name 2 backends/,
  },
  'a variable that others read': {
    change: apiWith({ wanted: byVariable, stage: { ...api.stage, variables: { backend: 'somewhere' } } }),
    field: 'stageVariable',
    reason: /already \(somewhere\)/,
  },
  'a backend that no variable may hold': {
    change: apiWith({ wanted: byVariable, integrations: [{ ...integration, uri: 'http://a_b!:8081/products' }] }),
    field: 'integrations',
    reason: /cannot be the value of a stage variable/,
  },
  'an operation that is not listed': {
    change: apiWith({
      served: new Map([...api.served, ['POST /similar', operation]]),
      working: new Map([...api.working, ['POST /similar', operation]]),
    }),
    field: 'integrations',
    reason: /POST \/similar leads to the same listener/,
  },
  'a canary': {
    change: apiWith({ stage: { ...api.stage, canary: { deployment: 'dep002', percent: 5, overrides: {} } } }),
    field: 'stage',
    reason: /a canary with 5 %/,
  },
  'a cache': { change: apiWith({ cached: true }), field: 'stage', reason: /its cache is on/ },
  'edits that were never deployed': {
    change: apiWith({ working: new Map([...api.working, ['GET /new', { ...operation, uri: 'http://net:80/' }]]) }),
    field: 'stage',
    reason: /edits that its stage does not serve \(GET \/new\)/,
  },
  'an integration that nobody is led to': {
    change: apiWith({ integrations: [{ ...integration, operations: [] }], served: new Map(), working: new Map() }),
    field: 'integrations',
    reason: /serves nothing that leads to res001\/GET/,
  },
}

describe('what cannot move', () => {
  it('is not said of private integrations behind a listener of their own, deployed as they are', () => {
    expect(restSite.config.switch).toBe('integration-port')
    expect(refusalOf(() => refuseWhatCannotMove(surveyed))).toBeNull()
  })

  it.each(Object.entries(rows))('is refused: %s', (_what, { change, field, reason }) => {
    const refusal = refusalOf(() => refuseWhatCannotMove({ ...surveyed, ...change }))
    expect(refusal?.reason).toMatch(reason)
    expect(refusal?.field).toBe(field)
    expect(refusal?.wayOut).not.toBe('')
  })
})

describe('what can move all the same', () => {
  const fine: Readonly<Record<string, Partial<Surveyed>>> = {
    'a cache that may be flushed': { ...apiWith({ cached: true }), flushCache: true },
    'an API of CloudFormation that is frozen': {
      ...apiWith({ tags: { 'aws:cloudformation:stack-name': 'shop' } }),
      config: { ...surveyed.config, managedElsewhere: 'paused' },
    },
    'literal URIs that shall read a variable': apiWith({ wanted: byVariable }),
    'an operation that leads elsewhere': apiWith({
      served: new Map([...api.served, ['GET /other', { ...operation, uri: 'http://net:8082/other' }]]),
      working: new Map([...api.working, ['GET /other', { ...operation, uri: 'http://net:8082/other' }]]),
    }),
    'an HTTP API that names the listener': apiWith({
      wanted: byListener,
      integrations: [{ ...integration, uri: arns.listener }],
      links: new Map([['link01', { status: 'AVAILABLE', targets: null }]]),
    }),
  }

  it.each(Object.entries(fine))('%s', (_what, change) => {
    expect(refusalOf(() => refuseWhatCannotMove({ ...surveyed, ...change }))).toBeNull()
  })
})
