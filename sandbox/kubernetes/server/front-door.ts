import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net'
import { createServer, type Server } from 'node:https'
import type { RequestListener } from 'node:http'
import type { Certificates } from '../certificates.ts'

/** How the server looks from outside: answering, refusing connections, or accepting them and never saying a word. */
export type Reachability = 'open' | 'refuse' | 'hang'

/** The TLS server behind a TCP listener of its own, which can shut, and open again on the same port, without losing anything. */
export class FrontDoor {
  readonly #https: Server
  readonly #sockets = new Set<Socket>()
  #tcp: TcpServer | undefined
  #port = 0
  #state: Reachability = 'open'

  constructor(certificates: Certificates, listener: RequestListener) {
    this.#https = createServer({ cert: certificates.cert, key: certificates.key }, listener)
    // Watches and waiting clients stay as long as they like.
    this.#https.requestTimeout = 0
  }

  get port(): number {
    return this.#port
  }

  async open(): Promise<void> {
    const tcp = createTcpServer((socket) => this.#accept(socket))
    await new Promise<void>((resolve, reject) => {
      tcp.once('error', reject)
      tcp.listen(this.#port, '127.0.0.1', resolve)
    })
    this.#port = (tcp.address() as AddressInfo).port
    this.#tcp = tcp
  }

  async setReachable(state: Reachability): Promise<void> {
    if (state === this.#state) return
    this.#state = state
    // Open connections break either way, as they would on a network that is gone.
    this.#cut()
    if (state === 'refuse') await this.#shut()
    else if (!this.#tcp) await this.open()
  }

  async close(): Promise<void> {
    this.#cut()
    await this.#shut()
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => this.#sockets.delete(socket))
    if (this.#state === 'open') this.#https.emit('connection', socket)
  }

  #cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async #shut(): Promise<void> {
    const tcp = this.#tcp
    this.#tcp = undefined
    if (tcp) await new Promise<void>((resolve) => tcp.close(() => resolve()))
  }
}
