import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { addListener, addLoadBalancer, call, forwardTo, healthOf, refusal, toOne } from '../elbv2/fixture.ts'
import { addGroupOf, allHealthy, deregister, startDataPlane, until, type DataPlane, type Pod } from './fixture.ts'

vi.setConfig({ testTimeout: 30_000 })

let plane: DataPlane
let net: string
let bluePod: Pod
let greenPod: Pod
let blue: string
let green: string

beforeEach(async () => {
  plane = await startDataPlane({ weightedNetworkListeners: true })
  net = await addLoadBalancer(plane.world, plane, 'net', { Type: 'network', Scheme: 'internal' })
  const loadBalancer = plane.world.elbv2.loadBalancers.get(net)
  if (loadBalancer) loadBalancer.state = 'active'
  bluePod = await plane.startPod('10.0.1.1', { cluster: 'blue' })
  greenPod = await plane.startPod('10.0.16.1', { cluster: 'green' })
  blue = await addGroupOf(plane, 'tcp-blue', [bluePod.ip], { Protocol: 'TCP' })
  green = await addGroupOf(plane, 'tcp-green', [greenPod.ip], { Protocol: 'TCP' })
})

afterEach(() => plane.stop())

const listen = (actions: object[], port = 80) =>
  addListener({ ...plane, loadBalancer: net }, actions, port, { Protocol: 'TCP' })

const setWeights = (listener: string, blueWeight: number, greenWeight: number) =>
  call(plane.world, 'ModifyListener', {
    ListenerArn: listener,
    DefaultActions: forwardTo([blue, blueWeight], [green, greenWeight]),
  })

/** Which cluster answers; `agent: false` is a connection of its own. */
function ask(agent: Agent | false = false, port = 80): Promise<string> {
  const door = plane.network.frontDoor(net, port)
  return new Promise((resolve, reject) => {
    request({ ...door, agent }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString())).on('error', reject)
      answer.on('end', () => resolve(JSON.parse(text).cluster))
    })
      .on('error', reject)
      .end()
  })
}

async function clusters(count: number): Promise<Record<string, number>> {
  const seen: Record<string, number> = {}
  for (let turn = 0; turn < count; turn += 1) {
    const cluster = await ask()
    seen[cluster] = (seen[cluster] ?? 0) + 1
  }
  return seen
}

test('weights steer new connections; one that is open stays where it is', async () => {
  const listener = await listen(forwardTo([blue, 100], [green, 0]))
  await allHealthy(plane, blue, green)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  expect(await ask(agent)).toBe('blue')
  await setWeights(listener, 0, 100)
  expect(await clusters(5)).toEqual({ green: 5 })
  expect(await ask(agent)).toBe('blue')
  agent.destroy()
  await setWeights(listener, 75, 25)
  expect(await clusters(20)).toEqual({ blue: 15, green: 5 })
  expect(plane.network.counters(green).requests).toBe(10)
})

test('an account without weights takes one group per action, and is told so', async () => {
  const plain = await startDataPlane()
  const loadBalancer = await addLoadBalancer(plain.world, plain, 'net', { Type: 'network' })
  const one = await addGroupOf(plain, 'one', [], { Protocol: 'TCP' })
  const two = await addGroupOf(plain, 'two', [], { Protocol: 'TCP' })
  const listener = { LoadBalancerArn: loadBalancer, Protocol: 'TCP', Port: 80 }
  expect(
    await refusal(plain.world, 'CreateListener', { ...listener, DefaultActions: forwardTo([one, 1], [two, 0]) }),
  ).toEqual({
    code: 'InvalidLoadBalancerAction',
    message: "You cannot specify multiple target groups in a single action with a load balancer of type 'network'",
  })
  const { Limits } = await call(plain.world, 'DescribeAccountLimits')
  expect(Limits).toContainEqual({ Name: 'target-groups-per-action-on-network-load-balancer', Max: '1' })
  await plain.stop()
})

test('a target that is deregistered keeps its flows, and gets new ones until AWS has told all its nodes', async () => {
  await listen(toOne(blue))
  await listen(toOne(green), 81)
  await allHealthy(plane, blue, green)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  expect(await ask(agent)).toBe('blue')
  await deregister(plane, blue, bluePod.ip)
  expect(await healthOf(plane.world, blue)).toEqual({ '10.0.1.1:80': 'draining Target.DeregistrationInProgress' })
  expect(await ask()).toBe('blue')
  await until('new connections are refused', () =>
    ask().then(
      () => false,
      (error: NodeJS.ErrnoException) => error.code === 'ECONNRESET',
    ),
  )
  expect(await ask(agent)).toBe('blue')
  expect(await ask(false, 81)).toBe('green')
  await until('the target has gone', async () => Object.keys(await healthOf(plane.world, blue)).length === 0)
  expect(await ask(agent)).toBe('blue')
  agent.destroy()
})

async function openFlow(): Promise<{ socket: Socket; ended: Promise<string> }> {
  const door = plane.network.frontDoor(net, 80)
  const socket = connect(door?.port ?? 0, door?.host)
  const ended = new Promise<string>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
    socket.on('close', () => resolve('closed'))
  })
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await once(socket, 'data')
  return { socket, ended }
}

test('flows are cut when the deregistration delay ends, if the group says so', async () => {
  await call(plane.world, 'ModifyTargetGroupAttributes', {
    TargetGroupArn: blue,
    Attributes: [
      { Key: 'deregistration_delay.connection_termination.enabled', Value: 'true' },
      { Key: 'deregistration_delay.timeout_seconds', Value: '30' },
    ],
  })
  await listen(toOne(blue))
  await allHealthy(plane, blue)
  const { ended } = await openFlow()
  await deregister(plane, blue, bluePod.ip)
  expect(await ended).toBe('ECONNRESET')
  expect(await healthOf(plane.world, blue)).toEqual({})
})

test('flows of a target that falls ill are reset, and the others carry on; with nobody well, everybody gets connections', async () => {
  const second = await plane.startPod('10.0.1.2', { cluster: 'blue' })
  await call(plane.world, 'RegisterTargets', { TargetGroupArn: blue, Targets: [{ Id: second.ip }] })
  await call(plane.world, 'ModifyTargetGroup', { TargetGroupArn: blue, HealthCheckProtocol: 'HTTP' })
  await listen(toOne(blue))
  await allHealthy(plane, blue)
  const flows = [await openFlow(), await openFlow()]
  expect([bluePod.served, second.served]).toEqual([1, 1])
  bluePod.healthStatus = 503
  expect(await Promise.race(flows.map(({ ended }) => ended))).toBe('ECONNRESET')
  expect(flows.filter(({ socket }) => !socket.destroyed)).toHaveLength(1)
  second.healthStatus = 503
  expect(await Promise.all(flows.map(({ ended }) => ended))).toEqual(['ECONNRESET', 'ECONNRESET'])
  expect(await clusters(2)).toEqual({ blue: 2 })
})

test('a target where nobody listens costs the client its connection', async () => {
  await listen(toOne(blue))
  await allHealthy(plane, blue)
  await bluePod.kill()
  await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(plane.network.counters(blue).connectionErrors).toBe(1)
})

test('one side may finish before the other', async () => {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = ''
    socket.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => socket.end(`got ${text}`))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const group = await addGroupOf(plane, 'echo', ['10.0.1.9'], { Protocol: 'TCP' })
  plane.addresses.bind('10.0.1.9', 80, { host: '127.0.0.1', port: (server.address() as AddressInfo).port })
  await listen(toOne(group), 90)
  await allHealthy(plane, group)
  const door = plane.network.frontDoor(net, 90)
  const socket = connect({ ...door, port: door?.port ?? 0, allowHalfOpen: true })
  socket.end('all of it')
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toBe('got all of it')
  socket.end()
  server.close()
})

test('a listener that is deleted takes its flows along', async () => {
  const listener = await listen(toOne(blue))
  await allHealthy(plane, blue)
  const { ended } = await openFlow()
  await call(plane.world, 'DeleteListener', { ListenerArn: listener })
  await plane.network.settled()
  expect(plane.network.frontDoor(net, 80)).toBeUndefined()
  expect(['ECONNRESET', 'closed']).toContain(await ended)
})
