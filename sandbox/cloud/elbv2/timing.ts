import type { LoadBalancerType } from './state.ts'

/** Delays of Elastic Load Balancing in AWS seconds. Those of a health check come from the target group itself. */
export const provisioningSeconds: Record<LoadBalancerType, number> = {
  // No published figure: consoles and Terraform runs show two to three minutes.
  application: 120,
  network: 120,
}

/** From RegisterTargets, or from the first rule that refers to the group, to the first health check. */
export const registrationSeconds: Record<LoadBalancerType, number> = {
  // AWS publishes no figure; a target shows its first check a few seconds after it was registered.
  application: 5,
  // 180 to 300 s by design, AWS Support in kubernetes-sigs/aws-load-balancer-controller#1834.
  network: 180,
}

/**
 * How long a target of a network load balancer gets new connections after it was deregistered, whatever its deregistration delay:
 * 120 s and more (LBC #2366, aws/containers-roadmap#470). DescribeTargetHealth calls it draining from the start.
 */
export const newFlowsAfterDeregistrationSeconds = 120
