import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Listener, LoadBalancer } from '../cloud/elbv2/state.ts'
import type { Clock } from '../clock.ts'
import type { AddressBook, Socket } from './addresses.ts'
import type { RequestFacts } from './conditions.ts'
import { limitConnectionAge } from './connection-age.ts'
import { forward, forwardedHeaders } from './forward.ts'
import { LoopbackServer } from './loopback-server.ts'
import { answerError, answerFixed, answerRedirect, errorPage } from './own-answers.ts'
import type { Forward, Route, RouteAction } from './routing.ts'
import { stickyCookies, stuckGroup } from './stickiness.ts'
import type { TargetPool } from './target-pool.ts'

interface Surroundings {
  readonly clock: Clock
  readonly addresses: AddressBook
  readonly poolOf: (targetGroupArn: string) => TargetPool | undefined
}

/** The HTTP server of one listener of an application load balancer. HTTPS listeners, too, speak plain HTTP here. */
export class FrontDoor {
  readonly listener: Listener
  readonly #loadBalancer: LoadBalancer
  readonly #surroundings: Surroundings
  readonly #server: LoopbackServer
  #routes: readonly Route[] = []

  constructor(listener: Listener, loadBalancer: LoadBalancer, surroundings: Surroundings) {
    this.listener = listener
    this.#loadBalancer = loadBalancer
    this.#surroundings = surroundings
    // In AWS's own seconds: nobody waits for this time-out, and a short one would only make clients race with it.
    const keepAliveTimeout = idleSeconds(loadBalancer) * 1000
    const server = createServer({ keepAliveTimeout }, (request, response) => this.#handle(request, response))
    limitConnectionAge(server, surroundings.clock, () =>
      Number(loadBalancer.attributes.get('client_keep_alive.seconds') ?? 3600),
    )
    server.on('clientError', (_error, socket) => {
      if (socket.writable) {
        socket.end(`HTTP/1.1 400 Bad Request\r\nServer: awselb/2.0\r\nConnection: close\r\n\r\n${errorPage(400)}`)
      }
    })
    this.#server = new LoopbackServer(server)
  }

  /** undefined until it listens. Stays the same for the life of the listener. */
  get socket(): Socket | undefined {
    return this.#server.socket
  }

  /** In the order in which they are tried. The last one is the default rule and matches all. */
  set routes(routes: readonly Route[]) {
    this.#routes = routes
  }

  open(): Promise<void> {
    return this.#server.open()
  }

  close(): Promise<void> {
    return this.#server.close()
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const facts = factsOf(request)
    const action = this.#routes.find((route) => route.matches(facts))?.action
    if (action) this.#act(action, facts, request, response)
    else answerError(response, 503)
  }

  #act(action: RouteAction, facts: RequestFacts, request: IncomingMessage, response: ServerResponse): void {
    switch (action.kind) {
      case 'forward':
        return this.#forward(action, facts, request, response)
      case 'redirect':
        return answerRedirect(response, action.redirect, facts, this.listener)
      case 'fixed-response':
        return answerFixed(response, action.fixed)
      case 'unauthenticated':
        return answerError(response, 561)
    }
  }

  #forward(action: Forward, facts: RequestFacts, request: IncomingMessage, response: ServerResponse): void {
    const { clock, addresses, poolOf } = this.#surroundings
    const arn = chooseGroup(action, request)
    const pool = arn === undefined ? undefined : poolOf(arn)
    const backend = pool?.next()
    if (arn === undefined || !pool || !backend) return answerError(response, 503)
    const { id, address = id, port = 0 } = backend.target
    const socket = addresses.resolve(address, port)
    if (!socket) {
      pool.counters.connectionErrors += 1
      return answerError(response, 502)
    }
    forward({
      idleTimeoutMs: clock.timeoutMs(idleSeconds(this.#loadBalancer)),
      request,
      response,
      method: request.method,
      path: request.url,
      socket,
      agent: backend.agent,
      headers: forwardedHeaders(request, {
        protocol: this.listener.protocol,
        port: this.listener.port,
        sourceIp: facts.sourceIp,
        forwardedForMode: this.#loadBalancer.attributes.get('routing.http.xff_header_processing.mode') ?? 'append',
      }),
      added: stickyCookies(arn, action.stickySeconds, clock),
      serverHeader:
        this.listener.attributes.get('routing.http.response.server.enabled') === 'false' ? undefined : 'Server',
      counters: pool.counters,
      fail: (status) => answerError(response, status),
    })
  }
}

export const idleSeconds = (loadBalancer: LoadBalancer | undefined) =>
  Number(loadBalancer?.attributes.get('idle_timeout.timeout_seconds') ?? 60)

/** Stickiness beats weights, also a weight of 0, as long as the group is in the action. */
function chooseGroup({ choice, groups, stickySeconds }: Forward, request: IncomingMessage): string | undefined {
  const stuck = stickySeconds === undefined ? undefined : stuckGroup(request.headers.cookie)
  return stuck !== undefined && groups.has(stuck) ? stuck : choice.next()
}

function factsOf(request: IncomingMessage): RequestFacts {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  return {
    method: request.method ?? 'GET',
    host: (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase(),
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: request.headers,
    sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
  }
}
