import type { Kind } from '../kind.ts'
import { albSchema, switchPointOf, type AlbConfig } from './config.ts'
import { find } from './find.ts'
import { flip } from './flip.ts'
import type { AlbFound, AlbSite } from './found.ts'
import { creates, removeOrphan } from './orphans.ts'
import { observeHealth, observeSplit, observeSwitchPoint, observeTestRoute } from './observe.ts'
import { plan, type AlbPlan } from './plan.ts'
import { program } from './program.ts'
import type { Entry } from '../entry.ts'
import { logical, testHeader } from '../../names.ts'

/** An ALB rule, or a listener's default action, that forwards to pods bound by a TargetGroupBinding. Shifts by weights, per request. */
export const alb: Kind<AlbConfig & Entry, AlbFound, AlbPlan> = {
  name: 'alb',
  schema: albSchema,
  grain: () => 'percent',
  service: ({ service }) => service,
  claims: (config) => [switchPointOf(config).arn],
  find,
  plan,
  program,
  switchResources: ({ found }) => [
    {
      type: found.switchPoint.type === 'rule' ? 'aws:lb/listenerRule:ListenerRule' : 'aws:lb/listener:Listener',
      name: logical.switchPoint,
      id: found.switchPoint.arn,
    },
  ],
  observe: {
    split: observeSplit,
    health: observeHealth,
    switchPoint: observeSwitchPoint,
    testRoute: observeTestRoute,
  },
  flip,
  creates,
  removeOrphan,
  lingers,
  testRoute: ({ found }, secret) =>
    'none' in found.testRoute ? { none: found.testRoute.none } : { headers: { [testHeader]: secret } },
}

/**
 * ALB routes each request by itself, so nothing is pinned to a side but what is already under way: a request until it is
 * answered or idle for the load balancer's time-out, a WebSocket until it is closed.
 */
function lingers({ found }: AlbSite) {
  const seconds = Math.max(found.loadBalancer.idleTimeoutSeconds, found.blueTargetGroup.deregistrationDelaySeconds)
  return {
    seconds,
    sentence: `requests already under way end within ${seconds} s; open WebSockets stay on their side until they are closed`,
  }
}
