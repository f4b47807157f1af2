import { readFile } from 'node:fs/promises'
import { get } from 'node:http'
import {
  CreateClusterCommand,
  CreateNodegroupCommand,
  DeleteClusterCommand,
  DeleteNodegroupCommand,
  DescribeClusterCommand,
  DescribeClusterVersionsCommand,
  ListNodegroupsCommand,
} from '@aws-sdk/client-eks'
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { ListOpenIDConnectProvidersCommand, ListRolesCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { Clock } from '../../../sandbox/clock.ts'
import { reachBy, targetOf } from '../../../sandbox/front-doors.ts'
import { startLoad } from '../../../sandbox/load.ts'
import { startSandbox, type ReadyFile, type Sandbox } from '../../../sandbox/sandbox.ts'
import { eventually } from '../kubernetes/fixture.ts'

/** Each test goes on where the one before it ended. */
let sandbox: Sandbox
let inventory: any
const told: ReadyFile[] = []
const clock = new Clock(60)
beforeAll(async () => {
  const onGreen = (ready: ReadyFile) => told.push(ready)
  sandbox = await startSandbox({ scenario: 'omnious', timeScale: 60, plugins: false, onGreen })
  inventory = parse(await readFile(sandbox.ready.inventory, 'utf8'))
})
afterAll(async () => {
  clock.stop()
  await sandbox.stop()
})

/** The clusters that answer at a front door, as the load generator of another process sees it. */
async function coloursAt(workload: string) {
  const door = sandbox.ready.frontDoors[workload]
  if (!door) throw new Error(`no front door ${workload}`)
  const target = targetOf(door, { clock, reach: reachBy(sandbox.ready.controlUrl) })
  const load = startLoad({ ...target, headers: door.headers, ratePerSecond: 100, newConnectionShare: 0.5 })
  await eventually(() => load.snapshot().requests >= 10)
  const { byColour, failures } = await load.stop()
  expect(failures).toEqual([])
  return byColour
}

const workloads = ['tagger', 'stream', 'lens', 'trend', 'search', 'home', 'api', 'console']

test.each(workloads)('blue answers at the front door of %s', async (workload) => {
  const { blue, green } = await coloursAt(workload)
  expect(blue).toBeGreaterThanOrEqual(10)
  expect(green).toBe(0)
})

test('the inventory names every front door, two of each kind', () => {
  const kinds = Object.values<any>(inventory.workloads).map(({ kind }) => kind)
  expect(Object.keys(inventory.workloads).sort()).toEqual([...workloads].sort())
  expect(kinds.sort()).toEqual(['alb', 'ingress-dns', 'nlb-api-gateway', 'node-port'].flatMap((kind) => [kind, kind]))
  const listener = expect.stringMatching(/:listener\/net\//)
  const blueTargetGroup = expect.stringMatching(/:targetgroup\//)
  expect(inventory.workloads).toMatchObject({
    tagger: { rule: expect.stringMatching(/:listener-rule\/app\//), blueTargetGroup },
    stream: { listener, blueTargetGroup },
    lens: {
      ...{
        switch: 'stage-variable',
        stageVariable: 'backend',
        stage: 'prod',
        listener,
        blueTargetGroup,
        greenPort: 9081,
      },
      integrations: [{ method: 'GET' }, { method: 'POST' }, { method: 'GET' }],
    },
    trend: { switch: 'integration-uri', stage: '$default', listener, integrations: [{}], greenPort: 9082 },
    home: { listener: expect.stringMatching(/:listener\/app\//) },
    api: {
      record: 'api.omnious.internal',
      zone: expect.stringMatching(/^Z/),
      probe: { url: expect.stringMatching(/^http:\/\/(api|console)\.omnious\.internal\/$/) },
    },
  })
  expect(inventory.green).toMatchObject({ cluster: 'omnious-green', version: '1.24', loadBalancerController: true })
})

test('blue is a cluster of EKS, in a version that EKS will end', async () => {
  const { cluster } = await sandbox.aws.eks.send(new DescribeClusterCommand({ name: 'omnious-blue' }))
  expect(cluster).toMatchObject({ version: '1.21', status: 'ACTIVE', endpoint: sandbox.clusters.blue.url })
  const issuer = cluster?.identity?.oidc?.issuer?.replace('https://', '') ?? 'none'
  const { OpenIDConnectProviderList = [] } = await sandbox.aws.iam.send(new ListOpenIDConnectProvidersCommand())
  expect(OpenIDConnectProviderList.map(({ Arn }) => Arn)).toEqual([expect.stringContaining(issuer)])
  const { nodegroups } = await sandbox.aws.eks.send(new ListNodegroupsCommand({ clusterName: 'omnious-blue' }))
  expect(nodegroups).toEqual(['general'])
  const { clusterVersions } = await sandbox.aws.eks.send(new DescribeClusterVersionsCommand({}))
  expect(clusterVersions?.map(({ clusterVersion }) => clusterVersion)).toEqual(['1.24', '1.23', '1.22', '1.21'])
  const ends = clusterVersions?.at(-1)?.endOfStandardSupportDate?.toISOString()
  expect(ends).toBe('2023-02-16T00:00:00.000Z')
})

test('there is no green, and the control endpoint says so', async () => {
  expect(sandbox.clusters.green).toBeNull()
  expect(sandbox.ready.clusters.green).toBeNull()
  const answer = await fetch(`${sandbox.ready.controlUrl}/clusters`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"cluster":"green","api":"refuse"}',
  })
  expect([answer.status, await answer.json()]).toEqual([409, { message: 'nobody has built green yet' }])
  expect(await (await fetch(`${sandbox.ready.controlUrl}/pods`)).json()).not.toContainEqual(
    expect.objectContaining({ cluster: 'green' }),
  )
})

const clusterName = 'omnious-green'

test(
  'green comes up when EKS is asked for it, and the team’s pipeline deploys to it',
  { timeout: 90_000 },
  async () => {
    const { eks, iam, elbv2 } = sandbox.aws
    const { Roles = [] } = await iam.send(new ListRolesCommand())
    const arnOf = (ending: string) => Roles.find(({ RoleName }) => RoleName?.endsWith(ending))?.Arn
    const { subnetIds } = inventory.green.network
    const { version } = inventory.green
    const place = { name: clusterName, version, roleArn: arnOf('-cluster'), resourcesVpcConfig: { subnetIds } }
    await eks.send(new CreateClusterCommand({ ...place, accessConfig: { authenticationMode: 'API' } }))
    const green = await sandbox.whenGreen()
    const { cluster } = await eks.send(new DescribeClusterCommand({ name: clusterName }))
    expect(cluster).toMatchObject({ status: 'ACTIVE', endpoint: green.url })
    expect(sandbox.clusters.green).toBe(green)
    await eventually(() => told.length > 0)
    expect(told[0]?.clusters.green?.version).toBe('1.24')
    expect(await readFile(told[0]?.clusters.green?.kubeconfig ?? '', 'utf8')).toBe(green.kubeconfig)
    expect(green.store.list('apps/deployments')).toEqual([])

    const [node] = inventory.green.nodeGroups
    await eks.send(
      new CreateNodegroupCommand({
        clusterName,
        nodegroupName: node.name,
        nodeRole: arnOf('-nodes'),
        subnets: subnetIds,
        instanceTypes: node.instanceTypes,
        scalingConfig: { minSize: node.min, maxSize: node.max, desiredSize: node.desired },
      }),
    )
    await green.installLoadBalancerController({ version: '2.4.5' })
    await sandbox.whenDeployed()
    const running = () => green.pods.list().filter(({ state }) => state === 'running')
    await eventually(() => workloads.every((name) => running().filter((pod) => pod.workload === name).length === 2))

    const LoadBalancerArn = inventory.workloads.api.greenLoadBalancer
    const { TargetGroups } = await elbv2.send(new DescribeTargetGroupsCommand({ LoadBalancerArn }))
    await eventually(async () => {
      const { TargetHealthDescriptions: targets = [] } = await elbv2.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: TargetGroups?.[0]?.TargetGroupArn }),
      )
      return targets.length === 2 && targets.every(({ TargetHealth }) => TargetHealth?.State === 'healthy')
    })
    const { LoadBalancers } = await elbv2.send(
      new DescribeLoadBalancersCommand({ LoadBalancerArns: [LoadBalancerArn] }),
    )
    expect(LoadBalancers).toHaveLength(1)
    const door = sandbox.network.frontDoor(LoadBalancerArn, 80)
    for (const host of ['api', 'console', 'status'].map((name) => `${name}.omnious.internal`)) {
      expect(await clusterAt(door, host)).toBe('green')
    }
    for (const workload of workloads) expect((await coloursAt(workload)).green).toBe(0)
  },
)

/** The cluster that answers a host at a front door. */
const clusterAt = (door: object | undefined, host: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ ...door, agent: false, headers: { host } }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => (text += chunk))
      answer.on('end', () => resolve(answer.statusCode === 200 ? JSON.parse(text).cluster : text))
    }).on('error', reject)
  })

test('green goes when EKS is asked to delete it, and nobody notices', async () => {
  const { eks } = sandbox.aws
  await eks.send(new DeleteNodegroupCommand({ clusterName, nodegroupName: 'general' }))
  await eventually(() =>
    eks.send(new ListNodegroupsCommand({ clusterName })).then(({ nodegroups }) => nodegroups?.length === 0),
  )
  await eks.send(new DeleteClusterCommand({ name: clusterName }))
  await eventually(() => sandbox.clusters.green === null)
  expect(sandbox.ready.clusters.green).toBeNull()
  await eventually(() => told.at(-1)?.clusters.green === null)
  for (const workload of workloads) expect((await coloursAt(workload)).blue).toBeGreaterThanOrEqual(10)
})
