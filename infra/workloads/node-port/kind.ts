import { switchPointOf } from '../elbv2/config.ts'
import { weightedSwitch } from '../elbv2/switch.ts'
import type { Entry } from '../entry.ts'
import type { Kind } from '../kind.ts'
import { nodePortSchema, type NodePortConfig } from './config.ts'
import { find } from './find.ts'
import type { NodePortFound } from './found.ts'
import { observeNodes } from './health.ts'
import { obstacles } from './obstacles.ts'
import { creates, removeOrphan } from './orphans.ts'
import { plan, type NodePortPlan } from './plan.ts'
import { program } from './program.ts'

/** A rule of an ALB, or a listener of an ALB or NLB, that forwards to a NodePort of the nodes. Shifts by weights. */
export const nodePort: Kind<NodePortConfig & Entry, NodePortFound, NodePortPlan> = {
  name: 'node-port',
  schema: nodePortSchema,
  grain: () => 'percent',
  service: ({ service }) => service,
  claims: (config) => [switchPointOf(config).arn],
  find,
  plan,
  program,
  ...weightedSwitch,
  observe: { ...weightedSwitch.observe, health: observeNodes, obstacles },
  creates,
  removeOrphan,
}
