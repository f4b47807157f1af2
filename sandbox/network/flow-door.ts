import { createServer, type Socket as Connection } from 'node:net'
import type { Listener } from '../cloud/elbv2/state.ts'
import type { Clock } from '../clock.ts'
import type { AddressBook, Socket } from './addresses.ts'
import { Flow } from './flow.ts'
import type { FlowPool } from './flow-pool.ts'
import { LoopbackServer } from './loopback-server.ts'
import type { Route } from './routing.ts'

interface Surroundings {
  readonly clock: Clock
  readonly addresses: AddressBook
  readonly poolOf: (targetGroupArn: string) => FlowPool | undefined
}

/**
 * The TCP server of one listener of a network load balancer. Each new connection goes to a group by weight and to one of its
 * targets in turn (AWS takes a hash of the flow), and stays there. TLS listeners, too, speak plain TCP here.
 */
export class FlowDoor {
  readonly listener: Listener
  readonly #surroundings: Surroundings
  readonly #server: LoopbackServer
  #route: Route | undefined

  constructor(listener: Listener, surroundings: Surroundings) {
    this.listener = listener
    this.#surroundings = surroundings
    this.#server = new LoopbackServer(createServer({ allowHalfOpen: true }, (client) => this.#accept(client)))
  }

  /** undefined until it listens. Stays the same for the life of the listener. */
  get socket(): Socket | undefined {
    return this.#server.socket
  }

  /** A network load balancer has the default rule alone. */
  set routes(routes: readonly Route[]) {
    this.#route = routes.at(-1)
  }

  open(): Promise<void> {
    return this.#server.open()
  }

  close(): Promise<void> {
    return this.#server.close()
  }

  /** Where nobody can take the connection it is reset; another group is never tried. */
  #accept(client: Connection): void {
    const { clock, addresses, poolOf } = this.#surroundings
    const action = this.#route?.action
    const arn = action?.kind === 'forward' ? action.choice.next() : undefined
    const pool = arn === undefined ? undefined : poolOf(arn)
    const chosen = pool?.next()
    if (!pool || !chosen) return void client.on('error', () => undefined).resetAndDestroy()
    pool.counters.requests += 1
    const { id, address = id, port = 0 } = chosen.target
    const socket = addresses.resolve(address, port)
    if (!socket) {
      pool.counters.connectionErrors += 1
      return void client.on('error', () => undefined).resetAndDestroy()
    }
    const flow = new Flow({
      client,
      socket,
      idleTimeoutMs: Math.max(clock.ms(idleSeconds(this.listener)), leastIdleMs),
      onRefused: () => (pool.counters.connectionErrors += 1),
      onEnd: () => chosen.flows.delete(flow),
    })
    chosen.flows.add(flow)
  }
}

/** Real milliseconds: longer than any time-out of those who use the flow, which do not shrink without end either. */
const leastIdleMs = 10_000

const idleSeconds = ({ attributes }: Listener) => Number(attributes.get('tcp.idle_timeout.seconds') ?? 350)
