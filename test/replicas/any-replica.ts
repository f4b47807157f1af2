import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Refusal, type OperationAnswer, type Problem, type WorkloadAnswer } from '../../demo/client.ts'
import type { Fleet } from './fleet.ts'

/** A replica that is starting or stopping says so; another one may do better. */
const tryElsewhere = new Set([502, 503])

interface Request {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/**
 * As behind a plain load balancer: every request goes to a replica that is drawn, and to another one if that does not answer. What is
 * asked for carries an Idempotency-Key, so that it may be sent again.
 */
export class AnyReplica {
  readonly #fleet: Fleet
  readonly #random: () => number
  readonly #signal: AbortSignal
  /** How often a replica that was asked did not answer. */
  unanswered = 0

  constructor(fleet: Fleet, random: () => number, signal: AbortSignal) {
    this.#fleet = fleet
    this.#random = random
    this.#signal = signal
  }

  workload(migration: string, name: string): Promise<WorkloadAnswer> {
    return this.#send({ method: 'GET', path: pathOf(migration, name), headers: {} })
  }

  operation(id: string): Promise<OperationAnswer> {
    return this.#send({ method: 'GET', path: `/v1/operations/${id}`, headers: {} })
  }

  async apply(migration: string, yaml: string): Promise<void> {
    const headers = { 'content-type': 'application/yaml' }
    await this.#send({ method: 'PUT', path: `/v1/migrations/${migration}`, headers, body: yaml })
  }

  act(migration: string, name: string, action: string, body: object): Promise<OperationAnswer> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() }
    return this.#send({
      method: 'POST',
      path: `${pathOf(migration, name)}/${action}`,
      headers,
      body: JSON.stringify(body),
    })
  }

  async removeHolds(migration: string, name: string): Promise<void> {
    for (const { id } of (await this.workload(migration, name)).holds) {
      await this.#send({ method: 'DELETE', path: `${pathOf(migration, name)}/holds/${id}`, headers: {} }).catch(
        (error: unknown) => {
          // it was removed by the request before, which was not answered
          if (!(error instanceof Refusal) || error.problem.code !== 'not-found') throw error
        },
      )
    }
  }

  async #send<T>(request: Request): Promise<T> {
    for (;;) {
      this.#signal.throwIfAborted()
      const answer = await this.#once(request)
      if (answer && !tryElsewhere.has(answer.status)) {
        if (answer.status >= 400) throw new Refusal(JSON.parse(answer.text) as Problem)
        return (answer.text ? JSON.parse(answer.text) : undefined) as T
      }
      this.unanswered += 1
      await sleep(100)
    }
  }

  /** null: there was no answer. */
  async #once({ method, path, headers, body }: Request): Promise<{ status: number; text: string } | null> {
    const { replicas } = this.#fleet
    const { process } = replicas[Math.floor(this.#random() * replicas.length)] as (typeof replicas)[number]
    try {
      const answer = await fetch(`${process.url}${path}`, {
        method,
        headers,
        signal: this.#signal,
        ...(body === undefined ? {} : { body }),
      })
      return { status: answer.status, text: await answer.text() }
    } catch {
      this.#signal.throwIfAborted()
      return null
    }
  }
}

const pathOf = (migration: string, name: string): string => `/v1/migrations/${migration}/workloads/${name}`
