/** Delays of API Gateway in AWS seconds. */

/** Two to four minutes (API Gateway guide, "Set up private integrations"). */
export const vpcLinkSeconds = 180

/** One CreateDeployment every five seconds per account (API Gateway quotas). */
export const deploymentIntervalSeconds = 5

/**
 * How long the two halves of the fleet take to follow a change of what a stage serves. AWS publishes no figure; it takes seconds,
 * and not the same on all of its hosts.
 */
export const propagationSeconds = [2, 5] as const
