import { switchPointOf } from '../elbv2/config.ts'
import { creates, removeOrphan } from '../elbv2/pod-orphans.ts'
import { podProgram } from '../elbv2/pod-program.ts'
import { weightedSwitch } from '../elbv2/switch.ts'
import type { Entry } from '../entry.ts'
import type { Kind } from '../kind.ts'
import { albSchema, type AlbConfig } from './config.ts'
import { find } from './find.ts'
import type { AlbFound } from './found.ts'
import { plan, type AlbPlan } from './plan.ts'
import { policy } from './policy.ts'

/** An ALB rule, or a listener's default action, that forwards to pods bound by a TargetGroupBinding. Shifts by weights, per request. */
export const alb: Kind<AlbConfig & Entry, AlbFound, AlbPlan> = {
  name: 'alb',
  schema: albSchema,
  grain: () => 'percent',
  service: ({ service }) => service,
  policy,
  claims: (config) => [switchPointOf(config).arn],
  find,
  plan,
  program: podProgram,
  ...weightedSwitch,
  creates,
  removeOrphan,
}
