import { once } from 'node:events'
import type { AddressInfo, Server, Socket as Connection } from 'node:net'
import type { AddressBook, Socket } from '../../network/addresses.ts'

/** One port of one node, found in the address book while it is open. */
export abstract class Doorway {
  readonly #addresses: AddressBook
  readonly #ip: string
  readonly #port: number
  readonly #server: Server
  readonly #connections = new Set<Connection>()
  readonly #listening: Promise<Socket>
  #wanted = false

  constructor(addresses: AddressBook, ip: string, port: number, server: Server) {
    this.#addresses = addresses
    this.#ip = ip
    this.#port = port
    this.#server = server
    server.on('connection', (connection) => this.track(connection))
    this.#listening = once(server.listen(0, '127.0.0.1'), 'listening').then(() => ({
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
    }))
  }

  /** Open: connections are accepted. Shut: they are refused, while those that stand go on. */
  async setOpen(open: boolean): Promise<void> {
    this.#wanted = open
    const socket = await this.#listening
    // Another call may have come while the server started.
    if (this.#wanted) this.#addresses.bind(this.#ip, this.#port, socket)
    else this.#addresses.unbind(this.#ip, this.#port)
  }

  /** For good: nothing is accepted any more, and the server ends with its last connection. */
  async retire(): Promise<void> {
    await this.setOpen(false)
    this.#server.close()
  }

  /** For good and at once, as when the node is gone. */
  async kill(): Promise<void> {
    await this.retire()
    for (const connection of this.#connections) connection.destroy()
  }

  protected track(connection: Connection): void {
    this.#connections.add(connection)
    connection.once('close', () => this.#connections.delete(connection))
  }
}
