/** One call to AWS as the wire answered it. */
export interface LoggedCall {
  readonly at: Date
  /** As in the table of services; the signing name when there is no such service; empty when the caller did not say. */
  readonly service: string
  /** Empty when the request did not say. */
  readonly operation: string
  readonly accessKeyId: string
  /** 0: the connection was dropped without an answer. */
  readonly status: number
  readonly errorCode?: string
  /** What the operation was asked to do; absent when the call did not get that far. */
  readonly input?: unknown
  readonly ms: number
}

export type CallFilter = Partial<Pick<LoggedCall, 'service' | 'operation' | 'accessKeyId' | 'status' | 'errorCode'>>

const filterNames = ['service', 'operation', 'accessKeyId', 'status', 'errorCode'] as const

interface Counter {
  readonly of: CallFilter
  calls: number
}

/** The last calls in full, and the number of all of them since the last `clear`. */
export class CallLog {
  readonly #capacity: number
  readonly #recent: LoggedCall[] = []
  readonly #counters = new Map<string, Counter>()

  constructor(capacity = 1000) {
    this.#capacity = capacity
  }

  add(call: LoggedCall): void {
    this.#recent.push(call)
    if (this.#recent.length > this.#capacity) this.#recent.shift()
    const key = filterNames.map((name) => call[name] ?? '').join(' ')
    const counter = this.#counters.get(key)
    if (counter) counter.calls += 1
    else this.#counters.set(key, { of: call, calls: 1 })
  }

  /** Oldest first. */
  recent(): readonly LoggedCall[] {
    return [...this.#recent]
  }

  /** How many calls agree with every member of `filter`; exact however long ago they were. */
  count(filter: CallFilter = {}): number {
    const wanted = filterNames.filter((name) => filter[name] !== undefined)
    return [...this.#counters.values()]
      .filter(({ of }) => wanted.every((name) => of[name] === filter[name]))
      .reduce((sum, { calls }) => sum + calls, 0)
  }

  /** Calls by operation, of all services; exact however long ago they were. */
  byOperation(): ReadonlyMap<string, number> {
    const sums = new Map<string, number>()
    for (const { of, calls } of this.#counters.values()) {
      const operation = of.operation ?? ''
      sums.set(operation, (sums.get(operation) ?? 0) + calls)
    }
    return sums
  }

  clear(): void {
    this.#recent.length = 0
    this.#counters.clear()
  }
}
