/**
 * What control can do to a workload's pods. Nobody but `gone` makes them unready: no readiness probe is run, so that
 * a load balancer's view of pods can be spoilt while they stay endpoints.
 * `unhealthy`: health checks get 503, everybody else is served. `slow`: every answer takes `delayMs`.
 * `erroring`: every answer is a 500. `gone`: nothing listens any more, and the pods are not ready.
 */
export type PodState = 'unhealthy' | 'slow' | 'erroring' | 'gone'

export interface PodFault {
  workload: string
  state: PodState
  /** Of `slow`; 1000 unless said. */
  delayMs?: number
}

const defaultDelayMs = 1000

export const delayOf = ({ state, delayMs = defaultDelayMs }: PodFault): number => (state === 'slow' ? delayMs : 0)

/** Who asks about health rather than for an answer: load balancers' health checks and the kubelet's probes. */
const isHealthCheck = (userAgent = ''): boolean => /^(ELB-HealthChecker|kube-probe)\//.test(userAgent)

/** The status of the answer to a request, by the fault in force. */
export function answerOf(fault: PodFault | undefined, userAgent: string | undefined): number {
  if (fault?.state === 'erroring') return 500
  return fault?.state === 'unhealthy' && isHealthCheck(userAgent) ? 503 : 200
}
