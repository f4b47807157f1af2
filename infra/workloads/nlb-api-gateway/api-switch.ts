import { logical } from '../../names.ts'
import { sameSplit } from '../../traffic.ts'
import { observeBlueTraffic } from '../elbv2/blue-traffic.ts'
import { observeHealth } from '../elbv2/observe.ts'
import type { Lingering, Stage, SwitchResource } from '../kind.ts'
import { complete, completion } from './complete.ts'
import { flip } from './flip.ts'
import type { ApiSite, GatewaySite } from './found.ts'
import type { GatewaySwitch } from './gateway-switch.ts'
import { observeObstacles } from './obstacles.ts'
import { observeSplit, observeSwitchPoint, observeTestRoute } from './observe.ts'
import { creates, removeOrphan } from './orphans.ts'
import { apiPlan, type ApiPlan } from './plan.ts'
import { partsOf } from './stages.ts'
import { testRouteOf } from './test-route.ts'

/** By what of the API leads to the load balancer. */
export const apiSwitch: GatewaySwitch<ApiPlan> = {
  plan: (site, stage) => apiPlan(withApi(site), stage),
  parts: (site, stage, before) => partsOf(withApi(site), stage, before),
  complete: (site, stage, outputs, aws) => complete(withApi(site), stage, outputs, aws),
  completion: (site, stage) => completion(withApi(site), stage),
  propagation: (site, stage, before) => propagation(withApi(site), stage, before),
  switchResources: (site) => switchResources(withApi(site)),
  observe: {
    split: (site, outputs, aws) => observeSplit(withApi(site), outputs, aws),
    health: observeHealth,
    switchPoint: (site, aws) => observeSwitchPoint(withApi(site), aws),
    testRoute: (site, outputs, aws) => observeTestRoute(withApi(site), outputs, aws),
    obstacles: (site, outputs, { aws }) => observeObstacles(withApi(site), outputs, aws),
    blueTraffic: observeBlueTraffic,
  },
  flip: (site, outputs, split, aws) => flip(withApi(site), outputs, split, aws),
  creates: (site) => creates(withApi(site)),
  removeOrphan: (site, resource, aws) => removeOrphan(withApi(site), resource, aws),
  lingers: (site) => lingers(withApi(site)),
  testRoute: (site) => testRouteOf(withApi(site)),
}

function withApi(site: GatewaySite): ApiSite {
  const { api } = site.found
  if (!api) throw new RangeError(`${site.workload} is switched at its listener`)
  return { ...site, found: { ...site.found, api } }
}

/** The stage first: it is what clients see. A stage that deploys itself follows the integrations. */
function switchResources({ found: { api } }: ApiSite): readonly SwitchResource[] {
  const version = api.protocol === 'rest' ? 'apigateway' : 'apigatewayv2'
  const stage = {
    type: `aws:${version}/stage:Stage`,
    name: logical.switchPoint,
    id: `${api.arn}/stages/${api.stage}`,
  }
  const type = `aws:${version}/integration:Integration`
  if (api.protocol === 'rest') {
    const integrations = api.integrations.map(({ resource, method }) => ({
      type,
      name: `${logical.integration}-${resource}-${method}`,
      id: `${api.arn}/resources/${resource}/methods/${method}`,
    }))
    return [stage, ...integrations]
  }
  const integrations = api.integrations.map(({ integration }) => ({
    type,
    name: `${logical.integration}-${integration}`,
    id: `${api.arn}/integrations/${integration}`,
  }))
  return api.autoDeploy ? integrations : [stage, ...integrations]
}

/**
 * Seconds until all hosts of API Gateway follow a change of a stage. AWS publishes no figure; in the sandbox the slower half takes
 * 5 s, and this is twice that.
 */
const propagationSeconds = 10

function propagation(_site: ApiSite, stage: Stage, before: Stage | null): Lingering | null {
  const converted = stage.part?.name === 'convert'
  if (!converted && (!before || sameSplit(stage.split, before.split))) return null
  return { seconds: propagationSeconds, sentence: 'API Gateway does not follow a change on all of its hosts at once' }
}

/** Nothing is pinned to a side but what is under way. */
function lingers({ found: { api } }: ApiSite): Lingering {
  const seconds = api.timeoutSeconds
  return { seconds, sentence: `requests already under way end within ${seconds} s` }
}
