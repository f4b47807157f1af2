import type { Server } from 'node:net'
import type { AddressBook } from '../../network/addresses.ts'
import { LoopbackServer } from '../../network/loopback-server.ts'

/** One port of one node, found in the address book while it is open. */
export abstract class Doorway {
  readonly #addresses: AddressBook
  readonly #ip: string
  readonly #port: number
  readonly #server: LoopbackServer
  readonly #opening: Promise<void>

  constructor(addresses: AddressBook, ip: string, port: number, server: Server) {
    this.#addresses = addresses
    this.#ip = ip
    this.#port = port
    this.#server = new LoopbackServer(server)
    this.#opening = this.#server.open()
  }

  /** For good: nobody is let in any more, and those inside stay to their end. */
  async retire(): Promise<void> {
    this.#addresses.unbind(this.#ip, this.#port)
    await this.#server.retire()
  }

  /** For good and at once, as when the node is gone. */
  async kill(): Promise<void> {
    this.#addresses.unbind(this.#ip, this.#port)
    await this.#server.close()
  }

  /** Open: connections are accepted. Shut: they are refused, while those that stand go on. */
  protected async setOpen(open: boolean): Promise<void> {
    await this.#opening
    const { socket } = this.#server
    if (open && socket) this.#addresses.bind(this.#ip, this.#port, socket)
    else this.#addresses.unbind(this.#ip, this.#port)
  }
}
