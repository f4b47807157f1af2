/** Delays and rates of Route 53 in AWS seconds. */

/** From a change to INSYNC. "Generally within 60 seconds" (API reference, ChangeResourceRecordSets); no finer figure is published. */
export const propagationSeconds = 40

/** How long a change batch keeps its zone busy. No published figure: a call takes a few tenths of a second. */
export const processingSeconds = 0.2

/** For the whole account, all operations together ("Amazon Route 53 API throttling limits" in its guide). */
export const requestsPerSecond = 5

/** What clients may keep of an alias to a load balancer ("How Route 53 determines the TTL for alias records" in its guide). */
export const loadBalancerTtlSeconds = 60
