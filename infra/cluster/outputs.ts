/** What the cluster's stack exports: the contract that CI reads, beside the workloads' `cutover`. Additive changes only. */
export interface ClusterOutputs {
  readonly clusterName: string
  readonly version: string
  readonly endpoint: string
  /** Base64 of PEM, as EKS gives it. */
  readonly certificateAuthority: string
  readonly oidcProviderArn: string
  /** What the nodes' interfaces carry, as EC2 says; null: there is no node. */
  readonly nodeSecurityGroupId: string | null
  readonly autoScalingGroups: readonly string[]
}

/**
 * The security group that all nodes carry: the one that EKS makes if it is among them. null: there is no node. Throws when they
 * have none in common, because then no rule of one group reaches every node.
 */
export function nodeSecurityGroup(
  groupsOfNodes: readonly (readonly string[])[],
  clusterSecurityGroup: string,
): string | null {
  const [first, ...rest] = groupsOfNodes
  if (!first) return null
  const common = first.filter((group) => rest.every((groups) => groups.includes(group)))
  if (common.includes(clusterSecurityGroup)) return clusterSecurityGroup
  const [one] = common.toSorted()
  if (one === undefined)
    throw new Error("the nodes have no security group in common: give the node groups' launch templates one")
  return one
}
