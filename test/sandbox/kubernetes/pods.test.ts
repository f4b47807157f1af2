import { Agent, request, type IncomingMessage } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Pod } from '../../../sandbox/kubernetes/types.ts'
import { deploy, endpointsOf, eventually, startTestCluster, type TestCluster } from './fixture.ts'

let it: TestCluster
beforeAll(async () => {
  it = await startTestCluster({ colour: 'green' })
})
afterAll(() => it.stop())

interface Reply {
  status: number
  body: any
}

/** One request to a pod, by its VPC address. */
function ask(
  ip: string,
  { path = '/', userAgent = 'test', agent = undefined as Agent | undefined } = {},
): Promise<Reply> {
  const socket = it.addresses.resolve(ip, 8080)
  if (!socket) return Promise.reject(new Error(`nothing listens at ${ip}`))
  return new Promise((resolve, reject) => {
    const sent = request(
      { ...socket, path, agent: agent ?? false, headers: { 'user-agent': userAgent } },
      (response: IncomingMessage) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) }),
        )
      },
    )
    sent.once('error', reject)
    sent.end()
  })
}

const podAt = (ip: string) => it.cluster.store.list<Pod>('/pods').find(({ status }) => status?.podIP === ip)
const healthCheck = { userAgent: 'ELB-HealthChecker/2.0' }

async function deployed(name: string, options = {}): Promise<string[]> {
  await deploy(it, name, options)
  return endpointsOf(it, name)
}

describe('a pod', () => {
  test('answers every path with what it is', async () => {
    const [ip = ''] = await deployed('search', { image: 'registry.example.com:5000/search:2.3' })
    const { status, body } = await ask(ip, { path: '/any/path?x=y' })
    expect([status, body]).toEqual([
      200,
      { workload: 'search', cluster: 'green', pod: podAt(ip)?.metadata.name, version: '2.3' },
    ])
  })

  test('has the version of its variable before that of its image', async () => {
    const env = [{ name: 'VERSION', value: '7' }]
    const body = {
      metadata: { name: 'single', labels: { app: 'single' } },
      spec: { containers: [{ name: 'a', image: 'single:1', env, ports: [{ containerPort: 8080 }] }] },
    }
    await it.call('POST', '/api/v1/namespaces/default/pods', { body })
    const pod = await eventually(() => {
      const found = it.cluster.store.get<Pod>('/pods', { namespace: 'default', name: 'single' })
      return found?.status?.phase === 'Running' && found
    })
    const { body: identity } = await ask(pod.status?.podIP ?? '')
    expect(identity).toMatchObject({ workload: 'single', version: '7' })
  })

  test('has an address of its own in the range of the cluster and runs on a node', async () => {
    const ips = await deployed('spread', { replicas: 4 })
    expect(new Set(ips).size).toBe(4)
    expect(ips.every((ip) => ip.startsWith('10.0.6'))).toBe(true)
    const nodes = ips.map((ip) => podAt(ip)?.spec.nodeName)
    expect(new Set(nodes).size).toBe(2)
  })

  test('serves for its whole grace period when it ends, kept connections, too, and is gone after that', async () => {
    const [ip = ''] = await deployed('graceful', { replicas: 1 })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    await ask(ip, { agent })
    const path = `/api/v1/namespaces/shop/pods/${podAt(ip)?.metadata.name}`
    // An hour, so that it is not over while the test looks.
    await it.call('DELETE', `${path}?gracePeriodSeconds=3600`)
    await eventually(() => !endpointsOf(it, 'graceful').includes(ip))
    expect([(await ask(ip, { agent })).status, (await ask(ip)).status]).toEqual([200, 200])
    agent.destroy()
    await it.call('DELETE', `${path}?gracePeriodSeconds=3`)
    await eventually(() => podAt(ip) === undefined)
    expect(it.addresses.resolve(ip, 8080)).toBeUndefined()
  })

  test('is killed at once when there is no grace', async () => {
    const [ip = ''] = await deployed('killed', { replicas: 1 })
    const name = podAt(ip)?.metadata.name ?? ''
    const { body } = await it.call('DELETE', `/api/v1/namespaces/shop/pods/${name}?gracePeriodSeconds=0`)
    expect(body.metadata.name).toBe(name)
    expect((await it.call('GET', `/api/v1/namespaces/shop/pods/${name}`)).status).toBe(404)
    await eventually(() => it.addresses.resolve(ip, 8080) === undefined)
  })
})

describe('a state', () => {
  test('unhealthy spoils health checks alone, and leaves the pods where they are', async () => {
    const [ip = ''] = await deployed('unhealthy')
    await it.cluster.pods.set({ workload: 'unhealthy', state: 'unhealthy' })
    expect((await ask(ip)).status).toBe(200)
    expect((await ask(ip, healthCheck)).status).toBe(503)
    expect((await ask(ip, { userAgent: 'kube-probe/1.24' })).status).toBe(503)
    expect(endpointsOf(it, 'unhealthy')).toHaveLength(2)
    await it.cluster.pods.clear('unhealthy')
    expect((await ask(ip, healthCheck)).status).toBe(200)
  })

  test('slow holds every answer back', async () => {
    const [ip = ''] = await deployed('slow')
    await it.cluster.pods.set({ workload: 'slow', state: 'slow', delayMs: 60 })
    const started = performance.now()
    expect((await ask(ip)).status).toBe(200)
    expect(performance.now() - started).toBeGreaterThanOrEqual(59)
  })

  test('erroring answers everything with 500', async () => {
    const [ip = ''] = await deployed('erroring')
    await it.cluster.pods.set({ workload: 'erroring', state: 'erroring' })
    expect([(await ask(ip)).status, (await ask(ip, healthCheck)).status]).toEqual([500, 500])
    expect(it.cluster.pods.list().filter(({ workload }) => workload === 'erroring')).toMatchObject([
      { state: 'erroring', ready: true },
      { state: 'erroring', ready: true },
    ])
  })

  test('gone refuses connections and takes the pods out of the endpoints, until it is cleared', async () => {
    const ips = await deployed('gone')
    await it.cluster.pods.set({ workload: 'gone', state: 'gone' })
    expect(ips.map((ip) => it.addresses.resolve(ip, 8080))).toEqual([undefined, undefined])
    await eventually(() => endpointsOf(it, 'gone').length === 0)
    expect(podAt(ips[0] ?? '')?.status?.containerStatuses?.[0]).toMatchObject({
      ready: false,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
    })
    await it.cluster.pods.clear('gone')
    await eventually(() => endpointsOf(it, 'gone').length === 2)
    expect(endpointsOf(it, 'gone').sort()).toEqual(ips.sort())
    expect((await ask(ips[0] ?? '')).status).toBe(200)
    expect(podAt(ips[0] ?? '')?.status?.containerStatuses?.[0]?.restartCount).toBe(1)
  })

  test('holds for pods that come later, and only for its workload', async () => {
    await deployed('later', { replicas: 1 })
    await it.cluster.pods.set({ workload: 'later', state: 'erroring' })
    const path = '/apis/apps/v1/namespaces/shop/deployments/later/scale'
    await it.call('PATCH', path, { body: { spec: { replicas: 2 } }, type: 'application/merge-patch+json' })
    await eventually(() => endpointsOf(it, 'later').length === 2)
    const answers = await Promise.all(endpointsOf(it, 'later').map((ip) => ask(ip)))
    expect(answers.map(({ status }) => status)).toEqual([500, 500])
    const [other = ''] = endpointsOf(it, 'unhealthy')
    expect((await ask(other)).status).toBe(200)
    await it.cluster.pods.clear()
    expect(it.cluster.pods.faults()).toEqual([])
    const [ip = ''] = endpointsOf(it, 'later')
    expect((await ask(ip)).status).toBe(200)
  })
})
