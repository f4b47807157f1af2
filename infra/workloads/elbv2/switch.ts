import { logical, testHeader } from '../../names.ts'
import type { Kind, Lingering, PlanBase, TestRoute } from '../kind.ts'
import { flip } from './flip.ts'
import type { FoundSwitch, SwitchSite } from './found.ts'
import { observeBlueTraffic } from './blue-traffic.ts'
import { observeHealth, observeSplit, observeSwitchPoint, observeTestRoute } from './observe.ts'

type Mechanics = 'parts' | 'complete' | 'propagation' | 'switchResources' | 'observe' | 'flip' | 'lingers' | 'testRoute'

/**
 * How traffic is read, flipped and reached at a rule or a listener's default action of an application load balancer, or at a listener
 * of a network load balancer.
 */
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
  testRoute: testRouteOf,
}

export function testRouteOf({ found: { testRoute } }: SwitchSite, secret: string): TestRoute {
  if ('none' in testRoute) return { none: testRoute.none }
  return 'port' in testRoute ? { connect: { port: testRoute.port } } : { headers: { [testHeader]: secret } }
}

/**
 * ALB routes each request by itself, so nothing is pinned to a side but what is already under way: a request until it is
 * answered or idle for the load balancer's time-out, a WebSocket until it is closed. An NLB places each new connection and leaves
 * it there (its guide, "Listeners").
 */
function lingers({ found }: SwitchSite): Lingering {
  const { idleTimeoutSeconds } = found.loadBalancer
  if (found.loadBalancer.type === 'network') {
    const sentence = `connections that stand stay on their side until they are closed, or silent for ${idleTimeoutSeconds} s; new ones follow the switch`
    return { seconds: idleTimeoutSeconds, sentence }
  }
  const seconds = Math.max(idleTimeoutSeconds, found.blueTargetGroup.deregistrationDelaySeconds)
  return {
    seconds,
    sentence: `requests already under way end within ${seconds} s; open WebSockets stay on their side until they are closed`,
  }
}
