import type { ClaimId } from '../kind.ts'
import type { FoundSwitch } from './found.ts'
import type { NetworkSurvey } from './network-survey.ts'
import type { Survey } from './survey.ts'

/** One listener would have two owners. */
export const portId = (loadBalancerArn: string, port: number): ClaimId => `${loadBalancerArn}#port-${port}`

const lastPort = 65_535

/**
 * A port of the network load balancer for green's own listener: the one that the entry names (`testPort`), else the next above the
 * switch point's that is free. None where the load balancer has all the listeners that it may have.
 */
export function freePort(
  { config, listener }: Survey,
  { ports, maxListeners }: NetworkSurvey,
  claimed: (id: ClaimId) => boolean,
): FoundSwitch['testRoute'] {
  const { LoadBalancerArn: loadBalancerArn = '', Port: own = 0 } = listener
  if (ports.length >= maxListeners)
    return { none: `the load balancer has ${maxListeners} listeners, the most that it may have` }
  const isFree = (port: number): boolean => !ports.includes(port) && !claimed(portId(loadBalancerArn, port))
  const others = Array.from({ length: lastPort }, (_, offset) => ((own + offset) % lastPort) + 1)
  const port = (config.testPort === undefined ? others : [config.testPort]).find(isFree)
  if (port === undefined) return { none: `port ${config.testPort ?? own} of the load balancer is taken` }
  return { port, tls: tlsOf(listener) }
}

/** A listener for TLS like blue's, so that what clients trust is asked as well. */
function tlsOf({ Protocol, Certificates, SslPolicy, AlpnPolicy }: Survey['listener']) {
  if (Protocol !== 'TLS') return null
  const [certificate] = Certificates ?? []
  return {
    certificateArn: certificate?.CertificateArn ?? '',
    sslPolicy: SslPolicy ?? '',
    alpnPolicy: AlpnPolicy?.[0] ?? null,
  }
}
