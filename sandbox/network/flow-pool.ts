import { newFlowsAfterDeregistrationSeconds } from '../cloud/elbv2/timing.ts'
import { inZoneOf } from '../cloud/elbv2/target-health.ts'
import type { LoadBalancer, Target, TargetGroup } from '../cloud/elbv2/state.ts'
import type { Clock } from '../clock.ts'
import { noTraffic, type TargetGroupCounters } from './counters.ts'
import type { Flow } from './flow.ts'
import { eligibleTargets } from './target-pool.ts'

/** One target with the flows that it holds. */
export interface FlowTarget {
  readonly target: Target
  readonly flows: Set<Flow>
}

interface Member extends FlowTarget {
  /** Deregistered: still gets new connections, until the load balancer's nodes have all heard of it. */
  leaving: boolean
  left: boolean
  /** Flows are reset when the target falls ill, not for as long as it is. */
  ill: boolean
  cancel: () => void
}

/**
 * The targets of one group behind a network load balancer that may get connections now, in turn, and the flows of all of them.
 * A flow stays where it is: weights, health of others and deregistration concern new connections alone. It is reset when its
 * target falls ill or when the deregistration delay ends, each only if the group's attributes say so.
 */
export class FlowPool {
  readonly counters: TargetGroupCounters = noTraffic()
  readonly #clock: Clock
  readonly #members = new Map<Target, Member>()
  #eligible: Member[] = []
  #turn = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Connections that stand now, those of targets that leave included. */
  get activeFlows(): number {
    return [...this.#members.values()].reduce((sum, { flows }) => sum + flows.size, 0)
  }

  /** undefined: nobody may get the connection, which the load balancer resets. */
  next(): FlowTarget | undefined {
    this.#turn = (this.#turn + 1) % Math.max(this.#eligible.length, 1)
    return this.#eligible[this.#turn]
  }

  refresh(group: TargetGroup, loadBalancer: LoadBalancer | undefined): void {
    const inService = [...group.targets.values()].filter(
      (target) => loadBalancer && inZoneOf(loadBalancer, target) && target.health.state !== 'draining',
    )
    for (const target of inService) this.#join(target)
    for (const member of this.#members.values()) if (!inService.includes(member.target)) this.#leave(member)
    for (const member of this.#members.values()) resetWhenDue(member, group)
    this.#forget(group)
    const eligible = new Set(eligibleTargets(group, inService))
    this.#eligible = [...this.#members.values()].filter((member) => {
      // Health checks ended with the registration, so a leaving target stays what it last was.
      return member.leaving ? !member.left && this.#eligible.includes(member) : eligible.has(member.target)
    })
  }

  close(): void {
    for (const { cancel, flows } of this.#members.values()) {
      cancel()
      for (const flow of flows) flow.reset()
    }
    this.#members.clear()
    this.#eligible = []
  }

  #join(target: Target): void {
    const member = this.#members.get(target)
    member?.cancel()
    if (member) Object.assign(member, { leaving: false, left: false })
    else {
      const fresh = { target, flows: new Set<Flow>(), leaving: false, left: false, ill: false, cancel: () => undefined }
      this.#members.set(target, fresh)
    }
  }

  #leave(member: Member): void {
    if (member.leaving) return
    member.leaving = true
    member.cancel = this.#clock.after(newFlowsAfterDeregistrationSeconds, () => {
      member.left = true
      this.#eligible = this.#eligible.filter((other) => other !== member)
    })
  }

  #forget(group: TargetGroup): void {
    for (const { target, left, flows } of this.#members.values()) {
      if (left && flows.size === 0 && ![...group.targets.values()].includes(target)) this.#members.delete(target)
    }
  }
}

function resetWhenDue(member: Member, group: TargetGroup): void {
  const { target, flows, leaving } = member
  const ill = target.health.state === 'unhealthy'
  const fellIll = ill && !member.ill
  member.ill = ill
  const gone = leaving && ![...group.targets.values()].includes(target)
  const wanted =
    (fellIll && isOn(group, 'target_health_state.unhealthy.connection_termination.enabled')) ||
    (gone && isOn(group, 'deregistration_delay.connection_termination.enabled'))
  if (wanted) for (const flow of flows) flow.reset()
}

const isOn = ({ attributes }: TargetGroup, name: string) => attributes.get(name) === 'true'
