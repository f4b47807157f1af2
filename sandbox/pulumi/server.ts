import { createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import {
  Server,
  ServerCredentials,
  type handleUnaryCall,
  type sendUnaryData,
  type ServerUnaryCall,
} from '@grpc/grpc-js'
import { toServiceError } from './errors.ts'

/** One engine's connection. Engines open one for every provider that a program configures. */
export interface Connection {
  /** Aborts when the engine has gone, killed or done. */
  readonly closed: AbortSignal
}

/** The connection that a call came on, and a signal that also aborts when the call itself is cancelled. */
export interface Arrival {
  readonly connection: Connection
  readonly signal: AbortSignal
}

export type Handler<Request, Response> = (request: Request, arrival: Arrival) => Promise<Response>

export interface Listener {
  readonly port: number
  close(): Promise<void>
}

/** A gRPC server on loopback that knows its connections. gRPC has no word for a connection that closes, so the sockets are ours. */
export async function listen(port: number, addServices: (server: Server, gateway: Gateway) => void): Promise<Listener> {
  const server = new Server()
  const gateway = new Gateway()
  addServices(server, gateway)
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure())
  const listener = createServer((socket) => {
    gateway.admit(socket)
    injector.injectConnection(socket)
  })
  listener.listen(port, '127.0.0.1')
  await once(listener, 'listening')
  return {
    port: (listener.address() as AddressInfo).port,
    async close() {
      const closed = once(listener, 'close')
      listener.close()
      injector.destroy()
      server.forceShutdown()
      gateway.closeAll()
      await closed
    },
  }
}

/** Finds the connection of a call, by its peer's address. */
export class Gateway {
  readonly #connections = new Map<string, { connection: Connection; socket: Socket }>()

  admit(socket: Socket): void {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`
    const controller = new AbortController()
    this.#connections.set(peer, { connection: { closed: controller.signal }, socket })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#connections.delete(peer)
      controller.abort(new Error('the connection to the engine closed'))
    })
  }

  closeAll(): void {
    for (const { socket } of this.#connections.values()) socket.destroy()
  }

  /** A gRPC method of a plain async function. An answer that comes after the caller has gone is dropped. */
  unary<Request, Response>(handle: Handler<Request, Response>): handleUnaryCall<Request, Response> {
    return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
      const found = this.#connections.get(call.getPeer())
      if (!found) {
        callback(toServiceError(new Error('the connection closed')))
        return
      }
      const cancelled = new AbortController()
      call.on('cancelled', () => cancelled.abort(new Error('the call was cancelled')))
      const signal = AbortSignal.any([found.connection.closed, cancelled.signal])
      handle(call.request, { connection: found.connection, signal }).then(
        (response) => callback(null, response),
        (error: unknown) => callback(toServiceError(error)),
      )
    }
  }
}
