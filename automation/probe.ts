import { request as httpRequest, Agent as HttpAgent } from 'node:http'
import { request as httpsRequest, Agent as HttpsAgent } from 'node:https'
import type { Colour } from '../infra/traffic.ts'
import type { Probe } from '../infra/workloads/entry.ts'
import { defaults } from './inventory.ts'

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

/**
 * Asks front doors as their clients do, over fresh connections: what a kept-alive connection would say about a switch is old.
 * Node's own client rather than fetch, because a probe sets the Host header, and with TLS the name that is asked for.
 */
export async function ask(probe: Probe, extraHeaders: Readonly<Record<string, string>> = {}): Promise<Answer> {
  try {
    const { status, headers, body } = await get(probe.url, { ...probe.headers, ...extraHeaders })
    const colour = colourOf(probe, headers, body)
    const expected: readonly number[] = probe.expect ?? defaults.expect
    if (expected.includes(status)) return { asExpected: true, colour, fault: null }
    return { asExpected: false, colour, fault: `status ${status} instead of ${expected.join(' or ')}` }
  } catch (error) {
    return { asExpected: false, colour: null, fault: (error as Error).message }
  }
}

interface Got {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

function get(url: string, headers: Readonly<Record<string, string>>): Promise<Got> {
  const secure = url.startsWith('https:')
  const host = headers['host'] ?? headers['Host']
  const agent = secure ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false })
  const options = { headers, agent, timeout: timeoutMs, ...(secure && host ? { servername: host.split(':')[0] } : {}) }
  return new Promise((resolve, reject) => {
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
