import type { NodePortFound } from './found.ts'

/** A port of green's nodes and everybody who has to reach it: security groups, or ranges of addresses. */
export interface Opening {
  readonly port: number
  readonly sources: readonly string[]
}

/**
 * Pure. A load balancer with security groups comes from them. A network load balancer without comes from its subnets, with its
 * health checks always, and with its clients' connections unless it shows their own addresses to the nodes (NLB guide, "Target
 * security groups").
 */
export function openings(
  { loadBalancer, blueTargetGroup }: Pick<NodePortFound, 'loadBalancer' | 'blueTargetGroup'>,
  { nodePort, healthCheckPort }: NodePortFound['green'],
  { subnets, clients = [] }: { readonly subnets: readonly string[]; readonly clients?: readonly string[] | undefined },
): readonly Opening[] {
  const { securityGroups } = loadBalancer
  const checks = securityGroups.length > 0 ? securityGroups : subnets
  const showsClients = securityGroups.length === 0 && blueTargetGroup.flows?.preserveClientIp === true
  const traffic = showsClients ? clients : checks
  if (healthCheckPort === 'traffic-port') {
    return [{ port: nodePort, sources: [...new Set([...traffic, ...checks])] }]
  }
  return [
    { port: nodePort, sources: traffic },
    { port: Number(healthCheckPort), sources: checks },
  ]
}
