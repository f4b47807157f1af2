import { ingressDns } from './ingress-dns.ts'
import { nodePorts } from './node-ports.ts'
import { omnious } from './omnious/omnious.ts'
import type { Scenario } from './scenario.ts'
import { small } from './small.ts'

export const scenarios: Readonly<Record<string, Scenario>> = {
  small,
  'node-ports': nodePorts,
  'ingress-dns': ingressDns,
  omnious,
}
