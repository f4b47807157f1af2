import { once } from 'node:events'
import { request as send, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { addListener, addRule, call, forwardTo, healthOf, onPath, toOne } from '../elbv2/fixture.ts'
import { addGroupOf, allHealthy, deregister, startDataPlane, until, type DataPlane, type Pod } from './fixture.ts'

vi.setConfig({ testTimeout: 30_000 })

let plane: DataPlane

beforeEach(async () => {
  plane = await startDataPlane()
})

afterEach(() => plane.stop())

interface Sides {
  blue: string
  green: string
  bluePod: Pod
  greenPod: Pod
  listener: string
  rule: string
}

/** Two groups of one pod each in the rule for `/shop*`; the default rule forwards to blue. */
async function twoSides(blueWeight: number, greenWeight: number): Promise<Sides> {
  const bluePod = await plane.startPod('10.0.1.1', { cluster: 'blue' })
  const greenPod = await plane.startPod('10.0.16.1', { cluster: 'green' })
  const blue = await addGroupOf(plane, 'blue', [bluePod.ip])
  const green = await addGroupOf(plane, 'green', [greenPod.ip])
  const listener = await addListener(plane, toOne(blue))
  const rule = await addRule(plane.world, listener, 10, forwardTo([blue, blueWeight], [green, greenWeight]))
  await allHealthy(plane, blue, green)
  return { blue, green, bluePod, greenPod, listener, rule }
}

const setWeights = ({ rule, blue, green }: Sides, blueWeight: number, greenWeight: number) =>
  call(plane.world, 'ModifyRule', { RuleArn: rule, Actions: forwardTo([blue, blueWeight], [green, greenWeight]) })

async function clusters(count: number): Promise<Record<string, number>> {
  const seen: Record<string, number> = {}
  for (let turn = 0; turn < count; turn += 1) {
    const { json } = await plane.ask({ path: '/shop' })
    seen[json.cluster] = (seen[json.cluster] ?? 0) + 1
  }
  return seen
}

describe('a listener', () => {
  test('has a server of its own, whose port stays, until it is deleted', async () => {
    const sides = await twoSides(100, 0)
    const url = plane.url()
    await setWeights(sides, 0, 100)
    await call(plane.world, 'ModifyListener', { ListenerArn: sides.listener, Port: 8080 })
    expect(plane.url(8080)).toBe(url)
    expect(plane.network.frontDoor(plane.loadBalancer, 80)).toBeUndefined()
    await call(plane.world, 'DeleteListener', { ListenerArn: sides.listener })
    await plane.network.settled()
    await expect(fetch(url)).rejects.toThrow()
  })

  test('of a deleted load balancer is gone, also when it had just been created', async () => {
    const sides = await twoSides(1, 0)
    await addListener(plane, toOne(sides.blue), 81)
    await call(plane.world, 'DeleteLoadBalancer', { LoadBalancerArn: plane.loadBalancer })
    await plane.network.settled()
    expect(plane.network.frontDoor(plane.loadBalancer, 81)).toBeUndefined()
  })
})

describe('what a target gets', () => {
  test('the request, with the headers of a load balancer', async () => {
    await twoSides(0, 1)
    const { status, json } = await plane.ask({
      method: 'POST',
      path: '/shop/cart?item=1',
      headers: { host: 'shop.example.com', 'x-forwarded-for': '203.0.113.9', te: 'trailers' },
      body: 'two socks',
    })
    expect(status).toBe(200)
    expect(json.seen).toMatchObject({ method: 'POST', url: '/shop/cart?item=1', body: 'two socks' })
    expect(json.seen.headers).toMatchObject({
      host: 'shop.example.com',
      'x-forwarded-for': '203.0.113.9, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '80',
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
    })
    expect(json.seen.headers).not.toHaveProperty('te')
  })

  test('a body in chunks, and its answer comes back as it is', async () => {
    const pod = await plane.startPod('10.0.1.1', {
      handler: (request, response) => {
        response.writeHead(
          201,
          'Made',
          [
            ['Set-Cookie', 'a=1'],
            ['Set-Cookie', 'b=2'],
            ['Server', 'pod'],
          ].flat(),
        )
        request.pipe(response)
      },
    })
    const blue = await addGroupOf(plane, 'blue', [pod.ip], { Matcher: { HttpCode: '200-299' } })
    await addListener(plane, toOne(blue))
    await allHealthy(plane, blue)
    const answer = await new Promise<any>((resolve, reject) => {
      const call = send(plane.url(), { method: 'PUT' }, resolve).on('error', reject)
      call.write('first ')
      call.end('second')
    })
    let body = ''
    for await (const chunk of answer) body += chunk
    expect(body).toBe('first second')
    expect(answer).toMatchObject({ statusCode: 201, statusMessage: 'Made' })
    expect(answer.headers).toMatchObject({ 'set-cookie': ['a=1', 'b=2'], server: 'pod' })
  })
})

describe('rules', () => {
  test('are tried by priority, then the default rule', async () => {
    const { listener, blue, green, rule } = await twoSides(0, 1)
    await addRule(plane.world, listener, 5, toOne(blue), [
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Test', Values: ['yes'] } },
    ])
    const cluster = async (path: string, headers = {}) => (await plane.ask({ path, headers })).json.cluster
    expect(await cluster('/shop')).toBe('green')
    expect(await cluster('/shop', { 'x-test': 'yes' })).toBe('blue')
    expect(await cluster('/other')).toBe('blue')
    await call(plane.world, 'SetRulePriorities', { RulePriorities: [{ RuleArn: rule, Priority: 1 }] })
    expect(await cluster('/shop', { 'x-test': 'yes' })).toBe('green')
    await call(plane.world, 'ModifyListener', { ListenerArn: listener, DefaultActions: toOne(green) })
    expect(await cluster('/other')).toBe('green')
  })

  test('redirect and answer by themselves', async () => {
    const { listener } = await twoSides(1, 0)
    await addRule(
      plane.world,
      listener,
      1,
      [
        {
          Type: 'redirect',
          RedirectConfig: { Protocol: 'HTTPS', Port: '443', Path: '/new/#{path}', StatusCode: 'HTTP_301' },
        },
      ],
      onPath('/old*'),
    )
    await addRule(
      plane.world,
      listener,
      2,
      [
        {
          Type: 'fixed-response',
          FixedResponseConfig: { StatusCode: '404', ContentType: 'application/json', MessageBody: '{}' },
        },
      ],
      onPath('/none'),
    )
    const redirect = await plane.ask({ path: '/old?a=1', headers: { host: 'shop.example.com:80' } })
    expect(redirect.status).toBe(301)
    expect(redirect.headers).toMatchObject({
      location: 'https://shop.example.com:443/new/old?a=1',
      server: 'awselb/2.0',
    })
    const fixed = await plane.ask({ path: '/none' })
    expect(fixed).toMatchObject({ status: 404, body: '{}', headers: { 'content-type': 'application/json' } })
  })
})

describe('weights', () => {
  test('of 2,000 requests at 90/10, green gets 200 give or take', async () => {
    const sides = await twoSides(90, 10)
    const seen = await clusters(2000)
    // Three standard deviations of a draw by chance are 40: closer than any load balancer has to be.
    expect(Math.abs((seen['green'] ?? 0) - 200)).toBeLessThanOrEqual(40)
    expect((seen['green'] ?? 0) + (seen['blue'] ?? 0)).toBe(2000)
    expect(plane.network.counters(sides.green)).toEqual({
      requests: seen['green'],
      answers: { '2xx': seen['green'], '3xx': 0, '4xx': 0, '5xx': 0 },
      connectionErrors: 0,
    })
  })

  test('act from the next request on, and 0 gets nothing', async () => {
    const sides = await twoSides(100, 0)
    expect(await clusters(50)).toEqual({ blue: 50 })
    await setWeights(sides, 50, 50)
    expect(await clusters(50)).toEqual({ blue: 25, green: 25 })
    await setWeights(sides, 0, 100)
    expect(await clusters(50)).toEqual({ green: 50 })
  })

  test('go on where they were when something else changes', async () => {
    const sides = await twoSides(99, 1)
    let green = 0
    for (let turn = 0; turn < 100; turn += 1) {
      if ((await plane.ask({ path: '/shop' })).json.cluster === 'green') green += 1
      await call(plane.world, 'AddTags', { ResourceArns: [sides.blue], Tags: [{ Key: 'turn', Value: String(turn) }] })
    }
    expect(green).toBe(1)
  })

  test('all zero are answered 503', async () => {
    await twoSides(0, 0)
    const answer = await plane.ask({ path: '/shop' })
    expect(answer).toMatchObject({ status: 503, headers: { server: 'awselb/2.0', 'content-type': 'text/html' } })
    expect(answer.body).toContain('503 Service Temporarily Unavailable')
  })

  test('a sticky client stays with its group, at weight 0 too', async () => {
    const { rule, blue, green } = await twoSides(1, 1)
    const sticky = (blueWeight: number, greenWeight: number) => {
      const [action] = forwardTo([blue, blueWeight], [green, greenWeight])
      const TargetGroupStickinessConfig = { Enabled: true, DurationSeconds: 604800 }
      return [{ ...action, ForwardConfig: { ...action?.ForwardConfig, TargetGroupStickinessConfig } }]
    }
    await call(plane.world, 'ModifyRule', { RuleArn: rule, Actions: sticky(0, 1) })
    const first = await plane.ask({ path: '/shop' })
    const cookie = first.headers['set-cookie']?.find((line) => line.startsWith('AWSALBTG='))?.split(';')[0] ?? ''
    expect(cookie).toMatch(/^AWSALBTG=\S+/)
    await call(plane.world, 'ModifyRule', { RuleArn: rule, Actions: sticky(1, 0) })
    expect((await plane.ask({ path: '/shop', headers: { cookie } })).json.cluster).toBe('green')
    expect((await plane.ask({ path: '/shop' })).json.cluster).toBe('blue')
    await call(plane.world, 'ModifyRule', { RuleArn: rule, Actions: toOne(blue) })
    expect((await plane.ask({ path: '/shop', headers: { cookie } })).json.cluster).toBe('blue')
  })
})

describe('targets', () => {
  test('take turns, the healthy ones only', async () => {
    const pods = await Promise.all(['10.0.1.1', '10.0.1.2', '10.0.1.3'].map((ip) => plane.startPod(ip)))
    const blue = await addGroupOf(
      plane,
      'blue',
      pods.map(({ ip }) => ip),
    )
    await addListener(plane, toOne(blue))
    await allHealthy(plane, blue)
    for (let turn = 0; turn < 30; turn += 1) await plane.ask()
    expect(pods.map(({ served }) => served)).toEqual([10, 10, 10])
    const [sick] = pods
    if (sick) sick.healthStatus = 500
    await until('one is unhealthy', async () =>
      Object.values(await healthOf(plane.world, blue)).some((state) => state.startsWith('unhealthy')),
    )
    for (let turn = 0; turn < 30; turn += 1) await plane.ask()
    expect(pods.map(({ served }) => served)).toEqual([10, 25, 25])
  })

  test('get everything when all of them are unhealthy: the group fails open', async () => {
    const pods = await Promise.all(['10.0.1.1', '10.0.1.2'].map((ip) => plane.startPod(ip)))
    const blue = await addGroupOf(
      plane,
      'blue',
      pods.map(({ ip }) => ip),
    )
    for (const pod of pods) pod.healthStatus = 500
    await addListener(plane, toOne(blue))
    await plane.network.settled()
    await until('all are unhealthy', async () =>
      Object.values(await healthOf(plane.world, blue)).every((state) => state.startsWith('unhealthy')),
    )
    for (let turn = 0; turn < 10; turn += 1) expect((await plane.ask()).status).toBe(200)
    expect(pods.map(({ served }) => served)).toEqual([5, 5])
  })

  test('none: 503', async () => {
    await addListener(plane, toOne(await addGroupOf(plane, 'blue', [])))
    await plane.network.settled()
    expect((await plane.ask()).status).toBe(503)
  })

  test('one that drains finishes what it has begun and gets nothing new', async () => {
    const slowAnswers: ServerResponse[] = []
    const leaving = await plane.startPod('10.0.1.1', {
      handler: (request, response) => {
        if (request.url === '/slow') slowAnswers.push(response)
        else response.end('{}')
      },
    })
    const staying = await plane.startPod('10.0.1.2')
    const blue = await addGroupOf(plane, 'blue', [leaving.ip])
    await addListener(plane, toOne(blue))
    await allHealthy(plane, blue)
    const slow = plane.ask({ path: '/slow' })
    await until('the slow request has arrived', () => leaving.served === 1)
    await call(plane.world, 'RegisterTargets', { TargetGroupArn: blue, Targets: [{ Id: staying.ip }] })
    await allHealthy(plane, blue)
    await deregister(plane, blue, leaving.ip)
    for (let turn = 0; turn < 5; turn += 1) expect((await plane.ask()).json.pod).toBe(staying.ip)
    slowAnswers[0]?.end('{"cluster":"blue"}')
    expect((await slow).json).toEqual({ cluster: 'blue' })
    expect(leaving.served).toBe(1)
  })
})

describe('trouble', () => {
  test('nobody listens: 502, counted', async () => {
    const blue = await addGroupOf(plane, 'blue', ['10.0.1.1'])
    await addListener(plane, toOne(blue))
    await plane.network.settled()
    await until('it is unhealthy', async () =>
      Object.values(await healthOf(plane.world, blue)).every((state) => state.startsWith('unhealthy')),
    )
    expect(await plane.ask()).toMatchObject({ status: 502, headers: { server: 'awselb/2.0' } })
    expect(plane.network.counters(blue)).toMatchObject({ requests: 0, connectionErrors: 1 })
  })

  test('a target that hangs up: 502; one that says nothing for the idle time: 504', async () => {
    const pod = await plane.startPod('10.0.1.1', {
      handler: (request, response) => {
        if (request.url === '/reset') request.socket.destroy()
        else if (request.url !== '/silent') response.end('{}')
      },
    })
    const blue = await addGroupOf(plane, 'blue', [pod.ip])
    await addListener(plane, toOne(blue))
    await allHealthy(plane, blue)
    await call(plane.world, 'ModifyLoadBalancerAttributes', {
      LoadBalancerArn: plane.loadBalancer,
      Attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '1' }],
    })
    expect((await plane.ask({ method: 'POST', path: '/reset', body: 'x' })).status).toBe(502)
    expect((await plane.ask({ path: '/silent' })).status).toBe(504)
  })

  test('a kept connection that the target closes as it is used again: a GET is sent once more, a POST is answered 502', async () => {
    const used = new WeakSet<object>()
    const pod = await plane.startPod('10.0.1.1', {
      handler: (request, response) => {
        if (used.has(request.socket)) return request.socket.destroy()
        used.add(request.socket)
        response.end('{}')
      },
    })
    const blue = await addGroupOf(plane, 'blue', [pod.ip])
    await addListener(plane, toOne(blue))
    await allHealthy(plane, blue)
    for (let turn = 0; turn < 5; turn += 1) expect((await plane.ask()).status).toBe(200)
    expect((await plane.ask()).status).toBe(200)
    const statuses = [
      await plane.ask({ method: 'POST', body: 'x' }),
      await plane.ask({ method: 'POST', body: 'x' }),
    ].map(({ status }) => status)
    expect(statuses).toContain(502)
  })

  test('a client that goes away takes its request to the target along', async () => {
    let closed = false
    const pod = await plane.startPod('10.0.1.1', {
      handler: (request, response) => {
        if (request.url !== '/slow') return response.end('{}')
        response.on('close', () => (closed = true))
      },
    })
    const blue = await addGroupOf(plane, 'blue', [pod.ip])
    await addListener(plane, toOne(blue))
    await allHealthy(plane, blue)
    const client = send(`${plane.url()}/slow`)
    client.on('error', () => {})
    client.end()
    await until('the request has arrived', () => pod.served === 1)
    client.destroy()
    await until('the target was told', () => closed)
  })

  test('a target that breaks off in the middle breaks the answer off', async () => {
    const pod = await plane.startPod('10.0.1.1', {
      handler: (request, response) => {
        if (request.url !== '/half') return response.end('{}')
        response.writeHead(200, { 'Content-Length': 100 })
        response.write('half', () => request.socket.destroy())
      },
    })
    const blue = await addGroupOf(plane, 'blue', [pod.ip])
    await addListener(plane, toOne(blue))
    await allHealthy(plane, blue)
    await expect(plane.ask({ path: '/half' })).rejects.toThrow()
  })

  test('nonsense instead of HTTP: 400', async () => {
    await addListener(plane, toOne(await addGroupOf(plane, 'blue', [])))
    await plane.network.settled()
    const socket = connect(Number(new URL(plane.url()).port), '127.0.0.1')
    socket.end('nonsense\r\n\r\n')
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString()))
    await once(socket, 'close')
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nServer: awselb\/2\.0/)
  })
})
