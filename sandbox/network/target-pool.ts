import { Agent } from 'node:http'
import { inZoneOf } from '../cloud/elbv2/target-health.ts'
import type { LoadBalancer, Target, TargetGroup } from '../cloud/elbv2/state.ts'
import { noTraffic, type TargetGroupCounters } from './counters.ts'

/** One target with its own pool of kept connections. */
export interface Backend {
  readonly target: Target
  readonly agent: Agent
}

/** The targets of one group that may get requests now, in turn. Recomputed on change, never searched per request. */
export class TargetPool {
  readonly counters: TargetGroupCounters = noTraffic()
  readonly #backends = new Map<Target, Backend>()
  #eligible: Backend[] = []
  #turn = 0

  /** undefined: nobody may get the request, which the load balancer answers with 503. */
  next(): Backend | undefined {
    this.#turn = (this.#turn + 1) % Math.max(this.#eligible.length, 1)
    return this.#eligible[this.#turn]
  }

  refresh(group: TargetGroup, loadBalancer: LoadBalancer | undefined, idleTimeoutMs: number): void {
    const inService = [...group.targets.values()].filter(
      (target) => loadBalancer && inZoneOf(loadBalancer, target) && target.health.state !== 'draining',
    )
    for (const [target, backend] of this.#backends) {
      if (inService.includes(target)) continue
      this.#backends.delete(target)
      retire(backend.agent)
    }
    for (const target of inService) {
      if (this.#backends.has(target)) continue
      this.#backends.set(target, { target, agent: new Agent({ keepAlive: true, timeout: idleTimeoutMs }) })
    }
    const chosen = new Set(eligibleTargets(group, inService))
    this.#eligible = [...this.#backends.values()].filter(({ target }) => chosen.has(target))
  }

  close(): void {
    for (const { agent } of this.#backends.values()) retire(agent)
    this.#backends.clear()
    this.#eligible = []
  }
}

/** Requests under way finish; each connection closes when it has nothing left to do. */
export function retire(agent: Agent): void {
  agent.maxFreeSockets = 0
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
}

const minimumHealthy = 'target_group_health.unhealthy_state_routing.minimum_healthy_targets'

/**
 * The healthy ones; all that have been registered, healthy or not, when too few are (the group fails open). "Too few" is an
 * attribute of the group: below one by default.
 */
export function eligibleTargets(group: TargetGroup, inService: readonly Target[]): readonly Target[] {
  const healthy = inService.filter(({ health }) => health.state === 'healthy')
  const percentage = group.attributes.get(`${minimumHealthy}.percentage`)
  const share = percentage === undefined || percentage === 'off' ? 0 : Number(percentage) / 100
  const enough = Math.max(
    Number(group.attributes.get(`${minimumHealthy}.count`) ?? 1),
    Math.ceil(share * inService.length),
  )
  if (healthy.length >= enough) return healthy
  return inService.filter(
    ({ health }) => !(health.state === 'initial' && health.reason === 'Elb.RegistrationInProgress'),
  )
}
