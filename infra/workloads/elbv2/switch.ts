import { logical, testHeader } from '../../names.ts'
import type { Kind, PlanBase } from '../kind.ts'
import { flip } from './flip.ts'
import type { FoundSwitch, SwitchSite } from './found.ts'
import { observeBlueTraffic } from './blue-traffic.ts'
import { observeHealth, observeSplit, observeSwitchPoint, observeTestRoute } from './observe.ts'

type Mechanics = 'parts' | 'complete' | 'propagation' | 'switchResources' | 'observe' | 'flip' | 'lingers' | 'testRoute'

/** How traffic is read, flipped and reached at a rule, or a listener's default action, of an application load balancer. */
export const weightedSwitch: Pick<Kind<object, FoundSwitch, PlanBase>, Mechanics> = {
  parts: (_site, stage) => [stage],
  complete: () => Promise.resolve(),
  propagation: () => null,
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
    obstacles: () => Promise.resolve([]),
    blueTraffic: observeBlueTraffic,
  },
  flip,
  lingers,
  testRoute: ({ found }, secret) =>
    'none' in found.testRoute ? { none: found.testRoute.none } : { headers: { [testHeader]: secret } },
}

/**
 * ALB routes each request by itself, so nothing is pinned to a side but what is already under way: a request until it is
 * answered or idle for the load balancer's time-out, a WebSocket until it is closed.
 */
function lingers({ found }: SwitchSite) {
  const seconds = Math.max(found.loadBalancer.idleTimeoutSeconds, found.blueTargetGroup.deregistrationDelaySeconds)
  return {
    seconds,
    sentence: `requests already under way end within ${seconds} s; open WebSockets stay on their side until they are closed`,
  }
}
