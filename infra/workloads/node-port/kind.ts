import { switchPointOf } from '../elbv2/config.ts'
import { weightedSwitch } from '../elbv2/switch.ts'
import type { Entry } from '../entry.ts'
import type { Kind } from '../kind.ts'
import { nodePortSchema, strategyOf, type NodePortConfig, type Strategy } from './config.ts'
import { find } from './find.ts'
import type { NodePortFound } from './found.ts'
import { observeNodes } from './health.ts'
import { obstacles } from './obstacles.ts'
import { attachments, creates, removeOrphan } from './orphans.ts'
import { plan, type NodePortPlan } from './plan.ts'
import { policy } from './policy.ts'
import { program } from './program.ts'
import { sharedSwitch } from './shared/switch.ts'

type NodePortKind = Kind<NodePortConfig & Entry, NodePortFound, NodePortPlan>

/** How traffic is read, moved and reached. */
type Switch = Pick<
  NodePortKind,
  'parts' | 'complete' | 'completion' | 'propagation' | 'switchResources' | 'flip' | 'lingers' | 'testRoute'
> & { readonly observe: Omit<NodePortKind['observe'], 'obstacles'> }

const switches: Readonly<Record<Strategy, Switch>> = {
  weighted: { ...weightedSwitch, observe: { ...weightedSwitch.observe, health: observeNodes } },
  shared: sharedSwitch,
}

const switchOf = ({ config }: { readonly config: NodePortConfig }): Switch => switches[strategyOf(config)]

/** A rule of an ALB, or a listener of an ALB or NLB, that forwards to a NodePort of the nodes. Shifts by weights, or by nodes. */
export const nodePort: NodePortKind = {
  name: 'node-port',
  schema: nodePortSchema,
  grain: (config) => (strategyOf(config) === 'shared' ? 'by-targets' : 'percent'),
  service: ({ service }) => service,
  policy,
  claims: (config) => [
    switchPointOf(config).arn,
    // who shares a group decides over everything that leads to it
    ...(strategyOf(config) === 'shared' ? [config.blueTargetGroup] : []),
  ],
  find,
  plan,
  program,
  creates,
  removeOrphan,
  refreshedToo: attachments,
  parts: (site, stage, before) => switchOf(site).parts(site, stage, before),
  complete: (site, ...rest) => switchOf(site).complete(site, ...rest),
  completion: (site, stage) => switchOf(site).completion?.(site, stage) ?? [],
  propagation: (site, stage, before) => switchOf(site).propagation(site, stage, before),
  switchResources: (site) => switchOf(site).switchResources(site),
  flip: (site, ...rest) => switchOf(site).flip(site, ...rest),
  lingers: (site, split) => switchOf(site).lingers(site, split),
  testRoute: (site, secret) => switchOf(site).testRoute(site, secret),
  observe: {
    split: (site, outputs, aws) => switchOf(site).observe.split(site, outputs, aws),
    health: (site, outputs, aws) => switchOf(site).observe.health(site, outputs, aws),
    switchPoint: (site, aws) => switchOf(site).observe.switchPoint(site, aws),
    testRoute: (site, outputs, aws) => switchOf(site).observe.testRoute(site, outputs, aws),
    blueTraffic: (site, window, aws) => switchOf(site).observe.blueTraffic(site, window, aws),
    obstacles,
  },
}
