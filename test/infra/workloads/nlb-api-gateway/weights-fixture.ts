import type { GatewaySite } from '../../../../infra/workloads/nlb-api-gateway/found.ts'
import { arns, restSite } from './fixture.ts'

const { service, podIngress, blueTargetGroup } = restSite.config

/** A workload whose listener weighs; the service asks its API and knows what that asks the load balancer for. */
export const weighedSite: GatewaySite = {
  ...restSite,
  config: {
    switch: 'listener-weights',
    listener: arns.listener,
    blueTargetGroup,
    service,
    ...(podIngress ? { podIngress } : {}),
    backendUrl: 'http://lens.internal:8081/v1/products',
    probe: restSite.config.probe,
  },
  found: {
    ...restSite.found,
    api: null,
    loadBalancer: { ...restSite.found.loadBalancer, idleTimeoutSeconds: 350 },
    forward: { order: null, weight: 1, stickinessSeconds: null, stickable: false },
    blueTargetGroup: {
      ...restSite.found.blueTargetGroup,
      protocol: 'TCP',
      protocolVersion: null,
      slowStartSeconds: null,
      algorithm: null,
      deregistrationDelaySeconds: 300,
      flows: {
        preserveClientIp: false,
        proxyProtocolV2: false,
        terminatedOnDeregistration: false,
        whenUnhealthy: { terminated: true, drainingSeconds: 0 },
      },
    },
    testRoute: { port: 8082, tls: null },
  },
}

export const closingSite: GatewaySite = { ...weighedSite, config: { ...weighedSite.config, closeOnRollback: true } }
