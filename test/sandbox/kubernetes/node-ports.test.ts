import { get } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { deploy, eventually, startTestCluster, type TestCluster } from './fixture.ts'

const nodes = [
  { instanceId: 'i-0000000000000000a', ip: '10.0.15.254', zone: 'ap-northeast-2a' },
  { instanceId: 'i-0000000000000000b', ip: '10.0.31.254', zone: 'ap-northeast-2b' },
] as const
const [nodeA, nodeB] = nodes
const nodePort = 30080

let it: TestCluster

beforeEach(async () => {
  it = await startTestCluster({ nodes: [...nodes] })
})

afterEach(() => it.stop())

const services = '/api/v1/namespaces/shop/services'

/** The Service of a deployed workload becomes one with a node port. */
const expose = (name: string, more: object = {}) =>
  it.call('PATCH', `${services}/${name}`, {
    type: 'application/merge-patch+json',
    body: { spec: { type: 'NodePort', ports: [{ name: 'http', port: 80, targetPort: 'http', nodePort }], ...more } },
  })

/** Asks a port of a node; undefined when the connection is refused. */
const ask = (ip: string, port: number, agent: any = false): Promise<{ status: number; json: any } | undefined> => {
  const socket = it.addresses.resolve(ip, port)
  if (!socket) return Promise.resolve(undefined)
  return new Promise((resolve, reject) => {
    get({ ...socket, agent }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => (text += chunk))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, json: JSON.parse(text) }))
    }).on('error', reject)
  })
}

const podsAsked = async (ip: string, times: number) => {
  const pods: string[] = []
  for (let asked = 0; asked < times; asked++) pods.push((await ask(ip, nodePort))?.json.pod)
  return pods
}

const pods = () => it.cluster.store.list<any>('/pods')
const podsOn = (ip: string) =>
  pods()
    .filter(({ status }) => status?.hostIP === ip)
    .map(({ metadata }) => metadata.name)
const scale = (replicas: number) =>
  it.call('PATCH', '/apis/apps/v1/namespaces/shop/deployments/search', {
    type: 'application/merge-patch+json',
    body: { spec: { replicas } },
  })

test('every node forwards its node port to all ready pods', async () => {
  await deploy(it, 'search', { replicas: 3 })
  expect(await ask(nodeA.ip, nodePort)).toBeUndefined()
  expect((await expose('search')).status).toBe(200)
  await eventually(() => it.addresses.resolve(nodeB.ip, nodePort))
  for (const { ip } of nodes) {
    expect(new Set(await podsAsked(ip, 3))).toEqual(new Set(pods().map(({ metadata }) => metadata.name)))
  }
  expect((await ask(nodeA.ip, nodePort))?.json).toMatchObject({ workload: 'search', cluster: 'blue' })
})

test('a node port follows its pods, and is refused without any', async () => {
  await deploy(it, 'search', { replicas: 1 })
  await expose('search')
  await eventually(() => it.addresses.resolve(nodeA.ip, nodePort))
  await scale(3)
  await eventually(async () => new Set(await podsAsked(nodeA.ip, 3)).size === 3)
  await scale(0)
  await eventually(() => !it.addresses.resolve(nodeA.ip, nodePort))
  expect(it.addresses.resolve(nodeB.ip, nodePort)).toBeUndefined()
})

test('with the local policy a node forwards to its own pods alone, and says whether it has any', async () => {
  const healthCheckNodePort = 32000
  await deploy(it, 'search', { replicas: 1 })
  await expose('search', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort })
  const [own, other] = podsOn(nodeA.ip).length === 1 ? [nodeA, nodeB] : [nodeB, nodeA]
  await eventually(() => it.addresses.resolve(own.ip, nodePort))
  expect(await ask(other.ip, nodePort)).toBeUndefined()
  const service = { namespace: 'shop', name: 'search' }
  expect(await eventually(() => ask(other.ip, healthCheckNodePort))).toEqual({
    status: 503,
    json: { service, localEndpoints: 0 },
  })
  expect(await ask(own.ip, healthCheckNodePort)).toEqual({ status: 200, json: { service, localEndpoints: 1 } })
  await scale(4)
  await eventually(async () => (await ask(other.ip, healthCheckNodePort))?.json.localEndpoints === 2)
  expect(new Set(await podsAsked(other.ip, 4))).toEqual(new Set(podsOn(other.ip)))
})

test('a node port closes with its Service, and with its node', async () => {
  await deploy(it, 'search', { replicas: 2 })
  await expose('search')
  await eventually(() => it.addresses.resolve(nodeA.ip, nodePort) && it.addresses.resolve(nodeB.ip, nodePort))
  const [first] = it.cluster.store.list<any>('/nodes')
  const { address } = first.status.addresses[0]
  await it.call('DELETE', `/api/v1/nodes/${first.metadata.name}`)
  await eventually(() => !it.addresses.resolve(address, nodePort))
  const left = address === nodeA.ip ? nodeB : nodeA
  expect(await ask(left.ip, nodePort)).toMatchObject({ status: 200 })
  await it.call('DELETE', `${services}/search`)
  await eventually(() => !it.addresses.resolve(left.ip, nodePort))
})

test('node ports are of the range, each for one Service', async () => {
  await it.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'shop' } } })
  const create = (name: string, spec: object) => it.call('POST', services, { body: { metadata: { name }, spec } })
  const outside = await create('outside', { type: 'NodePort', ports: [{ port: 80, nodePort: 8080 }] })
  expect(outside).toMatchObject({
    status: 422,
    body: {
      message:
        'Service "outside" is invalid: spec.ports[0].nodePort: Invalid value: 8080: provided port is not in the valid range. The range of valid ports is 30000-32767',
    },
  })
  const local = await create('local', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [{ port: 80 }] })
  const { ports, healthCheckNodePort } = local.body.spec
  expect(healthCheckNodePort).toBeGreaterThanOrEqual(30000)
  const taken = await create('taken', { type: 'NodePort', ports: [{ port: 80, nodePort: healthCheckNodePort }] })
  expect(taken.body.message).toContain('provided port is already allocated')
  expect(ports[0].nodePort).not.toBe(healthCheckNodePort)
})
