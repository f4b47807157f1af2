import type { TestRoute } from '../../kind.ts'
import type { GatewaySite } from '../found.ts'

/**
 * Green's own listener. It is asked as the probe asks where the probe names the load balancer itself, else as API Gateway would
 * ask it, which nothing but the entry says. Pure.
 */
export function testRouteOf({ config: { probe, backendUrl }, found }: GatewaySite): TestRoute {
  const { testRoute, loadBalancer } = found
  if (!('port' in testRoute)) return { none: 'none' in testRoute ? testRoute.none : 'it has no port' }
  if (probe === 'none') return { none: 'the service cannot reach the front door (probe: none)' }
  const asked = new URL(probe.url)
  const { port } = testRoute
  if (asked.hostname === loadBalancer.dnsName) return { connect: { port } }
  if (backendUrl === undefined)
    return { none: 'the probe asks the API, and the entry has no backendUrl to ask green for' }
  const { host, pathname, protocol } = new URL(backendUrl)
  return {
    headers: { host },
    connect: { host: loadBalancer.dnsName, port, protocol: protocol === 'https:' ? 'https' : 'http' },
    path: { from: asked.pathname, to: pathname },
  }
}
