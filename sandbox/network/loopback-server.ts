import { once } from 'node:events'
import type { AddressInfo, Server, Socket as Connection } from 'node:net'
import type { Socket } from './addresses.ts'

/** A server on a free port of loopback, whatever it speaks, with all of its connections. */
export class LoopbackServer {
  readonly #server: Server
  readonly #connections = new Set<Connection>()
  #socket: Socket | undefined
  #opening: Promise<unknown> = Promise.resolve()

  constructor(server: Server) {
    this.#server = server.on('connection', (connection: Connection) => {
      this.#connections.add(connection)
      connection.once('close', () => this.#connections.delete(connection))
    })
  }

  /** undefined until it listens, and again once it closes. */
  get socket(): Socket | undefined {
    return this.#socket
  }

  async open(): Promise<void> {
    this.#opening = once(this.#server.listen(0, '127.0.0.1'), 'listening')
    await this.#opening
    this.#socket = { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port }
  }

  /** Cuts every connection. */
  async close(): Promise<void> {
    await this.#opening
    this.#socket = undefined
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const connection of this.#connections) connection.destroy()
    await closed
  }
}
