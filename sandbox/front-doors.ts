import { Agent, get } from 'node:http'
import type { Clock } from './clock.ts'
import type { Target } from './load.ts'
import { CachingResolver, type Reach } from './network/dns/caching-resolver.ts'
import { ResolvingAgent } from './network/dns/resolving-agent.ts'
import type { FrontDoorAddress } from './scenarios/scenario.ts'

/** What a client of front doors has: time to keep answers by, and a way to addresses of the VPC. */
export interface Surroundings {
  readonly clock: Clock
  readonly reach: Reach
}

/** A front door as the load generator takes it; a name gets a resolver with a cache of its own. */
export function targetOf(door: FrontDoorAddress, { clock, reach }: Surroundings): Target {
  if ('url' in door) return { url: door.url }
  const { hostname, port } = new URL(`dns://${door.resolver}`)
  const server = { host: hostname, port: Number(port) }
  return { name: door.name, resolver: new CachingResolver({ server, clock, reach }) }
}

/** The way to addresses of the VPC for other processes: the sandbox's control endpoint knows it. */
export const reachBy =
  (controlUrl: string): Reach =>
  async (address, port) => {
    const answer = await fetch(`${controlUrl}/sockets?address=${address}&port=${port}`)
    return answer.ok ? ((await answer.json()) as { host: string; port: number }) : undefined
  }

/** The status that a front door answers with; 0 when it does not. Node's own client: fetch may not set a Host header. */
export function statusOf(door: FrontDoorAddress, surroundings: Surroundings): Promise<number> {
  const target = targetOf(door, surroundings)
  const [url, agent] =
    'url' in target
      ? [target.url, new Agent()]
      : [`http://${target.name}/`, new ResolvingAgent(target.resolver, { keepAlive: false })]
  return new Promise((resolve) => {
    get(url, { headers: door.headers, agent }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    }).on('error', () => resolve(0))
  })
}
