import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { connect, type Socket as Connection } from 'node:net'
import type { Clock } from '../../clock.ts'
import type { Socket } from '../addresses.ts'

/**
 * From an address of the VPC, which is what DNS answers, to the socket on this machine that stands for it. undefined: nothing
 * listens there, so a connection is refused.
 */
export type Reach = (address: string, port: number) => Socket | undefined | Promise<Socket | undefined>

export interface CachingResolverOptions {
  /** The sandbox's DNS server. */
  readonly server: Socket
  /** Answers are kept for their TTL by this clock. */
  readonly clock: Clock
  readonly reach: Reach
}

interface Entry {
  readonly addresses: Promise<readonly string[]>
  /** By the clock's seconds. */
  goodUntil: number
}

/** What a real client has between it and DNS: it asks once, remembers for the TTL, and connects to what it remembers. */
export class CachingResolver {
  readonly #options: CachingResolverOptions
  readonly #resolver = new Resolver({ timeout: 2000, tries: 2 })
  readonly #entries = new Map<string, Entry>()

  constructor(options: CachingResolverOptions) {
    this.#options = options
    this.#resolver.setServers([`${options.server.host}:${options.server.port}`])
  }

  /** IPv4 addresses of the VPC. Fails in the words of Node's resolver; failures are not remembered. */
  async lookup(name: string): Promise<readonly string[]> {
    const known = this.#entries.get(name)
    if (known && this.#options.clock.seconds() < known.goodUntil) return known.addresses
    // Until it has its answer, the question is everybody's.
    const entry: Entry = { addresses: this.#ask(name, (until) => (entry.goodUntil = until)), goodUntil: Infinity }
    this.#entries.set(name, entry)
    try {
      return await entry.addresses
    } catch (error) {
      this.#entries.delete(name)
      throw error
    }
  }

  async #ask(name: string, keepUntil: (seconds: number) => void): Promise<readonly string[]> {
    const records = await this.#resolver.resolve4(name, { ttl: true })
    keepUntil(this.#options.clock.seconds() + Math.min(...records.map(({ ttl }) => ttl)))
    return records.map(({ address }) => address)
  }

  /** A connection to the first of the name's addresses that takes one. */
  async connect(name: string, port: number): Promise<Connection> {
    let failure: unknown
    for (const address of await this.lookup(name)) {
      try {
        return await this.#open(address, port)
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }

  async #open(address: string, port: number): Promise<Connection> {
    const socket = await this.#options.reach(address, port)
    if (!socket) throw Object.assign(new Error(`connect ECONNREFUSED ${address}:${port}`), { code: 'ECONNREFUSED' })
    const connection = connect(socket)
    await once(connection, 'connect')
    return connection
  }
}
