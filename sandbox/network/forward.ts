import { randomBytes } from 'node:crypto'
import { request as send, type Agent, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import type { Socket } from './addresses.ts'
import { countAnswer, type TargetGroupCounters } from './counters.ts'

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly method: string | undefined
  /** With the query. */
  readonly path: string | undefined
  /** Where the target's address is on this machine. */
  readonly socket: Socket
  readonly agent: Agent
  readonly idleTimeoutMs: number
  readonly headers: Record<string, string | string[]>
  /** Names and values to add to the answer. */
  readonly added: readonly (readonly [name: string, value: string])[]
  /** What the answer's own Server header becomes. undefined: it is left out. */
  readonly serverHeader: string | undefined
  readonly counters?: TargetGroupCounters
  /** Called when the target refuses, breaks off before its answer (502) or says nothing for too long (504). */
  readonly fail: (status: 502 | 504, error: NodeJS.ErrnoException) => void
}

/** Never passed on in either direction (RFC 9110, 7.6.1). `upgrade`: no WebSockets here. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Sends one request to one target and its answer back. Another target is never tried. */
export function forward(exchange: Exchange): void {
  if (exchange.counters) exchange.counters.requests += 1
  attempt(exchange, exchange.agent)
}

function attempt(exchange: Exchange, agent: Agent | false): void {
  const { request, response, socket, method, path, headers, counters, idleTimeoutMs } = exchange
  const call = send({ ...socket, agent, method, path, headers, timeout: idleTimeoutMs })
  let timedOut = false
  const abandon = () => {
    if (!response.writableFinished) call.destroy()
  }
  response.once('close', abandon)
  call.on('timeout', () => {
    // Looked at again after the next reads: after a stall of this process the timer fires before what has long arrived is read.
    const read = call.socket?.bytesRead
    setImmediate(() => {
      if (call.socket?.bytesRead !== read) return
      timedOut = true
      call.destroy()
    })
  })
  call.on('response', (answer) => {
    if (counters) countAnswer(counters, answer.statusCode ?? 0)
    relay(answer, exchange)
  })
  call.on('error', (error) => {
    response.off('close', abandon)
    if (response.headersSent || response.destroyed) return response.destroy()
    if (!timedOut && mayRetry(call, error, request)) return attempt(exchange, false)
    if (counters) counters.connectionErrors += 1
    exchange.fail(timedOut ? 504 : 502, error)
  })
  if (hasBody(request)) request.pipe(call)
  else call.end()
}

/**
 * A kept connection can be closed by the target in the very moment in which it is used again. An ALB answers 502 then, and AWS
 * asks for targets that keep connections longer than the load balancer does. Ours do, but they also end: a pod that leaves
 * gracefully closes its idle connections. A request that changes nothing and has no body goes once more to the same target,
 * over a connection of its own, so that a failed request here always means something.
 */
function mayRetry(call: ClientRequest, error: NodeJS.ErrnoException, request: IncomingMessage): boolean {
  const closed = error.code === 'ECONNRESET' || error.code === 'EPIPE'
  return call.reusedSocket && closed && !hasBody(request) && ['GET', 'HEAD', 'OPTIONS'].includes(request.method ?? '')
}

const hasBody = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

function relay(answer: IncomingMessage, { response, added, serverHeader }: Exchange): void {
  const headers: string[] = []
  for (let index = 0; index < answer.rawHeaders.length; index += 2) {
    const name = answer.rawHeaders[index] ?? ''
    const lower = name.toLowerCase()
    const kept = lower === 'server' ? serverHeader : name
    if (hopByHop.has(lower) || kept === undefined) continue
    headers.push(kept, answer.rawHeaders[index + 1] ?? '')
  }
  headers.push(...added.flat())
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headers)
  // A target that breaks off in the middle of an answer: the client's connection breaks off as well.
  pipeline(answer, response, () => undefined)
}

interface Arrival {
  readonly protocol: string
  readonly port: number
  readonly sourceIp: string
  readonly forwardedForMode: string
}

/** The headers of a request as its target gets them. */
export function forwardedHeaders(request: IncomingMessage, arrival: Arrival): Exchange['headers'] {
  const headers: Exchange['headers'] = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !hopByHop.has(name) && name !== 'expect') headers[name] = value
  }
  if (request.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked'
  const seen = request.headers['x-forwarded-for']
  if (arrival.forwardedForMode === 'remove') delete headers['x-forwarded-for']
  if (arrival.forwardedForMode === 'append') {
    headers['x-forwarded-for'] = seen ? `${String(seen)}, ${arrival.sourceIp}` : arrival.sourceIp
  }
  headers['x-forwarded-proto'] = arrival.protocol.toLowerCase()
  headers['x-forwarded-port'] = String(arrival.port)
  headers['x-amzn-trace-id'] ??=
    `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`
  return headers
}
