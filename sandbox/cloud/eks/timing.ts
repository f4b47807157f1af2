/** How long EKS takes, in AWS seconds. It publishes no figures but "several minutes"; these are what consoles and Terraform runs show. */
export const seconds = {
  createCluster: 600,
  deleteCluster: 180,
  /** Endpoint access, logging, subnets, authentication mode. */
  updateCluster: 180,
  updateVersion: 540,
  createNodegroup: 180,
  deleteNodegroup: 180,
  scaleNodegroup: 60,
  /** Of a node group whose nodes are replaced one after the other. */
  rollNodegroup: 600,
  addon: 60,
  /** Between two looks at machines that are on their way out. */
  look: 5,
} as const
