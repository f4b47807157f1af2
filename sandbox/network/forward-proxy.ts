import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, isIPv4, type Socket as Connection } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Socket } from './addresses.ts'
import type { CachingResolver, Reach } from './dns/caching-resolver.ts'
import { LoopbackServer } from './loopback-server.ts'

export interface ForwardProxyOptions {
  /** For names of the VPC. */
  readonly resolver: CachingResolver
  /** For addresses of the VPC. */
  readonly reach: Reach
  /** Where every API of API Gateway is called. */
  readonly executeApi: () => Socket | undefined
}

/**
 * An HTTP forward proxy that stands in the VPC, as teams have one for what is outside and wants in: whoever is told of it reaches
 * load balancers, records and APIs by their own names. What is on loopback already is passed on as it is.
 */
export class ForwardProxy {
  readonly #server: LoopbackServer
  readonly #options: ForwardProxyOptions

  constructor(options: ForwardProxyOptions) {
    this.#options = options
    this.#server = new LoopbackServer(createServer(this.#passOn).on('connect', this.#tunnel))
  }

  /** undefined until it listens. */
  get socket(): Socket | undefined {
    return this.#server.socket
  }

  open(): Promise<void> {
    return this.#server.open()
  }

  close(): Promise<void> {
    return this.#server.close()
  }

  /** A request in plain HTTP, which names the whole URL: `curl -x`. */
  readonly #passOn = (asked: IncomingMessage, answer: ServerResponse): void => {
    const fail = (error: Error): void => {
      if (answer.headersSent) answer.destroy()
      else answer.writeHead(502).end(`${error.message}\n`)
    }
    if (!asked.url?.startsWith('http://')) return fail(new Error('this is a proxy: name a whole http URL'))
    const { hostname, port, pathname, search } = new URL(asked.url)
    const { 'proxy-connection': _, ...headers } = asked.headers
    this.#connect(hostname, Number(port || 80)).then((onward) => {
      const options = { method: asked.method, path: pathname + search, headers, createConnection: () => onward }
      const passed = request(options, (came) => {
        answer.writeHead(came.statusCode ?? 502, came.headers)
        came.on('error', fail).pipe(answer)
      })
      asked.pipe(passed.on('error', fail))
    }, fail)
  }

  /** A tunnel (CONNECT): what runs through it is not the proxy's business. */
  readonly #tunnel = (asked: IncomingMessage, client: Duplex): void => {
    const { hostname, port } = new URL(`http://${asked.url}`)
    client.on('error', () => client.destroy())
    this.#connect(hostname, Number(port || 80)).then(
      (onward) => {
        onward.on('error', () => client.destroy())
        client.on('close', () => onward.destroy())
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
        onward.pipe(client)
        client.pipe(onward)
      },
      (error: Error) => client.end(`HTTP/1.1 502 Bad Gateway\r\n\r\n${error.message}\n`),
    )
  }

  async #connect(host: string, port: number): Promise<Connection> {
    const { resolver, reach, executeApi } = this.#options
    const socket = host.includes('.execute-api.') ? executeApi() : isLoopback(host) ? { host, port } : null
    if (socket) return opened(socket)
    if (!isIPv4(host)) return resolver.connect(host, port)
    const there = await reach(host, port)
    if (!there) throw new Error(`nothing listens at ${host}:${port}`)
    return opened(there)
  }
}

const isLoopback = (host: string): boolean => host === 'localhost' || host.startsWith('127.')

async function opened(socket: Socket): Promise<Connection> {
  const connection = connect(socket)
  await once(connection, 'connect')
  return connection
}
