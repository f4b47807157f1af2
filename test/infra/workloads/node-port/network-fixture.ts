import type { NodePortSite } from '../../../../infra/workloads/node-port/found.ts'
import { site } from './fixture.ts'

const elb = 'arn:aws:elasticloadbalancing:eu-central-1:123456789012'

export const listenerArn = `${elb}:listener/net/stream/50dc6c495c0c9188/f2f7dc8efc522ab2`

const { rule: _rule, ...config } = site.config

/** A workload behind a listener of a network load balancer that has no security group and shows its clients to the nodes. */
export const networkSite: NodePortSite = {
  ...site,
  config: { ...config, listener: listenerArn },
  found: {
    ...site.found,
    crossZone: false,
    switchPoint: { type: 'listener', arn: listenerArn },
    listener: { arn: listenerArn, port: 443, protocol: 'TLS' },
    loadBalancer: {
      type: 'network',
      arn: `${elb}:loadbalancer/net/stream/50dc6c495c0c9188`,
      dnsName: 'stream-50dc6c495c0c9188.elb.eu-central-1.amazonaws.com',
      securityGroups: [],
      idleTimeoutSeconds: 350,
    },
    rule: null,
    forward: { order: null, weight: 1, stickinessSeconds: null, stickable: false },
    blueTargetGroup: {
      ...site.found.blueTargetGroup,
      protocol: 'TCP',
      protocolVersion: null,
      slowStartSeconds: null,
      algorithm: null,
      flows: {
        preserveClientIp: true,
        proxyProtocolV2: true,
        terminatedOnDeregistration: false,
        whenUnhealthy: { terminated: true, drainingSeconds: 0 },
      },
    },
    testRoute: {
      port: 444,
      tls: {
        certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/1',
        sslPolicy: 'P',
        alpnPolicy: 'None',
      },
    },
    nodeIngress: [
      { port: 31_080, from: '203.0.113.0/24' },
      { port: 31_080, from: '2001:db8::/32' },
    ],
  },
}

/** The same where the nodes of both clusters share one group. */
export const sharedSite: NodePortSite = {
  ...networkSite,
  config: { ...networkSite.config, strategy: 'shared' },
  found: {
    ...networkSite.found,
    green: { nodePort: networkSite.found.blueTargetGroup.port, healthCheckPort: 'traffic-port' },
    blueNodes: [
      { autoScalingGroup: 'blue-a', as: 'target-group' },
      { autoScalingGroup: 'blue-b', as: 'traffic-source' },
    ],
  },
}
