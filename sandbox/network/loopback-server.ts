import { once } from 'node:events'
import type { AddressInfo, Server, Socket as Connection } from 'node:net'
import type { Socket } from './addresses.ts'

/** A server on a free port of loopback, whatever it speaks, with all of its connections. */
export class LoopbackServer {
  readonly #server: Server
  readonly #closed: Promise<void>
  readonly #connections = new Set<Connection>()
  #socket: Socket | undefined
  #opening: Promise<unknown> = Promise.resolve()

  constructor(server: Server) {
    this.#closed = new Promise((resolve) => server.once('close', resolve))
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

  /** Accepts nothing more; connections that stand go on to their end. */
  async retire(): Promise<void> {
    await this.#opening
    this.#socket = undefined
    this.#server.close()
  }

  /** Cuts every connection, also after it was retired. */
  async close(): Promise<void> {
    await this.retire()
    for (const connection of this.#connections) connection.destroy()
    await this.#closed
  }
}
