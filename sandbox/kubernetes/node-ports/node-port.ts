import { createServer, type Socket as Connection } from 'node:net'
import type { AddressBook } from '../../network/addresses.ts'
import { Flow } from '../../network/flow.ts'
import { Doorway } from './doorway.ts'

/** A pod's address and the port on which it serves. */
export interface Endpoint {
  readonly ip: string
  readonly port: number
}

/**
 * A node port: every new connection goes to the next endpoint, in turn where kube-proxy draws, and stays there for as long
 * as it lasts, whatever becomes of the list.
 */
export class NodePort extends Doorway {
  readonly #pods: AddressBook
  #endpoints: readonly Endpoint[] = []
  #turn = 0

  constructor(addresses: AddressBook, ip: string, port: number) {
    super(
      addresses,
      ip,
      port,
      createServer({ allowHalfOpen: true }, (client) => this.#forward(client)),
    )
    this.#pods = addresses
  }

  /** Without any, connections are refused. */
  async serve(endpoints: readonly Endpoint[]): Promise<void> {
    this.#endpoints = endpoints
    await this.setOpen(endpoints.length > 0)
  }

  #forward(client: Connection): void {
    const endpoint = this.#endpoints[this.#turn++ % Math.max(this.#endpoints.length, 1)]
    const socket = endpoint && this.#pods.resolve(endpoint.ip, endpoint.port)
    if (!socket) return void client.on('error', () => undefined).resetAndDestroy()
    new Flow({ client, socket, idleTimeoutMs: 0, onRefused: () => undefined, onEnd: () => undefined })
  }
}
