import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { backendsOf } from '../../../sandbox/kubernetes/load-balancer-controller/backends.ts'
import { bindings, type TargetGroupBinding } from '../../../sandbox/kubernetes/load-balancer-controller/binding.ts'
import { byId } from '../../../sandbox/kubernetes/load-balancer-controller/target-groups.ts'
import { startTwoClusters, type TwoClusters } from './aws-fixture.ts'
import { deploy, endpointsOf, eventually, startTestCluster, type TestCluster } from './fixture.ts'

const path = '/apis/elbv2.k8s.aws/v1beta1/namespaces/shop/targetgroupbindings'

const binding = (name: string, targetGroupARN: string, spec: object = {}) => ({
  apiVersion: 'elbv2.k8s.aws/v1beta1',
  kind: 'TargetGroupBinding',
  metadata: { name, namespace: 'shop' },
  spec: { serviceRef: { name, port: 'http' }, targetGroupARN, ...spec },
})

const bind = ({ call }: TestCluster, name: string, targetGroup: string, spec?: object) =>
  call('POST', path, { body: binding(name, targetGroup, spec) })
const bindingIn = ({ cluster }: TestCluster, name: string) =>
  cluster.store.get<TargetGroupBinding>(bindings, { namespace: 'shop', name })
const eventsOf = ({ cluster }: TestCluster, name: string): any[] =>
  cluster.store
    .list<any>('/events', 'shop')
    .filter(({ involvedObject }) => involvedObject.kind === 'TargetGroupBinding' && involvedObject.name === name)
const scaleTo = ({ call }: TestCluster, name: string, replicas: number) =>
  call('PATCH', `/apis/apps/v1/namespaces/shop/deployments/${name}/scale`, {
    body: { spec: { replicas } },
    type: 'application/merge-patch+json',
  })
const isReconciled = (it: TestCluster, name: string) => {
  const found = bindingIn(it, name)
  return found?.status?.observedGeneration === found?.metadata.generation && found !== undefined
}

/** Targets that are not on their way out, by address. */
const addressesOf = (targets: string[]) =>
  targets
    .filter((one) => !one.endsWith('draining'))
    .map((one) => one.split(':')[0] ?? '')
    .sort()

describe('release 2.4.5', () => {
  let aws: TwoClusters
  let blue: TestCluster
  let green: TestCluster
  beforeAll(async () => {
    aws = await startTwoClusters(300)
    ;({ blue, green } = aws)
    expect((await bind(blue, 'early', 'arn:aws:x')).status).toBe(404)
    await Promise.all([blue, green].map(({ cluster }) => cluster.installLoadBalancerController()))
  })
  afterAll(() => aws.stop())
  afterEach(() => aws.faults.clear())

  test('completes a binding from AWS, registers the pods, and says so', async () => {
    const group = await aws.createTargetGroup('bound')
    await deploy(blue, 'bound')
    const { status, body } = await bind(blue, 'bound', group)
    expect([status, body.spec]).toMatchObject([201, { targetType: 'ip', ipAddressType: 'ipv4' }])
    expect(body.spec.vpcID).toBeUndefined()
    await eventually(() => isReconciled(blue, 'bound'))
    expect(bindingIn(blue, 'bound')?.metadata.finalizers).toEqual(['elbv2.k8s.aws/resources'])
    expect(addressesOf(await aws.targets(group))).toEqual(endpointsOf(blue, 'bound').sort())
    await eventually(() => eventsOf(blue, 'bound').some(({ reason }) => reason === 'SuccessfullyReconciled'))
  })

  test('follows the pods', async () => {
    const group = await aws.createTargetGroup('followed')
    await deploy(blue, 'followed', { replicas: 1 })
    await bind(blue, 'followed', group)
    for (const replicas of [3, 1]) {
      await scaleTo(blue, 'followed', replicas)
      await eventually(async () => {
        const registered = addressesOf(await aws.targets(group))
        return registered.length === replicas && registered.join() === endpointsOf(blue, 'followed').sort().join()
      })
    }
  })

  test('two clusters on one target group: green deregisters blue’s targets before it registers its own', async () => {
    const group = await aws.createTargetGroup('trap')
    await Promise.all([deploy(blue, 'trap'), deploy(green, 'trap')])
    await bind(blue, 'trap', group)
    await eventually(
      async () => addressesOf(await aws.targets(group)).join() === endpointsOf(blue, 'trap').sort().join(),
    )
    expect(aws.calls('blue').filter((operation) => operation === 'DeregisterTargets')).toHaveLength(1)

    const before = aws.calls('green').length
    await bind(green, 'trap', group)
    await eventually(
      async () => addressesOf(await aws.targets(group)).join() === endpointsOf(green, 'trap').sort().join(),
    )
    const writes = aws
      .calls('green')
      .slice(before)
      .filter((operation) => /^(De)?[rR]egister/.test(operation))
    expect(writes).toEqual(['DeregisterTargets', 'RegisterTargets'])
  })

  test('deregisters everything when the binding goes, other clusters’ targets, too', async () => {
    const group = await aws.createTargetGroup('emptied')
    await Promise.all([deploy(blue, 'emptied'), deploy(green, 'emptied')])
    await bind(green, 'emptied', group)
    await eventually(() => isReconciled(green, 'emptied'))
    await bind(blue, 'emptied', group)
    await eventually(
      async () => addressesOf(await aws.targets(group)).join() === endpointsOf(blue, 'emptied').sort().join(),
    )
    await blue.call('DELETE', `${path}/emptied`)
    await eventually(() => !bindingIn(blue, 'emptied'))
    expect(addressesOf(await aws.targets(group))).toEqual([])
  })

  test('deregisters everything when the Service goes', async () => {
    const group = await aws.createTargetGroup('unserved')
    await deploy(blue, 'unserved')
    await bind(blue, 'unserved', group)
    await eventually(async () => addressesOf(await aws.targets(group)).length === 2)
    await blue.call('DELETE', '/api/v1/namespaces/shop/services/unserved')
    await eventually(async () => addressesOf(await aws.targets(group)).length === 0)
    await eventually(() => eventsOf(blue, 'unserved').some(({ reason }) => reason === 'BackendNotFound'))
  })

  test('refuses bindings in its own words', async () => {
    const group = await aws.createTargetGroup('refused')
    await deploy(blue, 'refused')
    const denied = async (answer: Promise<{ status: number; body: any }>) => {
      const { status, body } = await answer
      return [status, body.message]
    }
    const webhook = 'admission webhook "vtargetgroupbinding.elbv2.k8s.aws" denied the request:'
    await bind(blue, 'refused', group)
    const second = await bind(blue, 'second', group)
    expect([second.status, second.body.message]).toEqual([
      403,
      `${webhook} TargetGroup ${group} is already bound to TargetGroupBinding shop/refused`,
    ])
    // This release's webhook library gives the sentence as the reason, too.
    expect(second.body.reason).toBe(`TargetGroup ${group} is already bound to TargetGroupBinding shop/refused`)
    const other = await aws.createTargetGroup('other')
    const patch = { body: { spec: { targetGroupARN: other } }, type: 'application/merge-patch+json' }
    expect(await denied(blue.call('PATCH', `${path}/refused`, patch))).toEqual([
      403,
      `${webhook} TargetGroupBinding update may not change these fields: spec.targetGroupARN`,
    ])
    expect(await denied(bind(blue, 'selecting', other, { nodeSelector: { matchLabels: { a: 'b' } } }))).toEqual([
      403,
      `${webhook} TargetGroupBinding cannot set NodeSelector when TargetType is ip`,
    ])
    const nowhere = other.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
    expect(await denied(bind(blue, 'nowhere', nowhere))).toEqual([
      403,
      expect.stringMatching(
        /^admission webhook "mtargetgroupbinding\.elbv2\.k8s\.aws" denied the request: couldn't determine TargetType: TargetGroupNotFound: /,
      ),
    ])
    const without = await blue.call('POST', `${path}?dryRun=All`, {
      body: { ...binding('without', other), spec: { targetGroupARN: other } },
    })
    expect([without.status, without.body.spec.serviceRef]).toEqual([201, { name: '', port: 0 }])
    const wrong = await bind(blue, 'wrong', other, { targetType: 'lambda' })
    expect([wrong.status, wrong.body.details.causes[0].field]).toEqual([422, 'spec.targetType'])
  })

  test('knows no multi-cluster mode: the field is dropped, and refused in server-side apply', async () => {
    const group = await aws.createTargetGroup('shared')
    await deploy(blue, 'shared')
    const applied = await blue.call('PATCH', `${path}/shared?fieldManager=test`, {
      body: binding('shared', group, { multiClusterTargetGroup: true }),
      type: 'application/apply-patch+yaml',
    })
    expect([applied.status, applied.body.message]).toEqual([
      500,
      expect.stringContaining('.spec.multiClusterTargetGroup: field not declared in schema'),
    ])
    const { body } = await bind(blue, 'shared', group, { multiClusterTargetGroup: true })
    expect(body.spec.multiClusterTargetGroup).toBeUndefined()
  })

  test('says that it failed while AWS does, and goes on when AWS is back', async () => {
    const group = await aws.createTargetGroup('troubled')
    await deploy(blue, 'troubled')
    aws.faults.add({ match: { service: 'elbv2', operation: 'RegisterTargets' }, effect: { error: 503 } })
    await bind(blue, 'troubled', group)
    await eventually(() =>
      eventsOf(blue, 'troubled').some(({ reason, type }) => reason === 'FailedReconcile' && type === 'Warning'),
    )
    expect(bindingIn(blue, 'troubled')?.status).toBeUndefined()
    aws.faults.clear()
    await eventually(() => isReconciled(blue, 'troubled'))
    expect(addressesOf(await aws.targets(group))).toEqual(endpointsOf(blue, 'troubled').sort())
  })

  test('is out of reach without a pod: its webhooks fail every write, and its bindings do not go', async () => {
    const group = await aws.createTargetGroup('unattended')
    await deploy(green, 'unattended')
    await bind(green, 'unattended', group)
    await eventually(() => isReconciled(green, 'unattended'))
    const scale = (replicas: number) =>
      green.call('PATCH', '/apis/apps/v1/namespaces/kube-system/deployments/aws-load-balancer-controller/scale', {
        body: { spec: { replicas } },
        type: 'application/merge-patch+json',
      })
    await scale(0)
    await eventually(async () => (await bind(green, 'later', group)).status === 500)
    expect((await bind(green, 'later', group)).body.message).toContain(
      'failed calling webhook "mtargetgroupbinding.elbv2.k8s.aws": failed to call webhook: Post "https://aws-load-balancer-webhook-service.kube-system.svc:443/',
    )
    await green.call('DELETE', `${path}/unattended`)
    expect(bindingIn(green, 'unattended')?.metadata.deletionTimestamp).toBeDefined()
    expect(addressesOf(await aws.targets(group))).toHaveLength(2)
    await scale(1)
    await eventually(() => !bindingIn(green, 'unattended'))
    expect(addressesOf(await aws.targets(group))).toEqual([])
  })
})

test('targets are named in the order of their ids as text', () => {
  const targets = ['10.0.1.9', '10.0.1.10', '10.0.1.8'].map((Id) => ({ Id, Port: 8080 }))
  expect(targets.sort(byId).map(({ Id }) => Id)).toEqual(['10.0.1.10', '10.0.1.8', '10.0.1.9'])
})

test('the target list is believed for five minutes: targets that were taken away unseen stay away until then', async () => {
  // Slow enough that the five minutes, here 10 s, are not over before the test is.
  const aws = await startTwoClusters(30)
  try {
    const { blue, green } = aws
    const group = await aws.createTargetGroup('stale')
    await aws.putToUse(group)
    await Promise.all([blue, green].map(({ cluster }) => cluster.installLoadBalancerController({ resyncSeconds: 30 })))
    await Promise.all([deploy(blue, 'stale'), deploy(green, 'stale')])
    await bind(blue, 'stale', group)
    const healthy = async () =>
      (await aws.targets(group)).filter((target) => target.endsWith('healthy') && !target.endsWith('unhealthy'))
        .length === 2
    await eventually(healthy)
    // The controller believes in healthy targets, so it must have seen them so.
    const asked = aws.calls('blue').length
    await blue.call('PATCH', `${path}/stale`, {
      body: { metadata: { labels: { look: 'again' } } },
      type: 'application/merge-patch+json',
    })
    await eventually(() => aws.calls('blue').length > asked)

    await bind(green, 'stale', group)
    await eventually(
      async () => addressesOf(await aws.targets(group)).join() === endpointsOf(green, 'stale').sort().join(),
    )
    const old = endpointsOf(blue, 'stale')
    await scaleTo(blue, 'stale', 3)
    await eventually(async () => endpointsOf(blue, 'stale').some((ip) => !old.includes(ip)))
    const [added = ''] = endpointsOf(blue, 'stale').filter((ip) => !old.includes(ip))
    // Blue acts on its stale list: it registers the pod that it knows to be new, and misses that the others are gone.
    await eventually(async () => addressesOf(await aws.targets(group)).includes(added))
    expect(addressesOf(await aws.targets(group)).filter((ip) => old.includes(ip))).toEqual([])
  } finally {
    await aws.stop()
  }
})

test('release 2.10.0 shares a group in multi-cluster mode, and takes only its own targets away', async () => {
  const aws = await startTwoClusters(300)
  try {
    const { blue, green } = aws
    await Promise.all([blue, green].map(({ cluster }) => cluster.installLoadBalancerController({ version: '2.10.0' })))
    const group = await aws.createTargetGroup('shared')
    await Promise.all([deploy(blue, 'shared'), deploy(green, 'shared')])
    const created = await bind(blue, 'shared', group, { multiClusterTargetGroup: true })
    expect(created.body.spec).toMatchObject({ multiClusterTargetGroup: true, vpcID: expect.stringMatching(/^vpc-/) })
    await bind(green, 'shared', group, { multiClusterTargetGroup: true })
    const both = () => [...endpointsOf(blue, 'shared'), ...endpointsOf(green, 'shared')].sort().join()
    await eventually(async () => addressesOf(await aws.targets(group)).join() === both())
    const map: any = blue.cluster.store.get('/configmaps', { namespace: 'shop', name: 'aws-lbc-targets-shared' })
    expect(map.data.targets.split(',')).toEqual(
      endpointsOf(blue, 'shared')
        .map((ip) => `${ip}:8080`)
        .sort(),
    )
    await eventually(() => bindingIn(blue, 'shared')?.metadata.annotations?.['elbv2.k8s.aws/checkpoint'])

    await scaleTo(blue, 'shared', 1)
    await eventually(
      async () => endpointsOf(blue, 'shared').length === 1 && addressesOf(await aws.targets(group)).join() === both(),
    )
    await blue.call('DELETE', `${path}/shared`)
    await eventually(() => !bindingIn(blue, 'shared'))
    expect(addressesOf(await aws.targets(group))).toEqual(endpointsOf(green, 'shared').sort())
    expect(blue.cluster.store.get('/configmaps', { namespace: 'shop', name: 'aws-lbc-targets-shared' })).toBeUndefined()

    const denied = await bind(green, 'second', group)
    expect([denied.status, denied.body.reason]).toEqual([403, 'Forbidden'])
  } finally {
    await aws.stop()
  }
})

test('uninstalled, it leaves definition and bindings behind, and nobody who would let them go', async () => {
  const aws = await startTwoClusters(300)
  try {
    const { blue } = aws
    const controller = await blue.cluster.installLoadBalancerController()
    const group = await aws.createTargetGroup('left')
    await deploy(blue, 'left')
    await bind(blue, 'left', group)
    await eventually(() => isReconciled(blue, 'left'))
    await controller.uninstall()
    expect((await blue.call('DELETE', `${path}/left`)).status).toBe(200)
    expect(bindingIn(blue, 'left')?.metadata.finalizers).toEqual(['elbv2.k8s.aws/resources'])
    expect((await bind(blue, 'unchecked', 'arn:aws:nonsense')).status).toBe(201)
  } finally {
    await aws.stop()
  }
})

test('instance targets are the ready nodes on the Service’s node port', async () => {
  const it = await startTestCluster()
  try {
    const service = {
      metadata: { name: 'ingress' },
      spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] },
    }
    await it.call('POST', '/api/v1/namespaces/default/services', { body: service })
    const wanted: any = {
      metadata: { name: 'ingress', namespace: 'default' },
      spec: { serviceRef: { name: 'ingress', port: 80 }, targetType: 'instance', targetGroupARN: 'arn' },
    }
    const instances = it.cluster.store.list<any>('/nodes').map(({ spec }) => spec.providerID.split('/').at(-1))
    expect(backendsOf(it.cluster.store, wanted)).toEqual(instances.map((Id) => ({ Id, Port: 30080 })))
    const [first] = it.cluster.store.list('/nodes')
    await it.call('PATCH', `/api/v1/nodes/${first?.metadata.name}`, {
      body: { metadata: { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } } },
      type: 'application/merge-patch+json',
    })
    expect(backendsOf(it.cluster.store, wanted)).toHaveLength(1)
    const unknownPort = { ...wanted, spec: { ...wanted.spec, serviceRef: { name: 'ingress', port: 81 } } }
    expect(() => backendsOf(it.cluster.store, unknownPort)).toThrow(
      'backend not found: unable to find port 81 on service default/ingress',
    )
  } finally {
    await it.stop()
  }
})
