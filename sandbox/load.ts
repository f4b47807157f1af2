import { Agent, request as send, type ClientRequest } from 'node:http'
import { LatencyHistogram } from './latency-histogram.ts'
import type { CachingResolver } from './network/dns/caching-resolver.ts'
import { ResolvingAgent } from './network/dns/resolving-agent.ts'

type Colour = 'blue' | 'green'

/** A name that is looked up for every new connection, as real clients do, instead of an address. */
interface NamedTarget {
  readonly name: string
  readonly resolver: CachingResolver
  /** 80 when left out. */
  readonly port?: number
  /** `/` when left out. */
  readonly path?: string
}

export type Target = { readonly url: string } | NamedTarget

export type LoadOptions = Target & {
  readonly headers?: Readonly<Record<string, string>>
  readonly ratePerSecond: number
  /** How many of the requests open a connection of their own: 0 none, 1 all. The others share kept connections. */
  readonly newConnectionShare: number
  /** How long an answer may take: 10 s when left out. */
  readonly timeoutMs?: number
}

interface Failure {
  readonly at: Date
  readonly reason: string
}

export interface LoadSnapshot {
  /** Answered or failed: blue + green + failed. */
  readonly requests: number
  readonly failed: number
  readonly byColour: Readonly<Record<Colour, number>>
  /** When a side last answered. */
  readonly lastAt: Readonly<Partial<Record<Colour, Date>>>
  readonly p50Ms: number
  readonly p99Ms: number
  /** The first 20 in full. */
  readonly failures: readonly Failure[]
}

export interface Load {
  snapshot(): LoadSnapshot
  /** Starts no more requests and resolves when those under way have ended. */
  stop(): Promise<LoadSnapshot>
}

const failuresKept = 20

/**
 * Open loop: requests start on their schedule, however late the answers are, and latency counts from the scheduled time, so
 * that a stall is seen and not skipped. An answer counts by the `cluster` that its JSON body names; a status other than 2xx, a body
 * without a cluster, a connection error and no answer in time are failures. One thing is tried again, once, as every
 * HTTP client does for GET: a kept connection that the server closed while the request was being written.
 */
export function startLoad(options: LoadOptions): Load {
  const { ratePerSecond, newConnectionShare } = options
  if (!(ratePerSecond > 0)) throw new RangeError(`a rate is a number above 0, not ${ratePerSecond}`)
  if (!(newConnectionShare >= 0 && newConnectionShare <= 1)) {
    throw new RangeError(`a share of new connections is a number from 0 to 1, not ${newConnectionShare}`)
  }
  return new OpenLoop(options)
}

class OpenLoop implements Load {
  readonly #options: LoadOptions
  readonly #url: string
  readonly #kept: Agent
  /** Opens a connection for each request. */
  readonly #fresh: Agent | false
  readonly #latencies = new LatencyHistogram()
  readonly #byColour: Record<Colour, number> = { blue: 0, green: 0 }
  readonly #lastAt: Partial<Record<Colour, Date>> = {}
  readonly #failures: Failure[] = []
  readonly #underWay = new Set<Promise<void>>()
  readonly #startedAt = performance.now()
  #failed = 0
  #sent = 0
  #newConnectionsDue = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: LoadOptions) {
    this.#options = options
    this.#url = 'url' in options ? options.url : `http://${options.name}:${options.port ?? 80}${options.path ?? '/'}`
    this.#kept = agentFor(options, true)
    this.#fresh = 'url' in options ? false : agentFor(options, false)
    this.#sendDue()
  }

  snapshot(): LoadSnapshot {
    const { blue, green } = this.#byColour
    return {
      requests: blue + green + this.#failed,
      failed: this.#failed,
      byColour: { blue, green },
      lastAt: { ...this.#lastAt },
      p50Ms: this.#latencies.quantile(0.5),
      p99Ms: this.#latencies.quantile(0.99),
      failures: [...this.#failures],
    }
  }

  async stop(): Promise<LoadSnapshot> {
    clearTimeout(this.#timer)
    await Promise.all(this.#underWay)
    this.#kept.destroy()
    return this.snapshot()
  }

  #sendDue(): void {
    const dueAt = (index: number) => this.#startedAt + (index * 1000) / this.#options.ratePerSecond
    while (dueAt(this.#sent) <= performance.now()) {
      const exchange = this.#exchange(dueAt(this.#sent)).finally(() => this.#underWay.delete(exchange))
      this.#underWay.add(exchange)
      this.#sent += 1
    }
    this.#timer = setTimeout(() => this.#sendDue(), Math.max(0, dueAt(this.#sent) - performance.now()))
  }

  async #exchange(dueAt: number): Promise<void> {
    try {
      const colour = await this.#request(this.#nextAgent())
      this.#byColour[colour] += 1
      this.#lastAt[colour] = new Date()
    } catch (error) {
      this.#failed += 1
      if (this.#failures.length < failuresKept) {
        this.#failures.push({ at: new Date(), reason: (error as Error).message })
      }
    }
    this.#latencies.add(performance.now() - dueAt)
  }

  /** #fresh: a connection of its own. Spread evenly, not drawn. */
  #nextAgent(): Agent | false {
    this.#newConnectionsDue += this.#options.newConnectionShare
    if (this.#newConnectionsDue < 1) return this.#kept
    this.#newConnectionsDue -= 1
    return this.#fresh
  }

  async #request(agent: Agent | false): Promise<Colour> {
    const { headers, timeoutMs = 10_000 } = this.#options
    const call = send(this.#url, { agent, headers, signal: AbortSignal.timeout(timeoutMs) })
    try {
      return await colourOf(call)
    } catch (error) {
      if ((error as Error).name === 'AbortError') throw new Error(`no answer within ${timeoutMs} ms`, { cause: error })
      const closed = ['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '')
      if (call.reusedSocket && closed) return await this.#request(this.#fresh)
      throw error
    }
  }
}

const agentFor = (target: Target, keepAlive: boolean): Agent =>
  'url' in target ? new Agent({ keepAlive }) : new ResolvingAgent(target.resolver, { keepAlive })

function colourOf(call: ClientRequest): Promise<Colour> {
  return new Promise((resolve, reject) => {
    call.on('error', reject)
    call.on('response', (answer) => {
      const chunks: Buffer[] = []
      answer.on('error', reject)
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        const status = answer.statusCode ?? 0
        const body = Buffer.concat(chunks).toString()
        if (status < 200 || status > 299) {
          return reject(new Error(`answered with status ${status} ${body.slice(0, 200)}`.trimEnd()))
        }
        const colour = parseColour(body)
        return colour ? resolve(colour) : reject(new Error('the answer names no cluster'))
      })
    })
    call.end()
  })
}

function parseColour(body: string): Colour | undefined {
  try {
    const { cluster } = JSON.parse(body) as { cluster?: unknown }
    return cluster === 'blue' || cluster === 'green' ? cluster : undefined
  } catch {
    return undefined
  }
}
