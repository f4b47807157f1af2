/** What a load balancer counts per target group since the sandbox started; requests that reached no target are not in it. */
export interface TargetGroupCounters {
  /** Behind a network load balancer: connections, whose answers nobody counts. */
  requests: number
  answers: { '2xx': number; '3xx': number; '4xx': number; '5xx': number }
  /** Refused, reset or silent: answered by the load balancer with 502 or 504, or by a reset of the connection. */
  connectionErrors: number
}

export const noTraffic = (): TargetGroupCounters => ({
  requests: 0,
  answers: { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
  connectionErrors: 0,
})

export function countAnswer(counters: TargetGroupCounters, status: number): void {
  if (status < 200) return
  if (status < 300) counters.answers['2xx'] += 1
  else if (status < 400) counters.answers['3xx'] += 1
  else if (status < 500) counters.answers['4xx'] += 1
  else counters.answers['5xx'] += 1
}
