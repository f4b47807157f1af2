/** One call to AWS as the wire answered it. */
export interface LoggedCall {
  readonly at: Date
  /** As in the table of services; the signing name when there is no such service; empty when the caller did not say. */
  readonly service: string
  /** Empty when the request did not say. */
  readonly operation: string
  readonly accessKeyId: string
  /** The software that asked, as its user agent says: `aws-sdk-js`, `aws-sdk-go-v2`, `aws-cli`, `pulumi-stand-in`, …; absent when it does not. */
  readonly client?: string
  /** 0: the connection was dropped without an answer. */
  readonly status: number
  readonly errorCode?: string
  /** What the operation was asked to do; absent when the call did not get that far. */
  readonly input?: unknown
  /** ARNs that its answer names first: of what it has made, if anything. Absent when there are none. */
  readonly made?: readonly string[]
  readonly ms: number
}

const filterNames = ['service', 'operation', 'accessKeyId', 'client', 'status', 'errorCode'] as const

export type CallFilter = Partial<Pick<LoggedCall, (typeof filterNames)[number]>>

interface Counter {
  readonly of: CallFilter
  calls: number
}

/** The last calls in full, and the number of all of them since the last `clear`. */
export class CallLog {
  readonly #capacity: number
  readonly #recent: LoggedCall[] = []
  readonly #counters = new Map<string, Counter>()
  readonly #followers = new Set<(call: LoggedCall) => void>()

  constructor(capacity = 1000) {
    this.#capacity = capacity
  }

  add(call: LoggedCall): void {
    this.#recent.push(call)
    if (this.#recent.length > this.#capacity) this.#recent.shift()
    for (const follow of this.#followers) follow(call)
    const key = filterNames.map((name) => call[name] ?? '').join(' ')
    const counter = this.#counters.get(key)
    if (counter) counter.calls += 1
    else this.#counters.set(key, { of: call, calls: 1 })
  }

  /** Is told of every call before its caller has the answer, until the function that it gets back is called. */
  follow(follower: (call: LoggedCall) => void): () => void {
    this.#followers.add(follower)
    return () => void this.#followers.delete(follower)
  }

  /** Oldest first. */
  recent(): readonly LoggedCall[] {
    return [...this.#recent]
  }

  /** How many calls agree with every member of `filter`; exact however long ago they were. */
  count(filter: CallFilter = {}): number {
    return this.#agreeing(filter).reduce((sum, { calls }) => sum + calls, 0)
  }

  /** Calls by operation, of all services, that agree with every member of `filter`; exact however long ago they were. */
  byOperation(filter: CallFilter = {}): ReadonlyMap<string, number> {
    const sums = new Map<string, number>()
    for (const { of, calls } of this.#agreeing(filter)) {
      const operation = of.operation ?? ''
      sums.set(operation, (sums.get(operation) ?? 0) + calls)
    }
    return sums
  }

  #agreeing(filter: CallFilter): Counter[] {
    const wanted = filterNames.filter((name) => filter[name] !== undefined)
    return [...this.#counters.values()].filter(({ of }) => wanted.every((name) => of[name] === filter[name]))
  }

  clear(): void {
    this.#recent.length = 0
    this.#counters.clear()
  }
}
