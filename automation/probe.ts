import { request as httpRequest, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect as connectTls } from 'node:tls'
import type { Colour } from '../infra/traffic.ts'
import type { Probe } from '../infra/workloads/entry.ts'
import type { ProbeChange } from '../infra/workloads/kind.ts'
import { lookupDoor, requireDoor } from './door-addresses.ts'
import { defaults } from './inventory.ts'
import { tunnel } from './tunnel.ts'

/** One answer to one of our own requests. */
export interface Answer {
  readonly asExpected: boolean
  /** the side that the marker names; null: no marker, or not in this answer */
  readonly colour: Colour | null
  /** what was wrong, in words; null when it was as expected */
  readonly fault: string | null
}

const timeoutMs = 5_000
const largestBody = 64 * 1024

/** Asks a front door once, or green on its test route. */
export type Ask = (probe: Probe, change?: ProbeChange) => Promise<Answer>

/**
 * Asks front doors as their clients do, over fresh connections: what a kept-alive connection would say about a switch is old.
 * Node's own client rather than fetch, because a probe sets the Host header, and with TLS the name that is asked for.
 * `proxy`: the URL of a forward proxy, for a service that stands outside the network of its front doors.
 */
export const createAsk =
  (proxy: string | null): Ask =>
  async (probe, change = {}) => {
    try {
      const { status, headers, body } = await get(requestFor(probe, change), proxy)
      const colour = colourOf(probe, headers, body)
      const expected: readonly number[] = probe.expect ?? defaults.expect
      if (expected.includes(status)) return { asExpected: true, colour, fault: null }
      return { asExpected: false, colour, fault: `status ${status} instead of ${expected.join(' or ')}` }
    } catch (error) {
      return { asExpected: false, colour: null, fault: (error as Error).message }
    }
  }

interface ProbeRequest {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
}

/** Pure. The Host header, and with TLS the name that is asked for, are those of the probe wherever the request goes. */
export function requestFor(probe: Probe, { headers = {}, connect = {}, path }: ProbeChange): ProbeRequest {
  const url = new URL(probe.url)
  const { host } = url
  if (connect.protocol !== undefined) url.protocol = connect.protocol
  if (connect.host !== undefined) url.hostname = connect.host
  if (connect.port !== undefined) url.port = String(connect.port)
  if (path && url.pathname.startsWith(path.from)) url.pathname = path.to + url.pathname.slice(path.from.length)
  return { url, headers: { ...(url.host === host ? {} : { host }), ...probe.headers, ...headers } }
}

interface Got {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

async function get(asked: ProbeRequest, proxy: string | null): Promise<Got> {
  const { url } = asked
  requireDoor(url)
  if (!proxy) return exchange(asked, { agent: false, lookup: lookupDoor })
  const secure = url.protocol === 'https:'
  const socket = await tunnel(proxy, url.hostname, Number(url.port || (secure ? 443 : 80)), timeoutMs)
  try {
    const through = secure ? connectTls({ socket, servername: nameOf(asked) }) : socket
    // and no agent, which Node would ask for a connection instead
    return await exchange(asked, { createConnection: () => through })
  } finally {
    // one of our own making is no agent's to close
    socket.destroy()
  }
}

const nameOf = ({ url, headers }: ProbeRequest): string =>
  (headers['host'] ?? headers['Host'] ?? url.host).split(':')[0] ?? ''

function exchange(
  asked: ProbeRequest,
  connection: Pick<RequestOptions, 'agent' | 'createConnection' | 'lookup'>,
): Promise<Got> {
  const { url, headers } = asked
  const secure = url.protocol === 'https:'
  const tls = secure ? { servername: nameOf(asked) } : {}
  return new Promise((resolve, reject) => {
    const options = { headers, timeout: timeoutMs, ...tls, ...connection } as const
    const request = (secure ? httpsRequest : httpRequest)(url, options, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        if (body.length < largestBody) body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
      response.on('error', reject)
    })
    const deadline = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs)
    request.on('close', () => clearTimeout(deadline))
    request.on('error', reject)
    request.end()
  })
}

function colourOf({ marker }: Probe, headers: Got['headers'], body: string): Colour | null {
  if (!marker) return null
  const said = marker.header ? headers[marker.header.toLowerCase()] : pointerInto(body, marker.json ?? '')
  if (said === (marker.green ?? 'green')) return 'green'
  if (said === (marker.blue ?? 'blue')) return 'blue'
  return null
}

function pointerInto(body: string, pointer: string): unknown {
  try {
    return pointer
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], JSON.parse(body))
  } catch {
    return undefined // not JSON: no marker
  }
}
