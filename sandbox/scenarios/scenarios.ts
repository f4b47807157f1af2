import { ingressDns } from './ingress-dns.ts'
import { apiGateway, weighedApis } from './api-gateway.ts'
import { many, mostWorkloads } from './many.ts'
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

/** With a number of workloads after its name. */
export const manyAbout = `as many workloads of kind alb, 1 to ${mostWorkloads}, on blue, the same deployed on green`

export const scenarioNames: readonly string[] = [...Object.keys(scenarios), 'many:N']

/** undefined: there is none of this name. */
export function scenarioOf(name: string): Scenario | undefined {
  const [, digits] = /^many:([1-9]\d*)$/.exec(name) ?? []
  if (digits === undefined) return scenarios[name]
  return Number(digits) <= mostWorkloads ? many(Number(digits)) : undefined
}
