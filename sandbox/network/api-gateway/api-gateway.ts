import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { World } from '../../cloud/world.ts'
import type { Socket } from '../addresses.ts'
import { forward, forwardedHeaders } from '../forward.ts'
import { LoopbackServer } from '../loopback-server.ts'
import {
  answer,
  badGateway,
  forbidden,
  networkError,
  notFound,
  requestIds,
  serviceUnavailable,
  timedOut,
  type OwnAnswer,
} from './answers.ts'
import type { IntegrationCall } from './call.ts'
import { LinkConnections } from './connections.ts'
import { Fleet, type ServedStage } from './fleet.ts'
import { decideHttp } from './http.ts'
import { decideRest } from './rest.ts'

type FrontDoorOf = (loadBalancerArn: string, port: number) => Socket | undefined

/**
 * The front door of every API of the account: one HTTP server, which knows an API by the Host header
 * `ID.execute-api.REGION.amazonaws.com` and a stage by the first segment of the path. It speaks plain HTTP.
 */
export class ApiGateway {
  readonly #world: World
  readonly #frontDoorOf: FrontDoorOf
  readonly #fleet: Fleet
  readonly #connections: LinkConnections
  readonly #server: LoopbackServer

  constructor(world: World, frontDoorOf: FrontDoorOf) {
    this.#world = world
    this.#frontDoorOf = frontDoorOf
    this.#fleet = new Fleet(world)
    this.#connections = new LinkConnections(world.clock)
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => this.#handle(request, response))
    this.#server = new LoopbackServer(server)
  }

  get socket(): Socket | undefined {
    return this.#server.socket
  }

  follow(): void {
    this.#fleet.follow()
  }

  open(): Promise<void> {
    return this.#server.open()
  }

  async close(): Promise<void> {
    this.#fleet.stop()
    await this.#server.close()
    this.#connections.close()
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const [path = '/', ...query] = (request.url ?? '/').split('?')
    const apiId = apiOf(request.headers.host, this.#world.region)
    const found = apiId === undefined ? undefined : stageOf(this.#fleet.next(), apiId, path)
    if (!found) return answer(response, this.#world.apigatewayv2.apis.has(apiId ?? '') ? notFound : forbidden)
    const { served, rest } = found
    const { method = 'GET', headers } = request
    const seen = { method, headers, path: rest, query: query.join('?') }
    const decision =
      served.kind === 'rest' ? decideRest(served, seen, this.#world) : decideHttp(served, seen, this.#world)
    if ('own' in decision) return answer(response, decision.own)
    this.#forward(decision.call, served, request, response)
  }

  #forward(call: IntegrationCall, served: ServedStage, request: IncomingMessage, response: ServerResponse): void {
    const socket = this.#frontDoorOf(call.loadBalancerArn, call.port)
    if (!socket) return answer(response, unreachable[served.kind])
    forward({
      request,
      response,
      socket,
      method: call.method,
      path: call.path,
      agent: this.#connections.agentFor(call.loadBalancerArn, call.port),
      idleTimeoutMs: this.#world.clock.timeoutMs(call.timeoutSeconds),
      headers: headersFor(call, served, request),
      added: requestIds(),
      serverHeader: 'x-amzn-Remapped-Server',
      fail: (status, error) => answer(response, served.kind === 'http' ? serviceUnavailable : failure(status, error)),
    })
  }
}

const unreachable = { rest: networkError, http: serviceUnavailable }

/** A stage is the first segment of the path; the stage `$default` of an HTTP API has all that no other stage has. */
function stageOf(
  view: ReadonlyMap<string, ServedStage>,
  apiId: string,
  path: string,
): { served: ServedStage; rest: string } | undefined {
  const [, name = '', ...segments] = path.split('/')
  const named = view.get(`${apiId}/${name}`)
  if (named) return { served: named, rest: `/${segments.join('/')}` }
  const fallback = view.get(`${apiId}/$default`)
  return fallback && { served: fallback, rest: path }
}

/** undefined: no API's name. */
function apiOf(host: string | undefined, region: string): string | undefined {
  const [, id, itsRegion] = /^([a-z0-9]+)\.execute-api\.([\w-]+)\.amazonaws\.com(?::\d+)?$/i.exec(host ?? '') ?? []
  return itsRegion?.toLowerCase() === region ? id?.toLowerCase() : undefined
}

function headersFor(call: IntegrationCall, { apiId }: ServedStage, request: IncomingMessage) {
  const sourceIp = request.socket.remoteAddress ?? '127.0.0.1'
  const headers = forwardedHeaders(request, { protocol: 'https', port: 443, sourceIp, forwardedForMode: 'append' })
  return {
    'user-agent': `AmazonAPIGateway_${apiId}`,
    ...headers,
    'x-amzn-apigateway-api-id': apiId,
    ...call.headers,
    host: call.host,
  }
}

/** Bytes that are no HTTP are a bad gateway; whoever cannot be reached or breaks off is a gateway time-out, too. */
function failure(status: 502 | 504, error: NodeJS.ErrnoException): OwnAnswer {
  if (status === 504) return timedOut
  return error.code?.startsWith('HPE_') ? badGateway : networkError
}
