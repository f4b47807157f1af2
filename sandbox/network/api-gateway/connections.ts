import { Agent } from 'node:http'
import type { Clock } from '../../clock.ts'
import { retire } from '../target-pool.ts'

/**
 * AWS seconds for which a connection through a VPC link is used again. API Gateway keeps them; for how long is published nowhere,
 * so this is ours. Until then requests follow neither the weights nor the health behind a network load balancer.
 */
const keptSeconds = 60

/** Connections that API Gateway keeps to listeners, by load balancer and port. */
export class LinkConnections {
  readonly #clock: Clock
  readonly #kept = new Map<string, { readonly agent: Agent; readonly since: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  agentFor(loadBalancerArn: string, port: number): Agent {
    const key = `${loadBalancerArn}:${port}`
    const known = this.#kept.get(key)
    if (known && performance.now() - known.since < this.#clock.ms(keptSeconds)) return known.agent
    if (known) retire(known.agent)
    const agent = new Agent({ keepAlive: true })
    this.#kept.set(key, { agent, since: performance.now() })
    return agent
  }

  close(): void {
    for (const { agent } of this.#kept.values()) agent.destroy()
    this.#kept.clear()
  }
}
