import { once } from 'node:events'
import {
  Agent,
  createServer,
  request as send,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Account } from '../../../sandbox/cloud/world.ts'
import { AddressBook } from '../../../sandbox/network/addresses.ts'
import { Network } from '../../../sandbox/network/network.ts'
import { addGroup, call, createSetting, healthOf, type Setting } from '../elbv2/fixture.ts'

/** AWS's minutes are fifths of a second: a health check every 5 s of AWS comes every 17 ms. */
const scale = 300

export interface DataPlane extends Setting {
  addresses: AddressBook
  network: Network
  /** Sends one request through the listener at the port. */
  ask: (options?: Ask) => Promise<Answer>
  url: (port?: number) => string
  startPod: (ip: string, options?: PodOptions) => Promise<Pod>
  stop: () => Promise<void>
}

interface Ask {
  port?: number
  method?: string
  path?: string
  headers?: Record<string, string>
  body?: string
}

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
  /** What a pod of this fixture answers. */
  json: any
}

export async function startDataPlane(account: Partial<Account> = {}): Promise<DataPlane> {
  const setting = await createSetting(scale, account)
  const addresses = new AddressBook()
  const network = new Network(setting.world, addresses)
  network.start()
  // Not waited for: that a load balancer becomes active by itself is tested with its operations.
  const loadBalancer = setting.world.elbv2.loadBalancers.get(setting.loadBalancer)
  if (loadBalancer) loadBalancer.state = 'active'
  setting.world.events.emit('changed')
  const agent = new Agent({ keepAlive: true })
  const pods = new Set<Pod>()
  const url = (port = 80) => {
    const door = network.frontDoor(setting.loadBalancer, port)
    if (!door) throw new Error(`no front door at port ${port}`)
    return `http://${door.host}:${door.port}`
  }
  return {
    ...setting,
    addresses,
    network,
    url,
    ask: (options = {}) => ask(url(options.port), options, agent),
    startPod: async (ip, options) => {
      const pod = await startPod(addresses, ip, options)
      pods.add(pod)
      return pod
    },
    stop: async () => {
      agent.destroy()
      await network.stop()
      await Promise.all([...pods].map((pod) => pod.kill()))
      setting.world.clock.stop()
    },
  }
}

function ask(url: string, { method = 'GET', path = '/', headers = {}, body }: Ask, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = send(`${url}${path}`, { method, headers, agent }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => (text += chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        const json = text.startsWith('{') ? JSON.parse(text) : undefined
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text, json })
      })
    })
    call.on('error', reject)
    call.end(body)
  })
}

interface PodOptions {
  cluster?: 'blue' | 'green'
  port?: number
  /** Answers instead of the pod, health checks included. */
  handler?: RequestListener
}

export interface Pod {
  ip: string
  /** The status that health checks get; all else is answered 200. */
  healthStatus: number
  /** Requests other than health checks. */
  served: number
  checks: IncomingHttpHeaders[]
  /** Stops listening, ends idle connections at once and others after their answer. */
  leave: () => Promise<void>
  /** Cuts everything off. */
  kill: () => Promise<void>
}

const isCheck = (headers: IncomingHttpHeaders) => headers['user-agent'] === 'ELB-HealthChecker/2.0'

async function startPod(addresses: AddressBook, ip: string, options: PodOptions = {}): Promise<Pod> {
  const { cluster = 'blue', port = 80, handler } = options
  const server: Server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    if (isCheck(request.headers)) pod.checks.push(request.headers)
    else pod.served += 1
    if (handler) return handler(request, response)
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const seen = { method: request.method, url: request.url, headers: request.headers, body }
      response.writeHead(isCheck(request.headers) ? pod.healthStatus : 200, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify({ cluster, pod: ip, seen }))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  addresses.bind(ip, port, { host: '127.0.0.1', port: (server.address() as AddressInfo).port })
  const close = async (cut: () => void) => {
    if (!server.listening) return
    addresses.unbind(ip, port)
    const closed = once(server, 'close')
    server.close()
    cut()
    await closed
  }
  const pod: Pod = {
    ip,
    healthStatus: 200,
    served: 0,
    checks: [],
    leave: () => close(() => server.closeIdleConnections()),
    kill: () => close(() => server.closeAllConnections()),
  }
  return pod
}

/** A group whose health is checked every 5 s of AWS, with these addresses registered. */
export async function addGroupOf(plane: DataPlane, name: string, ips: string[], more: object = {}): Promise<string> {
  const group = await addGroup(plane, name, {
    HealthCheckIntervalSeconds: 5,
    HealthCheckTimeoutSeconds: 2,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 2,
    ...more,
  })
  await register(plane, group, ...ips)
  return group
}

export async function register({ world }: DataPlane, group: string, ...ips: string[]): Promise<void> {
  if (ips.length > 0) {
    await call(world, 'RegisterTargets', { TargetGroupArn: group, Targets: ips.map((Id) => ({ Id })) })
  }
}

export async function deregister({ world }: DataPlane, group: string, ...ips: string[]): Promise<void> {
  await call(world, 'DeregisterTargets', { TargetGroupArn: group, Targets: ips.map((Id) => ({ Id })) })
}

/** Polls until the condition holds; fails after 20 s. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Until every registered target of the groups is healthy. */
export async function allHealthy({ world, network }: DataPlane, ...groups: string[]): Promise<void> {
  await network.settled()
  for (const group of groups) {
    await until('all targets are healthy', async () =>
      Object.values(await healthOf(world, group)).every((state) => state === 'healthy'),
    )
  }
}
