import { once } from 'node:events'
import { createServer, get, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Clock } from '../../../sandbox/clock.ts'
import { startLoad, type Load } from '../../../sandbox/load.ts'
import { AddressBook } from '../../../sandbox/network/addresses.ts'
import { CachingResolver } from '../../../sandbox/network/dns/caching-resolver.ts'
import { ResolvingAgent } from '../../../sandbox/network/dns/resolving-agent.ts'
import { until } from '../network/fixture.ts'
import { simple, weighted } from '../route53/fixture.ts'
import { startDns, type DnsSetting } from './fixture.ts'

const www = 'www.shop.example'

interface Backend {
  server: Server
  connections: number
  hosts: Set<string | undefined>
}

let it: DnsSetting
let addresses: AddressBook
let backends: Record<'blue' | 'green', Backend>
let load: Load | undefined
const clocks: Clock[] = []

beforeEach(async () => {
  it = await startDns()
  addresses = new AddressBook()
  backends = { blue: await serve('blue', '192.0.2.1'), green: await serve('green', '192.0.2.2') }
})
afterEach(async () => {
  await load?.stop()
  load = undefined
  for (const clock of clocks.splice(0)) clock.stop()
  for (const { server } of Object.values(backends)) {
    server.closeAllConnections()
    await once(server.close(), 'close')
  }
  await it.stop()
})

async function serve(cluster: string, ip: string): Promise<Backend> {
  const hosts = new Set<string | undefined>()
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    hosts.add(request.headers.host)
    response.end(JSON.stringify({ cluster }))
  })
  const backend: Backend = { server, connections: 0, hosts }
  server.on('connection', () => (backend.connections += 1))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  addresses.bind(ip, 80, { host: '127.0.0.1', port: (server.address() as AddressInfo).port })
  return backend
}

/** Keeps answers by a clock of its own: at scale 1 a TTL of 60 s outlasts every test, at 1000 it is over in 60 ms. */
function resolver(scale: number): CachingResolver {
  const clock = new Clock(scale)
  clocks.push(clock)
  return new CachingResolver({
    server: it.server.socket,
    clock,
    reach: (address, port) => addresses.resolve(address, port),
  })
}

const start = (scale: number, newConnectionShare: number) =>
  (load = startLoad({
    name: www,
    resolver: resolver(scale),
    ratePerSecond: 200,
    newConnectionShare,
    headers: { 'x-test': 'yes' },
  }))

const more = async (count: number) => {
  const before = load?.snapshot().requests ?? 0
  await until(`${count} more requests have ended`, () => (load?.snapshot().requests ?? 0) >= before + count)
  return load!.snapshot().byColour
}

describe('the caching resolver', () => {
  test('remembers an answer for its TTL, and asks again after it', async () => {
    await it.served(['CREATE', simple(www, '192.0.2.1')])
    const [slow, quick] = [resolver(1), resolver(1000)]
    expect(await Promise.all([slow.lookup(www), quick.lookup(www)])).toEqual([['192.0.2.1'], ['192.0.2.1']])
    await it.served(['UPSERT', simple(www, '192.0.2.2')])
    await expect.poll(() => quick.lookup(www)).toEqual(['192.0.2.2'])
    expect(await slow.lookup(www)).toEqual(['192.0.2.1'])
  })

  test('asks once for all who ask at the same time', async () => {
    await it.served(
      ['CREATE', weighted(www, 'blue', 1, '192.0.2.1')],
      ['CREATE', weighted(www, 'green', 1, '192.0.2.2')],
    )
    const shared = resolver(1)
    const answers = await Promise.all(Array.from({ length: 10 }, () => shared.lookup(www)))
    expect(new Set(answers.flat()).size).toBe(1)
  })

  test('does not remember that a name was not found', async () => {
    const asking = resolver(1)
    await expect(asking.lookup(www)).rejects.toMatchObject({ code: 'ENOTFOUND' })
    await it.served(['CREATE', simple(www, '192.0.2.1')])
    expect(await asking.lookup(www)).toEqual(['192.0.2.1'])
  })

  test('goes on to the next address when one refuses', async () => {
    await it.served(['CREATE', simple(www, '192.0.2.9', '192.0.2.2')])
    const connection = await resolver(1).connect(www, 80)
    connection.destroy()
    await it.served(['UPSERT', simple(www, '192.0.2.9')])
    await expect(resolver(1).connect(www, 80)).rejects.toThrow('connect ECONNREFUSED 192.0.2.9:80')
  })
})

test('a kept connection goes on to where it went, whatever DNS answers now', async () => {
  await it.served(['CREATE', simple(www, '192.0.2.1')])
  const shared = resolver(1000)
  const agent = new ResolvingAgent(shared, { keepAlive: true, maxSockets: 1 })
  const ask = () =>
    new Promise<string>((resolve, reject) => {
      const call = get({ host: www, port: 80, agent }, (answer) => {
        answer.toArray().then((chunks) => resolve(JSON.parse(chunks.join('')).cluster), reject)
      })
      call.on('error', reject)
    })
  expect(await ask()).toBe('blue')
  await it.served(['UPSERT', simple(www, '192.0.2.2')])
  await expect.poll(() => shared.lookup(www)).toEqual(['192.0.2.2'])
  for (let count = 0; count < 5; count += 1) expect(await ask()).toBe('blue')
  expect(backends.blue.connections).toBe(1)
  backends.blue.server.closeAllConnections()
  // The request that finds the connection closed may fail; the next one opens another.
  await expect.poll(() => ask().catch((error: Error) => error.message)).toBe('green')
  agent.destroy()
})

describe('load by name', () => {
  const shift = () => it.served(['UPSERT', simple(www, '192.0.2.2')])
  beforeEach(() => it.served(['CREATE', simple(www, '192.0.2.1')]))

  test('follows DNS with its new connections when the TTL is over', async () => {
    start(1000, 1)
    expect(await more(20)).toMatchObject({ green: 0 })
    await shift()
    await until('green answers all', async () => {
      const { blue } = load!.snapshot().byColour
      return (await more(40)).blue === blue
    })
    expect(load!.snapshot().failed).toBe(0)
    expect([...backends.green.hosts]).toEqual([www])
  })

  test('stays with an old answer until then', async () => {
    start(1, 1)
    await more(20)
    await shift()
    expect(await more(40)).toMatchObject({ green: 0 })
  })

  test('a name that is not there is a failure of every request', async () => {
    load = startLoad({ name: 'no.shop.example', resolver: resolver(1), ratePerSecond: 100, newConnectionShare: 0 })
    await until('requests have failed', () => (load?.snapshot().failed ?? 0) > 3)
    expect(load.snapshot().failures[0]?.reason).toBe('queryA ENOTFOUND no.shop.example')
  })
})
