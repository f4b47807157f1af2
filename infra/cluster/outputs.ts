import { Type, type Static } from 'typebox'

/** What the cluster's stack exports, but for its kubeconfig. */
export const clusterOutputsSchema = Type.Object(
  {
    clusterName: Type.String(),
    version: Type.String(),
    endpoint: Type.String(),
    certificateAuthority: Type.String({ description: 'Base64 of PEM, as EKS gives it.' }),
    oidcProviderArn: Type.String(),
    nodeSecurityGroupId: Type.Union([Type.String(), Type.Null()], {
      description: "What all nodes' interfaces carry, as EC2 says; null: there is no node.",
    }),
    autoScalingGroups: Type.Array(Type.String()),
  },
  { additionalProperties: false, description: "The stack's outputs, but for the kubeconfig, which is secret there." },
)

/** The contract that CI reads, beside the workloads' `cutover`. Additive changes only. */
export type ClusterOutputs = Readonly<Omit<Static<typeof clusterOutputsSchema>, 'autoScalingGroups'>> & {
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
