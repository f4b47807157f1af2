import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Socket } from '../../network/addresses.ts'
import { answerOf, delayOf, type PodFault } from './faults.ts'

/** What a pod says of itself in every answer. */
export interface Identity {
  workload: string
  /** The colour of the cluster that the pod runs in. */
  cluster: string
  pod: string
  version: string
}

/** What a container does with a request, when it is more than to say who it is. */
export type Program = (request: IncomingMessage, response: ServerResponse) => void

/**
 * Idle connections are kept longer than any load balancer keeps them (60 s), so that the load balancer closes them and
 * never writes into a connection that the pod has just closed.
 */
const keepAliveMs = 120_000

/**
 * After so many requests nginx closes a connection, so that clients who keep theirs come to other pods, or to where a name has gone
 * meanwhile: ingress-nginx's `keep-alive-requests`, by default.
 */
const requestsPerConnection = 1000

/** One container port: a real HTTP server on loopback that answers every path with the pod's identity, or runs a program. */
export class ContainerServer {
  readonly #server: Server
  readonly #identity: Identity
  readonly #fault: () => PodFault | undefined
  readonly #program: Program | undefined
  readonly #delayed = new Set<NodeJS.Timeout>()
  #closing = false

  constructor(identity: Identity, fault: () => PodFault | undefined, program?: Program) {
    this.#identity = identity
    this.#fault = fault
    this.#program = program
    this.#server = createServer((request, response) => this.#receive(request, response))
    this.#server.keepAliveTimeout = keepAliveMs
    this.#server.requestTimeout = 0
    if (program) this.#server.maxRequestsPerSocket = requestsPerConnection
  }

  async listen(): Promise<Socket> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, '127.0.0.1', resolve)
    })
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port }
  }

  /** No new connections; requests that are being answered are answered, and their connections closed after that. */
  async close(): Promise<void> {
    this.#closing = true
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeIdleConnections()
    await closed
  }

  /** Every connection breaks, at once. */
  async kill(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const timer of this.#delayed) clearTimeout(timer)
    this.#server.closeAllConnections()
    await closed
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const fault = this.#fault()
    const delayMs = fault ? delayOf(fault) : 0
    if (delayMs === 0) return this.#answer(request, response, fault)
    const timer = setTimeout(() => {
      this.#delayed.delete(timer)
      this.#answer(request, response, fault)
    }, delayMs)
    this.#delayed.add(timer)
  }

  #answer(request: IncomingMessage, response: ServerResponse, fault: PodFault | undefined): void {
    if (this.#closing) response.shouldKeepAlive = false
    const status = answerOf(fault, request.headers['user-agent'])
    if (this.#program && status === 200) return this.#program(request, response)
    request.resume()
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(this.#identity))
  }
}
