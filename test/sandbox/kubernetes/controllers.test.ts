import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Deployment, EndpointSlice, Pod, ReplicaSet } from '../../../sandbox/kubernetes/types.ts'
import { deploy, endpointsOf, eventually, startTestCluster, workload, type TestCluster } from './fixture.ts'

let it: TestCluster
beforeAll(async () => {
  it = await startTestCluster()
})
afterAll(() => it.stop())

const deployments = '/apis/apps/v1/namespaces/shop/deployments'
const merge = (path: string, body: object) => it.call('PATCH', path, { body, type: 'application/merge-patch+json' })

const deploymentOf = (name: string) => it.cluster.store.get<Deployment>('apps/deployments', { namespace: 'shop', name })
const podsOf = (name: string) =>
  it.cluster.store
    .list<Pod>('/pods', 'shop')
    .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === name && !metadata.deletionTimestamp)
const setsOf = (name: string) =>
  it.cluster.store
    .list<ReplicaSet>('apps/replicasets', 'shop')
    .filter(({ metadata }) => metadata.name.startsWith(`${name}-`))

const isRolledOut = (name: string, replicas: number) => {
  const deployment = deploymentOf(name)
  const { observedGeneration, updatedReplicas, availableReplicas, replicas: all } = deployment?.status ?? {}
  return (
    observedGeneration === deployment?.metadata.generation &&
    [updatedReplicas, availableReplicas, all].every((count) => (count ?? 0) === replicas)
  )
}

describe('a deployment', () => {
  test('has its pods, and says that it is available', async () => {
    await deploy(it, 'plain', { replicas: 3 })
    await eventually(() => isRolledOut('plain', 3))
    expect(deploymentOf('plain')?.status?.conditions).toMatchObject([
      { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
    ])
    expect(deploymentOf('plain')?.metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' })
  })

  test('grows and shrinks through its scale', async () => {
    await deploy(it, 'scaled')
    const scale = await merge(`${deployments}/scaled/scale`, { spec: { replicas: 4 } })
    expect(scale.body).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 4 } })
    await eventually(() => endpointsOf(it, 'scaled').length === 4)
    await merge(`${deployments}/scaled/scale`, { spec: { replicas: 1 } })
    await eventually(() => endpointsOf(it, 'scaled').length === 1 && isRolledOut('scaled', 1))
  })

  test('rolls a new template out without going under its bound, and back', async () => {
    await deploy(it, 'rolled', { replicas: 4 })
    const ready: number[] = []
    const unsubscribe = it.cluster.store.subscribe(({ key, object }) => {
      if (key === '/endpoints' && object.metadata.name === 'rolled') ready.push(endpointsOf(it, 'rolled').length)
    })
    const template = (version: string) => ({
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'rolled', image: `rolled:${version}`, ports: [{ name: 'http', containerPort: 8080 }] },
            ],
          },
        },
      },
    })
    await merge(`${deployments}/rolled`, template('2.0'))
    await eventually(() => isRolledOut('rolled', 4))
    unsubscribe()
    // 25 % of 4 may be missing.
    expect(Math.min(...ready)).toBeGreaterThanOrEqual(3)
    expect(podsOf('rolled').map(({ spec }) => spec.containers[0]?.image)).toEqual(Array(4).fill('rolled:2.0'))
    expect(
      setsOf('rolled')
        .map(({ spec }) => spec.replicas)
        .sort(),
    ).toEqual([0, 4])

    await merge(`${deployments}/rolled`, template('1.0'))
    await eventually(() => isRolledOut('rolled', 4))
    expect(setsOf('rolled')).toHaveLength(2)
    expect(deploymentOf('rolled')?.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '3' })
  })

  test('that recreates ends the old pods before it starts new ones', async () => {
    const [deployment] = workload('recreated') as [Deployment]
    const recreated = { ...deployment, spec: { ...deployment.spec, strategy: { type: 'Recreate' } } }
    await it.call('POST', deployments, { body: recreated })
    await eventually(() => isRolledOut('recreated', 2))
    const versions = new Set<string>()
    const unsubscribe = it.cluster.store.subscribe(({ key }) => {
      if (key !== '/pods') return
      const all = it.cluster.store
        .list<Pod>('/pods', 'shop')
        .filter(({ metadata }) => metadata.name.startsWith('recreated'))
      versions.add([...new Set(all.map(({ spec }) => spec.containers[0]?.image))].sort().join())
    })
    await merge(`${deployments}/recreated`, {
      spec: { template: { spec: { containers: [{ name: 'recreated', image: 'recreated:2' }] } } },
    })
    await eventually(() => podsOf('recreated').some(({ spec }) => spec.containers[0]?.image === 'recreated:2'))
    await eventually(() => isRolledOut('recreated', 2))
    unsubscribe()
    expect(versions).not.toContain('recreated:1.0,recreated:2')
  })

  test('replaces a pod that was deleted', async () => {
    await deploy(it, 'healed')
    const [first] = podsOf('healed')
    await it.call('DELETE', `/api/v1/namespaces/shop/pods/${first?.metadata.name}`)
    await eventually(() => {
      const names = podsOf('healed').map(({ metadata }) => metadata.name)
      return names.length === 2 && !names.includes(first?.metadata.name ?? '') && endpointsOf(it, 'healed').length === 2
    })
  })

  test('takes its ReplicaSets and pods along, or leaves them behind when asked', async () => {
    await deploy(it, 'gone')
    await it.call('DELETE', `${deployments}/gone`)
    await eventually(() => setsOf('gone').length === 0 && podsOf('gone').length === 0)

    await deploy(it, 'orphaning')
    await it.call('DELETE', `${deployments}/orphaning`, { body: { propagationPolicy: 'Orphan' } })
    await eventually(() => deploymentOf('orphaning') === undefined)
    expect(setsOf('orphaning').map(({ metadata }) => metadata.ownerReferences ?? [])).toEqual([[]])
    expect(podsOf('orphaning')).toHaveLength(2)
  })

  test('goes last when its dependents are to go first', async () => {
    await deploy(it, 'foreground')
    const gone: string[] = []
    const unsubscribe = it.cluster.store.subscribe(({ type, object }) => {
      if (type === 'DELETED' && object.metadata.name.startsWith('foreground')) gone.push(object.kind)
    })
    await it.call('DELETE', `${deployments}/foreground`, { body: { propagationPolicy: 'Foreground' } })
    await eventually(() => deploymentOf('foreground') === undefined)
    unsubscribe()
    expect(gone).toEqual(['Pod', 'Pod', 'ReplicaSet', 'Deployment'])
  })
})

describe('endpoints', () => {
  const slicesOf = (name: string) =>
    it.cluster.store
      .list<EndpointSlice>('discovery.k8s.io/endpointslices', 'shop')
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)

  test('are written as Endpoints and as an EndpointSlice', async () => {
    await deploy(it, 'both')
    await eventually(() => slicesOf('both')[0]?.endpoints.length === 2)
    const [slice] = slicesOf('both')
    expect(slice?.ports).toEqual([{ name: 'http', port: 8080, protocol: 'TCP' }])
    expect(slice?.endpoints.map(({ addresses: [ip] }) => ip).sort()).toEqual(endpointsOf(it, 'both').sort())
    expect(slice?.endpoints[0]).toMatchObject({
      conditions: { ready: true, serving: true, terminating: false },
      zone: expect.stringMatching(/^ap-northeast-2[ab]$/),
      targetRef: { kind: 'Pod', namespace: 'shop' },
    })
  })

  test('lose a pod that ends at once, while the slice shows it as terminating', async () => {
    await deploy(it, 'ending')
    const [pod] = podsOf('ending')
    await it.call('DELETE', `/api/v1/namespaces/shop/pods/${pod?.metadata.name}?gracePeriodSeconds=3600`)
    const ip = pod?.status?.podIP ?? ''
    const [endpoint] = await eventually(() => {
      const found = slicesOf('ending').flatMap(({ endpoints }) =>
        endpoints.filter(({ addresses }) => addresses.includes(ip)),
      )
      return found[0]?.conditions.terminating && found
    })
    expect(endpoint?.conditions).toEqual({ ready: false, serving: true, terminating: true })
    expect(endpointsOf(it, 'ending')).not.toContain(ip)
  })

  test('go with their service', async () => {
    await deploy(it, 'served')
    await it.call('DELETE', '/api/v1/namespaces/shop/services/served')
    const endpoints = () => it.cluster.store.get('/endpoints', { namespace: 'shop', name: 'served' })
    await eventually(() => !endpoints() && slicesOf('served').length === 0)
  })

  test('of a service without a selector are left to whoever writes them', async () => {
    const body = { metadata: { name: 'manual' }, spec: { ports: [{ port: 80 }] } }
    await it.call('POST', '/api/v1/namespaces/shop/services', { body })
    const subsets = [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80 }] }]
    await it.call('POST', '/api/v1/namespaces/shop/endpoints', { body: { metadata: { name: 'manual' }, subsets } })
    await deploy(it, 'afterwards')
    expect(endpointsOf(it, 'manual')).toEqual(['192.0.2.1'])
  })
})

describe('a namespace', () => {
  test('comes with a service account and the cluster’s authority', async () => {
    await it.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'furnished' } } })
    await eventually(() => it.cluster.store.get('/configmaps', { namespace: 'furnished', name: 'kube-root-ca.crt' }))
    expect(it.cluster.store.get('/serviceaccounts', { namespace: 'furnished', name: 'default' })).toBeDefined()
  })

  test('is emptied before it goes, waits for finalizers, and takes in nothing meanwhile', async () => {
    await deploy(it, 'inside', { namespace: 'emptied' })
    const configMaps = '/api/v1/namespaces/emptied/configmaps'
    await it.call('POST', configMaps, { body: { metadata: { name: 'held', finalizers: ['example.com/hold'] } } })
    const { body } = await it.call('DELETE', '/api/v1/namespaces/emptied')
    expect(body.status.phase).toBe('Terminating')
    await eventually(() => it.cluster.store.list('/pods', 'emptied').length === 0)
    const refused = await it.call('POST', configMaps, { body: { metadata: { name: 'late' } } })
    expect([refused.status, refused.body.details.causes[0].reason]).toEqual([403, 'NamespaceTerminating'])
    await merge(`${configMaps}/held`, { metadata: { finalizers: null } })
    await eventually(() => !it.cluster.store.get('/namespaces', { name: 'emptied' }))
    expect(it.cluster.store.all().filter(({ object }) => object.metadata.namespace === 'emptied')).toEqual([])
  })

  test('of the system is never deleted', async () => {
    const { status, body } = await it.call('DELETE', '/api/v1/namespaces/kube-system')
    expect([status, body.message]).toEqual([
      403,
      'namespaces "kube-system" is forbidden: this namespace may not be deleted',
    ])
  })
})

test('an object whose owner is not there is collected', async () => {
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'nobody', uid: 'nobody' }]
  await it.call('POST', '/api/v1/namespaces/default/configmaps', {
    body: { metadata: { name: 'stray', ownerReferences } },
  })
  await eventually(() => !it.cluster.store.get('/configmaps', { namespace: 'default', name: 'stray' }))
})

test('events are written about what happens, and counted when it happens again', async () => {
  await deploy(it, 'eventful')
  const events = () =>
    it.cluster.store
      .list<any>('/events', 'shop')
      .filter(({ involvedObject }) => involvedObject.name.startsWith('eventful'))
  await eventually(() =>
    ['ScalingReplicaSet', 'SuccessfulCreate', 'Scheduled', 'Started'].every((reason) =>
      events().some((event) => event.reason === reason),
    ),
  )
  const path = `${deployments}/eventful/scale`
  for (const replicas of [3, 2, 3]) {
    await merge(path, { spec: { replicas } })
    await eventually(() => endpointsOf(it, 'eventful').length === replicas)
  }
  await eventually(() =>
    events().some(
      ({ reason, message, count }) => reason === 'ScalingReplicaSet' && message.endsWith('to 3') && count === 2,
    ),
  )
})
