import type { Colour } from './traffic.ts'

/** Every name and tag that we give to something is made here. */

export const project = 'eks-cutover'

/** The name that a workload cannot have: its place in a migration is that of green's own stack. */
export const clusterStack = 'cluster'

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
  nodeIngress: 'green-node-ingress',
  greenRecord: 'green-record',
} as const

/** Logical names within the stack of green's cluster. */
export const clusterLogical = {
  aws: 'aws',
  kubernetes: 'green',
  cluster: 'cluster',
  nodeRole: 'nodes',
  controller: 'load-balancer-controller',
  controllerAllow: 'load-balancer-controller-allow',
  controllerDeny: 'load-balancer-controller-deny-blue',
  nodeGroup: (name: string): string => `nodes-${name}`,
  addon: (name: string): string => `addon-${name}`,
  trustedRole: (name: string): string => `trust-${name}`,
} as const

/** Tags on everything that we create for green's cluster. */
export const clusterTags = (migration: string): Record<string, string> => ({
  'eks-cutover:migration': migration,
  'eks-cutover:colour': 'green',
})

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

/** Which of the weighted records of one name is ours: records have no tags. Route 53 takes 128 characters. */
export const recordIdentifier = (migration: string, workload: string, colour: Colour): string =>
  `${project}/${migration}/${workload}/${colour}`

/** The header whose secret value leads a request to green before green gets any traffic. */
export const testHeader = 'x-eks-cutover-test'

/** A field manager and cluster identity that stay the same for the life of a migration. */
export const clusterIdentifier = (migration: string, colour: Colour): string => `${project}/${migration}/${colour}`
