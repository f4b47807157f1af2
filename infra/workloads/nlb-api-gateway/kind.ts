import type * as pulumi from '@pulumi/pulumi'
import type { PodPlan } from '../elbv2/pod-plan.ts'
import { podProgram } from '../elbv2/pod-program.ts'
import type { Grain } from '../../traffic.ts'
import type { Entry } from '../entry.ts'
import type { Kind, Providers, Secrets, WorkloadOutputs } from '../kind.ts'
import { apiSwitch } from './api-switch.ts'
import { apiOf, gatewaySchema, type GatewayConfig } from './config.ts'
import { find } from './find.ts'
import { apiOutputs, type GatewayFound } from './found.ts'
import type { GatewaySwitch } from './gateway-switch.ts'
import type { ApiPlan } from './plan.ts'
import { policy } from './policy.ts'
import { apiProgram } from './program.ts'
import { partWords } from './stages.ts'
import { weighedSwitch } from './weights/switch.ts'

type GatewayPlan = ApiPlan | PodPlan

/** What is switched, and how finely it splits traffic. */
const switches: Readonly<
  Record<GatewayConfig['switch'], { readonly by: GatewaySwitch<GatewayPlan>; readonly grain: Grain }>
> = {
  'integration-port': { by: apiSwitch, grain: 'all-or-nothing' },
  'stage-variable': { by: apiSwitch, grain: 'percent' },
  'integration-uri': { by: apiSwitch, grain: 'all-or-nothing' },
  'listener-weights': { by: weighedSwitch, grain: 'percent' },
}

const switchOf = ({ config }: { readonly config: GatewayConfig }): GatewaySwitch<GatewayPlan> =>
  switches[config.switch].by

const program = (plan: GatewayPlan, providers: Providers, secrets: Secrets): pulumi.Input<WorkloadOutputs> =>
  'api' in plan ? apiProgram(plan, providers) : podProgram(plan, providers, secrets)

/** API Gateway, a VPC link, a network load balancer, pods bound by a TargetGroupBinding. `switch` says what of it is switched. */
export const nlbApiGateway: Kind<GatewayConfig & Entry, GatewayFound, GatewayPlan> = {
  name: 'nlb-api-gateway',
  schema: gatewaySchema,
  exportsToo: [{}, apiOutputs],
  grain: (config) => switches[config.switch].grain,
  service: ({ service }) => service,
  policy,
  claims: (config) => {
    const api = apiOf(config)
    return [api ? `apigateway:${api.api}/stages/${api.stage}` : config.listener]
  },
  find,
  plan: (site, stage) => switchOf(site).plan(site, stage),
  program,
  parts: (site, stage, before) => switchOf(site).parts(site, stage, before),
  partWords,
  complete: (site, ...rest) => switchOf(site).complete(site, ...rest),
  completion: (site, stage) => switchOf(site).completion(site, stage),
  propagation: (site, stage, before) => switchOf(site).propagation(site, stage, before),
  switchResources: (site) => switchOf(site).switchResources(site),
  observe: {
    split: (site, outputs, aws) => switchOf(site).observe.split(site, outputs, aws),
    health: (site, outputs, aws) => switchOf(site).observe.health(site, outputs, aws),
    switchPoint: (site, aws) => switchOf(site).observe.switchPoint(site, aws),
    testRoute: (site, outputs, aws) => switchOf(site).observe.testRoute(site, outputs, aws),
    obstacles: (site, outputs, around) => switchOf(site).observe.obstacles(site, outputs, around),
    blueTraffic: (site, window, aws) => switchOf(site).observe.blueTraffic(site, window, aws),
  },
  flip: (site, ...rest) => switchOf(site).flip(site, ...rest),
  creates: (site) => switchOf(site).creates(site),
  removeOrphan: (site, resource, aws) => switchOf(site).removeOrphan(site, resource, aws),
  lingers: (site, split) => switchOf(site).lingers(site, split),
  testRoute: (site, secret) => switchOf(site).testRoute(site, secret),
}
