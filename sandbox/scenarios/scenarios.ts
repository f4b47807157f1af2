import { ingressDns } from './ingress-dns.ts'
import { apiGateway, weighedApis } from './api-gateway.ts'
import { nodePorts } from './node-ports.ts'
import { omnious } from './omnious/omnious.ts'
import type { Scenario } from './scenario.ts'
import { sharedNodes, weighedNodes } from './network-node-ports.ts'
import { small } from './small.ts'

export const scenarios: Readonly<Record<string, Scenario>> = {
  small,
  'node-ports': nodePorts,
  'api-gateway': apiGateway,
  'weighed-apis': weighedApis,
  'weighed-nodes': weighedNodes,
  'shared-nodes': sharedNodes,
  omnious,
  'ingress-dns': ingressDns,
}
