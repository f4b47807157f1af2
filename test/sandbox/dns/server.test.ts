import { createSocket, Socket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import * as packets from 'dns-packet'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { addressesOf } from '../../../sandbox/cloud/elbv2/addresses.ts'
import { DnsServer } from '../../../sandbox/network/dns/server.ts'
import { addGroup, addListener, addLoadBalancer, call as elbv2, forwardTo } from '../elbv2/fixture.ts'
import { simple, weighted } from '../route53/fixture.ts'
import { startDns, type DnsSetting } from './fixture.ts'

let it: DnsSetting
beforeEach(async () => {
  it = await startDns()
})
afterEach(() => it.stop())

const www = 'www.shop.example'
const ask = (name = www) => it.resolver.resolve4(name)
const codeOf = (asked: Promise<unknown>) => asked.catch((error: NodeJS.ErrnoException) => error.code)

/** How often each of the first addresses comes in so many queries. */
async function tally(queries: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (let query = 0; query < queries; query += 1) {
    const [address = ''] = await ask()
    counts[address] = (counts[address] ?? 0) + 1
  }
  return counts
}

const aliasTo = (dnsName: string, more: object = {}, evaluate = false) => ({
  Name: www,
  Type: 'A' as const,
  AliasTarget: { HostedZoneId: it.hostedZoneId, DNSName: dnsName, EvaluateTargetHealth: evaluate },
  ...more,
})

test('answers what is INSYNC and not what is PENDING', async () => {
  await it.change(['CREATE', simple(www, '192.0.2.1')])
  expect(await codeOf(ask())).toBe('ENOTFOUND')
  await expect.poll(() => codeOf(ask())).toEqual(['192.0.2.1'])
  await it.change(['UPSERT', simple(www, '192.0.2.2')])
  expect(await ask()).toEqual(['192.0.2.1'])
  await expect.poll(() => ask()).toEqual(['192.0.2.2'])
})

test('tells a name that does not exist from one without such records', async () => {
  await it.served(['CREATE', simple('deep.www.shop.example', '192.0.2.1')])
  expect(await codeOf(ask('nowhere.shop.example'))).toBe('ENOTFOUND')
  expect(await codeOf(ask('elsewhere.test'))).toBe('ENOTFOUND')
  expect(await codeOf(ask())).toBe('ENODATA')
  expect(await codeOf(it.resolver.resolve6('deep.www.shop.example'))).toBe('ENODATA')
})

test('finds wildcards, but not for names that exist', async () => {
  await it.served(
    ['CREATE', simple('*.shop.example', '192.0.2.1')],
    ['CREATE', simple('a.b.shop.example', '192.0.2.2')],
  )
  expect(await ask('Any.Where.shop.example')).toEqual(['192.0.2.1'])
  expect(await ask('a.b.shop.example')).toEqual(['192.0.2.2'])
  expect(await codeOf(ask('b.shop.example'))).toBe('ENODATA')
  expect(await codeOf(ask('c.b.shop.example'))).toBe('ENOTFOUND')
})

test('follows CNAMEs, and gives up a circle of them', async () => {
  const cname = (Name: string, Value: string) => ({
    Name,
    Type: 'CNAME' as const,
    TTL: 30,
    ResourceRecords: [{ Value }],
  })
  await it.served(
    ['CREATE', cname(www, 'a.shop.example')],
    ['CREATE', cname('a.shop.example', 'b.shop.example.')],
    ['CREATE', simple('b.shop.example', '192.0.2.1')],
    ['CREATE', cname('round.shop.example', 'again.shop.example')],
    ['CREATE', cname('again.shop.example', 'round.shop.example')],
  )
  expect(await it.resolver.resolve4(www, { ttl: true })).toEqual([{ address: '192.0.2.1', ttl: 30 }])
  expect(await it.resolver.resolveCname(www)).toEqual(['a.shop.example'])
  expect(await codeOf(ask('round.shop.example'))).toBe('ESERVFAIL')
})

test('serves the other common types', async () => {
  const set = (Type: 'TXT' | 'MX' | 'SRV' | 'CAA' | 'AAAA', ...values: string[]) => ({
    Name: www,
    Type,
    TTL: 60,
    ResourceRecords: values.map((Value) => ({ Value })),
  })
  await it.served(
    ['CREATE', set('TXT', '"one" "two"', '"say \\"three\\""')],
    ['CREATE', set('MX', '10 mail.shop.example')],
    ['CREATE', set('SRV', '1 2 80 www.shop.example.')],
    ['CREATE', set('CAA', '0 issue "ca.example"')],
    ['CREATE', set('AAAA', '2001:db8::1')],
  )
  const { resolver } = it
  expect(await resolver.resolveTxt(www)).toEqual([['one', 'two'], ['say "three"']])
  expect(await resolver.resolveMx(www)).toMatchObject([{ priority: 10, exchange: 'mail.shop.example' }])
  expect(await resolver.resolveSrv(www)).toMatchObject([{ priority: 1, weight: 2, port: 80, name: 'www.shop.example' }])
  expect(await resolver.resolveCaa(www)).toMatchObject([{ critical: 0, issue: 'ca.example' }])
  expect(await resolver.resolve6(www)).toEqual(['2001:db8::1'])
  expect(await resolver.resolveNs('shop.example')).toHaveLength(4)
  expect(await resolver.resolveSoa('shop.example')).toMatchObject({ hostmaster: 'awsdns-hostmaster.amazon.com' })
})

describe('weights', () => {
  const set = async (blue: number, green: number) =>
    it.served(
      ['UPSERT', weighted(www, 'blue', blue, '192.0.2.1')],
      ['UPSERT', weighted(www, 'green', green, '192.0.2.2')],
    )

  test.each([
    [90, 10, { '192.0.2.1': 36, '192.0.2.2': 4 }],
    [255, 0, { '192.0.2.1': 40 }],
    [0, 1, { '192.0.2.2': 40 }],
    [0, 0, { '192.0.2.1': 20, '192.0.2.2': 20 }],
  ])('%i to %i', async (blue, green, expected) => {
    await set(blue, green)
    expect(await tally(40)).toEqual(expected)
  })

  test('in the same order every time', async () => {
    await set(2, 1)
    const first = [await ask(), await ask(), await ask()]
    expect([await ask(), await ask(), await ask()]).toEqual(first)
  })
})

describe('aliases to load balancers', () => {
  test('are their addresses, for 60 seconds', async () => {
    await it.served(['CREATE', aliasTo(`dualstack.${it.dnsName}`)])
    const expected = ['10.0.15.254', '10.0.31.254'].map((address) => ({ address, ttl: 60 }))
    expect(await it.resolver.resolve4(www, { ttl: true })).toEqual(expected)
    expect(await it.resolver.resolve4(it.dnsName, { ttl: true })).toEqual(expected)
    expect(await codeOf(it.resolver.resolve6(www))).toBe('ENODATA')
  })

  test('stay when another load balancer comes and goes', async () => {
    const loadBalancer = (arn: string) => it.world.elbv2.loadBalancers.get(arn)!
    const before = addressesOf(it.world, loadBalancer(it.loadBalancer))
    const other = await addLoadBalancer(it.world, it, 'other')
    expect(addressesOf(it.world, loadBalancer(other))).toEqual(['10.0.15.253', '10.0.31.253'])
    await elbv2(it.world, 'DeleteLoadBalancer', { LoadBalancerArn: other })
    const third = await addLoadBalancer(it.world, it, 'third')
    expect(addressesOf(it.world, loadBalancer(third))).toEqual(['10.0.15.253', '10.0.31.253'])
    expect(addressesOf(it.world, loadBalancer(it.loadBalancer))).toEqual(before)
  })

  test('give way when the load balancer is unhealthy, even to one of weight 0', async () => {
    const group = await addGroup(it, 'blue')
    await addListener(it, forwardTo([group, 1]))
    await it.served(
      ['CREATE', aliasTo(it.dnsName, { SetIdentifier: 'blue', Weight: 100 }, true)],
      ['CREATE', { ...weighted(www, 'green', 0, '192.0.2.2') }],
    )
    expect(await ask()).toEqual(['192.0.2.2'])
    await elbv2(it.world, 'RegisterTargets', { TargetGroupArn: group, Targets: [{ Id: '10.0.1.1' }] })
    const [target] = it.world.elbv2.targetGroups.get(group)!.targets.values()
    target!.health = { state: 'healthy' }
    expect(await ask()).toEqual(['10.0.15.254', '10.0.31.254'])
    // One empty group, at weight 0, is enough.
    await addListener(it, forwardTo([group, 1], [await addGroup(it, 'green'), 0]), 81)
    expect(await ask()).toEqual(['192.0.2.2'])
    await it.served(['UPSERT', aliasTo(it.dnsName, { SetIdentifier: 'blue', Weight: 100 }, false)])
    expect(await ask()).toEqual(['10.0.15.254', '10.0.31.254'])
  })

  test('of one that is deleted answer nothing', async () => {
    await it.served(['CREATE', aliasTo(it.dnsName)])
    await elbv2(it.world, 'DeleteLoadBalancer', { LoadBalancerArn: it.loadBalancer })
    expect(await codeOf(ask())).toBe('ENODATA')
  })
})

test('an alias to records of the zone takes their turns and their TTL', async () => {
  const AliasTarget = { HostedZoneId: it.zoneId, DNSName: 'pool.shop.example', EvaluateTargetHealth: false }
  await it.served(
    ['CREATE', { ...weighted('pool.shop.example', 'one', 1, '192.0.2.1'), TTL: 20 }],
    ['CREATE', { ...weighted('pool.shop.example', 'two', 1, '192.0.2.2'), TTL: 20 }],
    ['CREATE', { Name: www, Type: 'A', AliasTarget }],
  )
  expect(await tally(10)).toEqual({ '192.0.2.1': 5, '192.0.2.2': 5 })
  expect(await it.resolver.resolve4(www, { ttl: true })).toMatchObject([{ ttl: 20 }])
})

test('other policies answer a client in the region at no known place', async () => {
  const set = (name: string, SetIdentifier: string, policy: object, address: string) =>
    ['CREATE', { ...simple(`${name}.shop.example`, address), SetIdentifier, ...policy }] as ['CREATE', object]
  await it.served(
    set('latency', 'far', { Region: 'eu-west-1' }, '192.0.2.1'),
    set('latency', 'near', { Region: 'ap-northeast-2' }, '192.0.2.2'),
    set('place', 'korea', { GeoLocation: { CountryCode: 'KR' } }, '192.0.2.1'),
    set('place', 'rest', { GeoLocation: { CountryCode: '*' } }, '192.0.2.2'),
    set('failover', 'second', { Failover: 'SECONDARY' }, '192.0.2.1'),
    set('failover', 'first', { Failover: 'PRIMARY' }, '192.0.2.2'),
    set('many', 'one', { MultiValueAnswer: true }, '192.0.2.2'),
    set('many', 'two', { MultiValueAnswer: true }, '192.0.2.3'),
  )
  for (const name of ['latency', 'place', 'failover']) expect(await ask(`${name}.shop.example`)).toEqual(['192.0.2.2'])
  expect((await ask('many.shop.example')).sort()).toEqual(['192.0.2.2', '192.0.2.3'])
})

describe('the protocol', () => {
  const many = Array.from({ length: 60 }, (_, index) => `192.0.2.${index}`)
  const query = (more: Partial<packets.Packet> = {}): packets.Packet => ({
    type: 'query',
    id: 7,
    flags: packets.RECURSION_DESIRED,
    questions: [{ type: 'A', name: www }],
    ...more,
  })

  async function overUdp(message: Buffer): Promise<packets.DecodedPacket> {
    const socket = createSocket('udp4')
    socket.send(message, it.server.socket.port, '127.0.0.1')
    const [answer] = (await once(socket, 'message')) as [Buffer]
    socket.close()
    return packets.decode(answer)
  }

  beforeEach(() => it.served(['CREATE', simple(www, ...many)]))

  test('an answer too long for UDP comes by TCP', async () => {
    const cut = await overUdp(packets.encode(query()))
    expect(cut).toMatchObject({ id: 7, flag_tc: true, rcode: 'NOERROR', answers: [] })
    const connection = connect(it.server.socket)
    connection.write(packets.streamEncode(query()))
    let received = Buffer.alloc(0)
    for await (const chunk of connection as AsyncIterable<Buffer>) {
      received = Buffer.concat([received, chunk])
      if (received.length >= 2 + received.readUInt16BE(0)) break
    }
    expect(packets.streamDecode(received).answers).toHaveLength(60)
    // c-ares does the same by itself.
    expect(await ask()).toHaveLength(60)
  })

  test('a client may take longer ones', async () => {
    const option = {
      type: 'OPT',
      name: '.',
      udpPayloadSize: 4096,
      flags: 0,
      options: [],
    } as unknown as packets.OptAnswer
    const answer = await overUdp(packets.encode(query({ additionals: [option] })))
    expect(answer.answers).toHaveLength(60)
    expect(answer.flag_tc).toBe(false)
  })

  test('what is no query of one question is refused', async () => {
    expect(await overUdp(packets.encode(query({ questions: [] })))).toMatchObject({ rcode: 'FORMERR' })
    expect(await overUdp(packets.encode(query({ flags: 5 << 11 })))).toMatchObject({ rcode: 'NOTIMP' })
  })
})

test('takes another port when UDP has the one that TCP found', async () => {
  const bind = vi.spyOn(Socket.prototype, 'bind')
  const taken = Object.assign(new Error('bind EADDRINUSE'), { code: 'EADDRINUSE' })
  bind.mockImplementationOnce(function (this: Socket) {
    setImmediate(() => this.emit('error', taken))
    return this
  })
  const server = new DnsServer(it.world)
  await server.open()
  expect(bind).toHaveBeenCalledTimes(2)
  bind.mockRestore()
  await server.close()
})
