import { connect, type Socket as Connection } from 'node:net'
import type { Socket } from './addresses.ts'

interface FlowOptions {
  readonly client: Connection
  /** Where the target's address is on this machine. */
  readonly socket: Socket
  readonly idleTimeoutMs: number
  /** Called when the target refuses the connection. */
  readonly onRefused: () => void
  readonly onEnd: () => void
}

/** One connection of a client and the one to its target, which stay together to the end. Either side may finish first. */
export class Flow {
  readonly #client: Connection
  readonly #target: Connection

  constructor({ client, socket, idleTimeoutMs, onRefused, onEnd }: FlowOptions) {
    const target = connect({ ...socket, allowHalfOpen: true })
    this.#client = client
    this.#target = target
    let open = 2
    for (const [side, other] of [
      [client, target],
      [target, client],
    ] as const) {
      side.setNoDelay(true)
      side.setTimeout(idleTimeoutMs, () => this.reset())
      side.once('close', () => {
        open -= 1
        other.destroySoon()
        if (open === 0) onEnd()
      })
    }
    client.on('error', () => cut(target))
    target.on('error', () => {
      if (target.remotePort === undefined && target.bytesRead === 0) onRefused()
      cut(client)
    })
    client.pipe(target)
    target.pipe(client)
  }

  /** As a load balancer ends a flow: neither side gets to say goodbye. */
  reset(): void {
    cut(this.#client)
    cut(this.#target)
  }
}

/** Node keeps the handle of a connection that is reset after its end was announced. */
function cut(connection: Connection): void {
  if (connection.writableEnded) connection.destroy()
  else connection.resetAndDestroy()
}
