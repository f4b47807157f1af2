import { get } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { instanceNodes } from '../../../sandbox/instance-nodes.ts'
import { addressesIn } from '../../../sandbox/kubernetes/pods/addresses.ts'
import { startLoad } from '../../../sandbox/load.ts'
import { addAutoScalingGroup, inService, withNodes, type Account } from '../autoscaling/fixture.ts'
import { addGroup, addListener, addLoadBalancer, call, forwardTo, healthOf, toOne } from '../elbv2/fixture.ts'
import { startDataPlane, until, type DataPlane } from '../network/fixture.ts'
import { deploy, eventually, startTestCluster, type TestCluster } from './fixture.ts'

/** Two clusters whose nodes are instances of Auto Scaling groups, and an application load balancer before their node ports. */
const nodePort = 30080
const colours = ['blue', 'green'] as const
type Colour = (typeof colours)[number]

let plane: DataPlane & Account
let clusters: Record<Colour, TestCluster>

beforeEach(async () => {
  plane = await withNodes(await startDataPlane({ weightedNetworkListeners: true }))
  const { world, addresses } = plane
  const vpc = addressesIn({ 'ap-northeast-2a': '10.0.0.0/20', 'ap-northeast-2b': '10.0.16.0/20' })
  const start = (colour: Colour) => {
    const nodes = instanceNodes(world, `shop-${colour}`)
    return startTestCluster({ name: `shop-${colour}`, colour, clock: world.clock, addresses, vpc, nodes })
  }
  clusters = { blue: await start('blue'), green: await start('green') }
})

afterEach(async () => {
  await Promise.all(colours.map((colour) => clusters[colour].stop()))
  await plane.stop()
})

const nodesOf = (colour: Colour) => clusters[colour].cluster.store.list<any>('/nodes')

/** A group of nodes for the cluster, and the workload on it behind a node port. */
async function addNodes(colour: Colour, size: number, more: object = {}): Promise<void> {
  const Tags = [{ Key: `kubernetes.io/cluster/shop-${colour}`, Value: 'owned', PropagateAtLaunch: true }]
  await addAutoScalingGroup(plane, colour, size, { Tags, ...more })
  await eventually(() => nodesOf(colour).length === size)
  await deploy(clusters[colour], 'search', { replicas: 2 })
  await clusters[colour].call('PATCH', '/api/v1/namespaces/shop/services/search', {
    type: 'application/merge-patch+json',
    body: { spec: { type: 'NodePort', ports: [{ name: 'http', port: 80, targetPort: 'http', nodePort }] } },
  })
}

const addTargetGroup = (name: string, more: object = {}) =>
  addGroup(plane, name, {
    TargetType: 'instance',
    Port: nodePort,
    HealthCheckIntervalSeconds: 5,
    HealthCheckTimeoutSeconds: 2,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 2,
    ...more,
  })

const healthy = (arn: string, count: number) =>
  until(`${count} targets are healthy`, async () => {
    const states = Object.values(await healthOf(plane.world, arn))
    return states.length === count && states.every((state) => state === 'healthy')
  })

const attach = (colour: Colour, arn: string) =>
  plane.aws('AttachLoadBalancerTargetGroups', { AutoScalingGroupName: colour, TargetGroupARNs: [arn] })

const shares = async (requests: number) => {
  const seen: Record<string, number> = {}
  for (let sent = 0; sent < requests; sent++) {
    const { json } = await plane.ask()
    seen[json.cluster] = (seen[json.cluster] ?? 0) + 1
  }
  return seen
}

test('instances with the cluster’s tag become its nodes', async () => {
  await addNodes('blue', 2)
  const instances = inService(plane, 'blue')
  expect(
    nodesOf('blue')
      .map(({ spec }) => spec.providerID.split('/').at(-1))
      .sort(),
  ).toEqual([...instances].sort())
  const [node] = nodesOf('blue')
  const instance = plane.world.ec2.instances.get(node.spec.providerID.split('/').at(-1))
  expect(node.spec.providerID).toBe(`aws:///${instance?.AvailabilityZone}/${instance?.InstanceId}`)
  expect(node.status.addresses[0]).toEqual({ type: 'InternalIP', address: instance?.PrivateIpAddress })
  expect(nodesOf('green')).toEqual([])
})

test('a node goes with its instance, and its pods come back on another', async () => {
  await addNodes('blue', 2)
  const [lost = ''] = inService(plane, 'blue')
  const nodeOf = () => nodesOf('blue').find(({ spec }) => spec.providerID.endsWith(lost))
  const { name } = nodeOf().metadata
  await plane.aws('TerminateInstances', { InstanceIds: [lost] })
  expect(nodeOf()).toBeUndefined()
  const pods = () => clusters.blue.cluster.store.list<any>('/pods')
  expect(pods().some(({ spec }) => spec.nodeName === name)).toBe(false)
  await eventually(() => pods().length === 2 && pods().every(({ status }) => status?.phase === 'Running'))
  await eventually(() => nodesOf('blue').length === 2)
})

test('a load balancer reaches pods through node ports, by the weights of two target groups', async () => {
  const [blue, green] = [await addTargetGroup('blue'), await addTargetGroup('green')]
  await addListener(plane, forwardTo([blue, 100], [green, 0]))
  await addNodes('blue', 2, { TargetGroupARNs: [blue] })
  await addNodes('green', 2)
  await attach('green', green)
  await healthy(blue, 2)
  await healthy(green, 2)
  expect(await shares(10)).toEqual({ blue: 10 })
  const [listener] = [...plane.world.elbv2.listeners.keys()]
  const DefaultActions = forwardTo([blue, 1], [green, 4])
  await call(plane.world, 'ModifyListener', { ListenerArn: listener, DefaultActions })
  expect(await shares(10)).toEqual({ blue: 2, green: 8 })
})

test('a load balancer reaches pods through node ports, with the nodes of both clusters in one target group', async () => {
  const arn = await addTargetGroup('nodes')
  await addListener(plane, toOne(arn))
  await addNodes('blue', 2, { TargetGroupARNs: [arn] })
  await addNodes('green', 2)
  await attach('green', arn)
  await healthy(arn, 4)
  expect(await shares(8)).toEqual({ blue: 4, green: 4 })
  await plane.aws('DetachLoadBalancerTargetGroups', { AutoScalingGroupName: 'blue', TargetGroupARNs: [arn] })
  await until('blue drains', async () => Object.values(await healthOf(plane.world, arn)).some((it) => it !== 'healthy'))
  expect(await shares(4)).toEqual({ green: 4 })
})

test('a network load balancer reaches pods through node ports, by weights per connection', async () => {
  const { world, network } = plane
  const loadBalancer = await addLoadBalancer(world, plane, 'net', { Type: 'network', Scheme: 'internal' })
  await until('it is active', () => world.elbv2.loadBalancers.get(loadBalancer)?.state === 'active')
  const tcp = { Protocol: 'TCP' }
  const [blue, green] = [await addTargetGroup('blue', tcp), await addTargetGroup('green', tcp)]
  await addListener({ ...plane, loadBalancer }, forwardTo([blue, 1], [green, 1]), 80, tcp)
  await addNodes('blue', 2, { TargetGroupARNs: [blue] })
  await addNodes('green', 2, { TargetGroupARNs: [green] })
  await healthy(blue, 2)
  await healthy(green, 2)
  const seen: string[] = []
  for (let sent = 0; sent < 4; sent++) seen.push(await askOnce(network.frontDoor(loadBalancer, 80)))
  expect(seen.sort()).toEqual(['blue', 'blue', 'green', 'green'])
})

/** The cluster that answers over a connection of its own. */
const askOnce = (door: object | undefined): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ ...door, agent: false }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => (text += chunk))
      answer.on('end', () => resolve(JSON.parse(text).cluster))
    }).on('error', reject)
  })

test('nobody notices a rollout, nor a move from the nodes of one cluster to those of the other', async () => {
  const arn = await addTargetGroup('nodes')
  await addListener(plane, toOne(arn))
  await addNodes('blue', 2, { TargetGroupARNs: [arn] })
  await addNodes('green', 2)
  await healthy(arn, 2)
  const load = startLoad({ url: `${plane.url()}/`, ratePerSecond: 100, newConnectionShare: 0.2 })
  const version = (image: string) => ({ spec: { template: { spec: { containers: [{ name: 'search', image }] } } } })
  await clusters.blue.call('PATCH', '/apis/apps/v1/namespaces/shop/deployments/search', {
    type: 'application/strategic-merge-patch+json',
    body: version('search:2.0'),
  })
  const images = () =>
    clusters.blue.cluster.store.list<any>('/pods').map(({ spec }) => spec.containers[0].image as string)
  await eventually(() => images().every((image) => image === 'search:2.0'))
  await attach('green', arn)
  await healthy(arn, 4)
  await plane.aws('DetachLoadBalancerTargetGroups', { AutoScalingGroupName: 'blue', TargetGroupARNs: [arn] })
  await healthy(arn, 2)
  const { blue } = load.snapshot().byColour
  await eventually(() => load.snapshot().byColour.green > 100)
  const seen = await load.stop()
  expect(seen.failures).toEqual([])
  expect(seen.byColour.blue).toBe(blue)
})
