import { setTimeout as sleep } from 'node:timers/promises'

/** What the API answers, as far as a driver of it looks. */
export interface OperationAnswer {
  readonly id: string
  readonly action: string
  readonly state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'interrupted'
  readonly from: string
  readonly to: string
  readonly reason: string | null
  readonly requestedBy: string
  readonly requestedAt: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly homeMs: number | null
  readonly settledMs: number | null
  readonly result: Readonly<Record<string, unknown>> | null
  readonly error: Problem | null
}

export interface WorkloadAnswer {
  readonly name: string
  readonly kind: string
  readonly phase: string
  readonly step: number | null
  readonly split: { readonly wanted: Shares; readonly observed: Shares | null }
  readonly gates: readonly { readonly name: string; readonly state: string; readonly sentence: string }[]
  readonly holds: readonly {
    readonly id: string
    /** null: it is on more than this workload */
    readonly workload: string | null
    readonly name: string
    readonly by: string
    readonly reason: string
  }[]
  readonly operation: OperationAnswer | null
  readonly status: string
  readonly sentence: string
}

export interface Shares {
  readonly blue: number
  readonly green: number
}

export interface Problem {
  readonly code: string
  readonly detail: string
  readonly status: number
  readonly [member: string]: unknown
}

/** The API said no. */
export class Refusal extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`)
    this.name = 'Refusal'
    this.problem = problem
  }
}

function succeeded(operation: OperationAnswer, what: string): OperationAnswer {
  const { state, error } = operation
  if (state !== 'succeeded') throw new Error(`${what} ${state}: ${error?.detail ?? 'no reason given'}`)
  return operation
}

const finalStates = ['succeeded', 'failed', 'cancelled', 'interrupted']

/** Drives one migration over REST alone. */
export class Client {
  readonly #base: string
  readonly #migration: string

  constructor(service: string, migration: string) {
    this.#base = service
    this.#migration = migration
  }

  async apply(inventoryYaml: string): Promise<void> {
    const headers = { 'content-type': 'application/yaml' }
    await this.#send('PUT', `/v1/migrations/${this.#migration}`, inventoryYaml, headers)
  }

  workload(name: string): Promise<WorkloadAnswer> {
    return this.get(`${this.pathOf(name)}`)
  }

  operation(id: string): Promise<OperationAnswer> {
    return this.get(`/v1/operations/${id}`)
  }

  async history(name: string): Promise<readonly OperationAnswer[]> {
    return (await this.get<{ items: OperationAnswer[] }>(`${this.pathOf(name)}/history?limit=200`)).items
  }

  post<T = OperationAnswer>(name: string, action: string, body: object = {}): Promise<T> {
    return this.#send('POST', `${this.pathOf(name)}/${action}`, JSON.stringify(body), {
      'content-type': 'application/json',
    })
  }

  async get<T>(path: string): Promise<T> {
    return this.#send('GET', path)
  }

  /** Every workload home at once; of each how it came out, once none is on its way any more, or after so many seconds. */
  async rollbackAll<T>(reason: string, waitSeconds: number): Promise<readonly T[]> {
    const path = `/v1/migrations/${this.#migration}/rollback?wait=${waitSeconds}`
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ reason })
    return (await this.#send<{ readonly workloads: readonly T[] }>('POST', path, body, headers)).workloads
  }

  get clusterPath(): string {
    return `/v1/migrations/${this.#migration}/cluster`
  }

  /** Of green's cluster; throws Refusal or the operation's error. */
  async actOnCluster(action: string, body: object = {}): Promise<OperationAnswer> {
    const headers = { 'content-type': 'application/json' }
    const { id } = await this.#send<OperationAnswer>(
      'POST',
      `${this.clusterPath}/${action}`,
      JSON.stringify(body),
      headers,
    )
    return succeeded(await this.ended(id), `${action} of the cluster`)
  }

  async removeHolds(name: string): Promise<void> {
    for (const { id, workload } of (await this.workload(name)).holds)
      if (workload !== null) await this.#send('DELETE', `${this.pathOf(name)}/holds/${id}`)
  }

  /** Resolves when the operation has ended, however. */
  async ended(id: string): Promise<OperationAnswer> {
    for (;;) {
      const operation = await this.operation(id)
      if (finalStates.includes(operation.state)) return operation
      await sleep(50)
    }
  }

  /** Asks for an action and waits until it has succeeded; throws Refusal or the operation's error. */
  async act(name: string, action: string, body: object = {}): Promise<OperationAnswer> {
    const { id } = await this.post(name, action, body)
    return succeeded(await this.ended(id), `${action} of ${name}`)
  }

  /** Resolves when every gate is open but those named; throws when that takes longer than `seconds`. */
  async open(name: string, except: readonly string[] = [], seconds = 60): Promise<WorkloadAnswer> {
    const deadline = Date.now() + seconds * 1000
    for (;;) {
      const workload = await this.workload(name)
      const closed = workload.gates.filter((gate) => gate.state !== 'open' && !except.includes(gate.name))
      if (closed.length === 0 && workload.status !== 'running') return workload
      if (Date.now() > deadline) throw new Error(`${name} is not ready: ${workload.sentence}`)
      await sleep(100)
    }
  }

  pathOf(name: string): string {
    return `/v1/migrations/${this.#migration}/workloads/${name}`
  }

  async #send<T>(method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<T> {
    const answer = await fetch(`${this.#base}${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
    const text = await answer.text()
    if (!answer.ok) throw new Refusal(JSON.parse(text) as Problem)
    return (text ? JSON.parse(text) : undefined) as T
  }
}
