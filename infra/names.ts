import type { Colour } from './traffic.ts'

/** Every name and tag that we give to something is made here. */

export const project = 'eks-cutover'

/** Stacks of one migration: one for green's cluster, one per workload. */
export const stackName = (migration: string, workload: string): string => `${migration}.${workload}`

/** How Pulumi names a resource of one of our stacks. */
export const urnOf = (stack: string, { type, name }: { readonly type: string; readonly name: string }): string =>
  `urn:pulumi:${stack}::${project}::${type}::${name}`

/** Logical names within a workload's stack. Each workload has its own stack, so they need no prefix. */
export const logical = {
  aws: 'aws',
  kubernetes: 'green',
  switchPoint: 'switch-point',
  targetGroup: 'green-targets',
  binding: 'green-binding',
  testRoute: 'test-route',
  podIngress: 'green-pod-ingress',
  nodes: 'green-nodes',
  sharingNodes: 'green-sharing-nodes',
  nodeIngress: 'green-node-ingress',
  listener: 'green-listener',
  integration: 'integration',
  deployment: 'green-deployment',
  convertedDeployment: 'converted-deployment',
} as const

/** Tags on everything that we create. By them an object that we made is recognised when our records know nothing of it. */
export const tagsFor = (migration: string, workload: string, colour: Colour): Record<string, string> => ({
  'eks-cutover:migration': migration,
  'eks-cutover:workload': workload,
  'eks-cutover:colour': colour,
})

/** Target groups are auto-named under this prefix (at most 6 characters): a fixed name cannot be replaced while it is in use. */
export const targetGroupNamePrefix = 'green-'

/** The binding in green. A dot joins the names, because neither can have one: no two workloads share a binding. */
export const bindingName = (migration: string, workload: string): string => `${migration}.${workload}`

/** The header whose secret value leads a request to green before green gets any traffic. */
export const testHeader = 'x-eks-cutover-test'

/** A field manager and cluster identity that stay the same for the life of a migration. */
export const clusterIdentifier = (migration: string, colour: Colour): string => `${project}/${migration}/${colour}`
