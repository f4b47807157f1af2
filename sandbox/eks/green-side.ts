import type { Cluster } from '../kubernetes/cluster.ts'
import type { Pipeline } from '../scenarios/scenario.ts'

/** The cluster that is moved to: there from the start, or built, taken away and built again while the sandbox runs. */
export class GreenSide {
  #cluster: Cluster | null = null
  #up = Promise.withResolvers<Cluster>()
  #deployed = Promise.withResolvers<void>()
  #underWay = new AbortController()

  constructor() {
    this.#deployed.promise.catch(() => undefined)
  }

  get cluster(): Cluster | null {
    return this.#cluster
  }

  /** Resolves when there is one. */
  whenUp(): Promise<Cluster> {
    return this.#up.promise
  }

  /** Resolves when the team's pipeline has run through on it, and rejects with what broke it. */
  whenDeployed(): Promise<void> {
    return this.#deployed.promise
  }

  rise(cluster: Cluster, pipeline: Pipeline = async () => undefined): void {
    this.#cluster = cluster
    const { signal } = this.#underWay
    const deployed = this.#deployed
    pipeline(cluster, signal).then(
      () => deployed.resolve(),
      // What goes wrong because the cluster is gone is nobody's business: the next one is waited for.
      (error: unknown) => signal.aborted || deployed.reject(error),
    )
    this.#up.resolve(cluster)
  }

  /** It is gone; the next one is waited for. */
  fall(): void {
    this.#underWay.abort()
    this.#underWay = new AbortController()
    if (this.#cluster === null) return
    this.#cluster = null
    this.#up = Promise.withResolvers()
    this.#deployed = Promise.withResolvers()
    this.#deployed.promise.catch(() => undefined)
  }
}
