import { registering } from '../cloud/elbv2/target-health.ts'
import { registrationSeconds } from '../cloud/elbv2/timing.ts'
import type { HealthCheck, LoadBalancerType, Target, TargetGroup, TargetHealth } from '../cloud/elbv2/state.ts'
import type { Clock } from '../clock.ts'
import type { AddressBook } from './addresses.ts'
import { probe, type ProbeResult } from './health-probe.ts'

interface Watched {
  readonly clock: Clock
  readonly addresses: AddressBook
  readonly group: TargetGroup
  readonly target: Target
  readonly type: LoadBalancerType
  readonly onChange: () => void
}

/** Registers one target with its load balancer and checks its health from then on, one check at a time. */
export class TargetMonitor {
  readonly #watched: Watched
  readonly #stopped = new AbortController()
  #streak: Streak = { passes: 0, failures: 0 }
  #cancel: () => void

  constructor(watched: Watched) {
    this.#watched = watched
    this.#cancel = watched.clock.after(registrationSeconds[watched.type], () => {
      this.#become({ state: 'initial', reason: 'Elb.InitialHealthChecking' })
      void this.#check()
    })
  }

  /** A target that stays registered starts from the beginning when it is used again. */
  stop(): void {
    this.#stopped.abort()
    this.#cancel()
    if (this.#watched.target.health.state !== 'draining') this.#watched.target.health = registering
  }

  async #check(): Promise<void> {
    const { clock, addresses, group, target, type } = this.#watched
    const check = group.healthCheck
    const port = check.port === 'traffic-port' ? (target.port ?? 0) : Number(check.port)
    const { id, address = id } = target
    const startedAt = performance.now()
    const result = await probe({
      check,
      socket: addresses.resolve(address, port),
      host: `${address}:${port}`,
      timeoutMs: clock.timeoutMs(check.timeoutSeconds),
      signal: this.#stopped.signal,
    })
    if (this.#stopped.signal.aborted || target.health.state === 'draining') return
    this.#streak = nextStreak(this.#streak, result)
    this.#become(nextHealth(target.health, this.#streak, result, type, check))
    const tookSeconds = ((performance.now() - startedAt) * clock.scale) / 1000
    this.#cancel = clock.after(Math.max(0, check.intervalSeconds - tookSeconds), () => void this.#check())
  }

  #become(health: TargetHealth): void {
    const { target, onChange } = this.#watched
    const changed = target.health !== health
    target.health = health
    if (changed) onChange()
  }
}

export interface Streak {
  readonly passes: number
  readonly failures: number
}

export const nextStreak = (streak: Streak, result: ProbeResult): Streak =>
  result ? { passes: 0, failures: streak.failures + 1 } : { passes: streak.passes + 1, failures: 0 }

/**
 * What a target is after one more check; the very same object when nothing changed. A new target is healthy behind an application
 * load balancer after one pass (ALB guide, "Target health status"), behind a network load balancer after as many as any
 * other target (LBC #1834).
 */
export function nextHealth(
  health: TargetHealth,
  { passes, failures }: Streak,
  result: ProbeResult,
  type: LoadBalancerType,
  check: Pick<HealthCheck, 'healthyThreshold' | 'unhealthyThreshold'>,
): TargetHealth {
  if (result) {
    const failed = health.state === 'unhealthy' || failures >= check.unhealthyThreshold
    return failed ? { state: 'unhealthy', ...result } : health
  }
  const needed = health.state === 'initial' && type === 'application' ? 1 : check.healthyThreshold
  return health.state !== 'healthy' && passes >= needed ? { state: 'healthy' } : health
}
