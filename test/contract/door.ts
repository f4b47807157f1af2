import { request } from 'node:http'
import type { Probe } from '../../infra/workloads/entry.ts'
import { Clock } from '../../sandbox/clock.ts'
import { reachBy } from '../../sandbox/front-doors.ts'
import type { LoadOptions } from '../../sandbox/load.ts'
import { CachingResolver } from '../../sandbox/network/dns/caching-resolver.ts'
import { ResolvingAgent } from '../../sandbox/network/dns/resolving-agent.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'

/** A front door as its clients reach it: on loopback, or by a name that the sandbox's DNS knows. */
export type Door = Pick<LoadOptions, 'headers'> &
  (
    | { readonly url: string }
    | { readonly name: string; readonly port: number; readonly path: string; readonly resolver: CachingResolver }
  )

/** The door that a probe's URL names. Real clients keep answers of DNS for their TTL; so does the resolver of this one. */
export function doorOf({ ready, network }: Sandbox, { url, headers = {} }: Probe): Door {
  const { hostname, host, port, pathname } = new URL(url)
  if (hostname === 'localhost' || hostname.startsWith('127.')) return { url, headers }
  if (hostname.includes('.execute-api.')) {
    const socket = network.executeApi()
    return { url: `http://${socket?.host}:${socket?.port}${pathname}`, headers: { host, ...headers } }
  }
  return { name: hostname, port: Number(port || 80), path: pathname, headers, resolver: resolverFor(ready) }
}

export function resolverFor({ dns, controlUrl, env }: Sandbox['ready']): CachingResolver {
  const [host = '', port] = dns.split(':')
  const clock = new Clock(Number(env['CUTOVER_CLOCK_RATE'] ?? 1))
  return new CachingResolver({ server: { host, port: Number(port) }, clock, reach: reachBy(controlUrl) })
}

/** Which side answers one request over a connection, and an answer of DNS, of its own. */
export function colourAt(door: Door, { ready }: Sandbox): Promise<'blue' | 'green'> {
  const [url, agent] =
    'url' in door
      ? [door.url, false as const]
      : [`http://${door.name}:${door.port}${door.path}`, new ResolvingAgent(resolverFor(ready))]
  return new Promise((resolve, reject) => {
    request(url, { headers: door.headers ?? {}, agent }, (answer) => {
      let body = ''
      answer.on('data', (chunk: Buffer) => (body += chunk.toString()))
      answer.on('end', () => {
        if (answer.statusCode !== 200) return reject(new Error(`status ${answer.statusCode}: ${body}`))
        resolve((JSON.parse(body) as { cluster: 'blue' | 'green' }).cluster)
      })
    })
      .on('error', reject)
      .end()
  })
}
