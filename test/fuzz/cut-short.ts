import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How long a client hears of an event stream that has no end of its own, in milliseconds. */
const streamMs = 300

/** A wait that the service would take, of up to five minutes, is one second. */
export function shortened(path: string): string {
  const [address = '', query] = path.split('?', 2)
  if (query === undefined || !/(^|&)wait=/.test(query)) return path
  const [rest, timeouts] = [[] as string[], [] as string[]]
  for (const part of query.split('&')) (part.startsWith('timeout=') ? timeouts : rest).push(part)
  const usual = timeouts.length === 0 || (timeouts.length === 1 && /^timeout=\d{1,3}$/.test(timeouts[0] ?? ''))
  const legal = timeouts.every((one) => Number(one.slice('timeout='.length)) <= 300 && !one.startsWith('timeout=0'))
  return usual && legal && !address.endsWith('/rollback') ? `${address}?${[...rest, 'timeout=1'].join('&')}` : path
}

/**
 * A key of its own for each request that makes something: a repeated one is answered with what was made then, which the fuzzer may have
 * deleted since, and would look for. Keys that are refused stay as they are.
 */
function withOwnKey({ method, url = '/', headers }: IncomingMessage): IncomingHttpHeaders {
  const { 'idempotency-key': key } = headers
  const makes = method === 'POST' && /\/(holds|tokens)$/.test(url.split('?')[0] ?? '')
  if (!makes || typeof key !== 'string' || key.length < 1 || key.length > 200) return headers
  return { ...headers, 'idempotency-key': randomUUID() }
}

/**
 * A way to the service on which an event stream ends, waits are short and what was made is new: a fuzzer reads answers to their end,
 * and believes them. All else comes and goes as it is. Resolves to its URL and its end.
 */
export async function cutShort(service: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const { hostname, port } = new URL(service)
  const server = createServer((asked, answer) => {
    const { method, url = '/' } = asked
    const passed = request({ hostname, port, method, path: shortened(url), headers: withOwnKey(asked) }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.rawHeaders)
      got.pipe(answer)
      if (!got.headers['content-type']?.startsWith('text/event-stream')) return
      setTimeout(() => {
        got.unpipe(answer)
        got.destroy()
        answer.end()
      }, streamMs)
    })
    passed.on('error', () => answer.destroy())
    asked.pipe(passed)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
