import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AwsError } from '../cloud/errors.ts'
import type { World } from '../cloud/world.ts'
import type { Faults } from '../faults.ts'
import { CallLog, type LoggedCall } from './call-log.ts'
import { Dispatcher, type Outcome, type Services } from './dispatch.ts'
import type { WireRequest, WireResponse } from './protocol.ts'

export interface WireOptions {
  readonly world: World
  readonly services: Services
  readonly faults: Faults
  /** 0 or none: any free port. */
  readonly port?: number
  readonly host?: '127.0.0.1'
  readonly onBug?: (error: unknown) => void
}

export interface Wire {
  /** What a client takes as AWS_ENDPOINT_URL. */
  readonly url: string
  readonly calls: CallLog
  close(): Promise<void>
}

/** No request of a query protocol is nearly as long. */
const bodyLimitBytes = 1024 * 1024

/** Longer than any SDK keeps an idle connection, so that the client is always the one who closes it. */
const keepAliveMs = 120_000

/** One HTTP port that speaks the AWS protocols. The service is the one in the credential scope of a request's signature. */
export async function startWire(options: WireOptions): Promise<Wire> {
  const { world, services, faults, port = 0, host = '127.0.0.1', onBug = console.error } = options
  const calls = new CallLog()
  const closing = new AbortController()
  const dispatcher = new Dispatcher({ world, services, faults, onBug, signal: closing.signal })
  const underWay = new Set<Promise<void>>()

  const server = createServer({ keepAliveTimeout: keepAliveMs }, (message, reply) => {
    const exchange = serve(dispatcher, calls, message, reply)
      .catch((error: unknown) => {
        onBug(error)
        reply.destroy()
      })
      .finally(() => underWay.delete(exchange))
    underWay.add(exchange)
  })
  server.listen(port, host)
  await once(server, 'listening')

  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    calls,
    async close() {
      if (closing.signal.aborted) return
      closing.abort()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await Promise.all([closed, ...underWay])
    },
  }
}

async function serve(dispatcher: Dispatcher, calls: CallLog, message: IncomingMessage, reply: ServerResponse) {
  const at = new Date()
  const started = performance.now()
  const requestId = randomUUID()
  const body = await bodyOf(message)
  if (body === 'gone') return
  const request = wireRequest(message, body === 'too-large' ? Buffer.alloc(0) : body)
  const outcome =
    body === 'too-large'
      ? dispatcher.refuse(new AwsError('RequestEntityTooLarge', tooLarge, 413), request, requestId)
      : await dispatcher.dispatch(request, requestId)
  // Counted before it is sent, so that whoever has the answer finds it in the log.
  log(calls, { ...outcome, ...clientOf(message) }, at, performance.now() - started)
  send(reply, outcome.response)
}

const tooLarge = `The request is larger than ${bodyLimitBytes} bytes.`

/** Reads to the end of even a body that is too large: a client that is still writing would not read the answer. */
async function bodyOf(message: IncomingMessage): Promise<Buffer | 'too-large' | 'gone'> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes <= bodyLimitBytes) chunks.push(chunk)
    }
  } catch {
    return 'gone'
  }
  return bytes > bodyLimitBytes ? 'too-large' : Buffer.concat(chunks)
}

function wireRequest(message: IncomingMessage, body: Buffer): WireRequest {
  const [path = '/', ...query] = (message.url ?? '/').split('?')
  const { method = 'GET', headers } = message
  return { method, path, query: new URLSearchParams(query.join('?')), headers, body }
}

/** The SDK's own name is one of several in a user agent, and not always the first; a program's that uses it says more. */
function clientOf({ headers }: IncomingMessage): Pick<LoggedCall, 'client'> {
  const agent = headers['user-agent'] ?? ''
  const [client] = /pulumi-stand-in/.exec(agent) ?? /aws-cli|aws-sdk-[\w-]+|Botocore/.exec(agent) ?? []
  return client === undefined ? {} : { client }
}

function log(calls: CallLog, outcome: Outcome & Pick<LoggedCall, 'client'>, at: Date, ms: number): void {
  const { response, ...call } = outcome
  calls.add({ at, ...call, status: response?.status ?? 0, ms: Math.round(ms * 10) / 10 })
}

function send(reply: ServerResponse, response: WireResponse | undefined): void {
  if (response === undefined) {
    reply.destroy()
    return
  }
  reply.writeHead(response.status, { ...response.headers, 'content-length': Buffer.byteLength(response.body) })
  reply.end(response.body)
}
