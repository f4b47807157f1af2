import { AppsV1Api, CoreV1Api, KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressesIn } from '../../../sandbox/kubernetes/pods/addresses.ts'
import { eventually, openWatch, startTestCluster, workload, type TestCluster } from './fixture.ts'

describe('the official client', () => {
  let it: TestCluster
  beforeAll(async () => {
    it = await startTestCluster()
  })
  afterAll(() => it.stop())

  test('trusts the cluster by its kubeconfig, lists, creates, applies, reads and deletes', async () => {
    const core = it.config.makeApiClient(CoreV1Api)
    expect((await core.listNode()).items).toHaveLength(2)
    await core.createNamespace({ body: { metadata: { name: 'shop' } } })
    const objects = KubernetesObjectApi.makeApiClient(it.config)
    for (const object of workload('search') as { apiVersion: string; kind: string; metadata: { name: string } }[]) {
      await objects.patch(object, undefined, undefined, 'tests', true, PatchStrategy.ServerSideApply)
    }
    const apps = it.config.makeApiClient(AppsV1Api)
    const deployment = await eventually(async () => {
      const read = await apps.readNamespacedDeployment({ namespace: 'shop', name: 'search' })
      return read.status?.availableReplicas === 2 && read
    })
    expect(deployment.metadata?.managedFields?.map(({ manager }) => manager)).toContain('tests')
    await apps.deleteNamespacedDeployment({ namespace: 'shop', name: 'search' })
    await expect(apps.readNamespacedDeployment({ namespace: 'shop', name: 'search' })).rejects.toMatchObject({
      code: 404,
    })
  })
})

describe('a cluster that is cut off', () => {
  let it: TestCluster
  beforeAll(async () => {
    it = await startTestCluster()
  })
  afterAll(() => it.stop())

  test('refuses connections, and comes back as it was', async () => {
    await it.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'kept' } } })
    const open = await openWatch(it.cluster, '/api/v1/namespaces?watch=true')
    await it.cluster.setReachable(false)
    await open.ended
    await expect(it.call('GET', '/api/v1/namespaces')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await it.cluster.setReachable(true)
    expect((await it.call('GET', '/api/v1/namespaces/kept')).status).toBe(200)
  })

  test('or accepts them and never says a word', async () => {
    await it.cluster.setReachable(false, 'hang')
    await expect(it.call('GET', '/version', { giveUpAfterMs: 300 })).rejects.toMatchObject({ name: 'AbortError' })
    await it.cluster.setReachable(true)
    expect((await it.call('GET', '/version')).status).toBe(200)
  })

  test('goes on inside', async () => {
    await it.cluster.setReachable(false)
    const { api } = it.cluster
    await api.create(api.resources.builtIn('namespaces'), { metadata: { name: 'shop' } }, {}, { manager: 'test' })
    const [deployment] = workload('inside')
    await api.create(api.resources.builtIn('deployments.apps'), deployment, { namespace: 'shop' }, { manager: 'test' })
    await eventually(() => it.cluster.pods.list().filter(({ ready }) => ready).length === 2)
    await it.cluster.setReachable(true)
  })
})

describe('a version decides what is served', () => {
  const served = async (version: string, look: (it: TestCluster) => Promise<void>) => {
    const it = await startTestCluster({ version })
    try {
      await look(it)
    } finally {
      await it.stop()
    }
  }

  test('OpenAPI v3 comes with 1.24', async () => {
    await served('1.23', async ({ call }) => expect((await call('GET', '/openapi/v3')).status).toBe(404))
    await served('1.24', async ({ call }) => {
      const { body } = await call('GET', '/openapi/v3')
      expect(Object.keys(body.paths)).toContain('apis/apps/v1')
    })
  })

  test('one discovery document comes with 1.27, and its second version with 1.30', async () => {
    const accept =
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'
    const discovered = async (version: string) => {
      let found = ''
      await served(version, async ({ call }) => {
        const { body } = await call('GET', '/apis', { accept })
        found = `${body.kind} ${body.apiVersion}`
      })
      return found
    }
    expect(await discovered('1.24')).toBe('APIGroupList v1')
    expect(await discovered('1.29')).toBe('APIGroupDiscoveryList apidiscovery.k8s.io/v2beta1')
    expect(await discovered('1.33')).toBe('APIGroupDiscoveryList apidiscovery.k8s.io/v2')
  })

  test('unknown fields are pointed out from 1.25 on; before, they are dropped without a word', async () => {
    const path = '/api/v1/namespaces/default/configmaps?fieldValidation='
    const body = { metadata: { name: 'x' }, dta: {} }
    await served('1.24', async ({ call }) => {
      const { status, headers } = await call('POST', `${path}Strict`, { body })
      expect([status, headers['warning']]).toEqual([201, undefined])
    })
    await served('1.29', async ({ call }) => {
      const strict = await call('POST', `${path}Strict`, { body })
      expect([strict.status, strict.body.message]).toEqual([400, expect.stringContaining('unknown field "dta"')])
      const warned = await call('POST', `${path}Warn`, { body })
      expect([warned.status, warned.headers['warning']]).toEqual([201, '299 - "unknown field \\"dta\\""'])
    })
  })

  test('and is shown as EKS shows it', async () => {
    await served('1.21', async ({ call, cluster }) => {
      expect((await call('GET', '/version')).body).toMatchObject({
        major: '1',
        minor: '21+',
        gitVersion: 'v1.21.14-eks-sandbox',
      })
      expect(cluster.version).toBe('1.21')
    })
    await expect(startTestCluster({ version: 'v1.24' })).rejects.toThrow('a Kubernetes version is written like 1.24')
  })
})

describe('addresses of a VPC', () => {
  test('are given out once, by zone, and come back after the others', () => {
    const vpc = addressesIn({ a: '10.0.0.0/28', b: '10.0.16.0/28' })
    const first = vpc.take('a')
    expect([first, vpc.take('b')]).toEqual(['10.0.0.4', '10.0.16.4'])
    vpc.release(first)
    expect(vpc.take('a')).toBe('10.0.0.5')
    expect(() => vpc.take('c')).toThrow('there are no addresses for zone c')
  })

  test('run out', () => {
    const vpc = addressesIn('10.0.0.0/28')
    const all = Array.from({ length: 11 }, () => vpc.take('any'))
    expect(new Set(all).size).toBe(11)
    expect(() => vpc.take('any')).toThrow('no address is left')
  })
})
