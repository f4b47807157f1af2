import { AuthorizeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2'
import { create, manifestsOf, namespaceOf } from './manifests.ts'
import { createVpc, urlOf, subnets } from './network.ts'
import { attachNodes, createNodes } from './nodes.ts'
import { createBackend, createNlb } from './omnious/network-load-balancers.ts'
import type { Built, Scenario, Site } from './scenario.ts'

const namespace = 'shop'
const name = 'stream'
const clusters = {
  blue: { name: 'shop-blue', version: '1.29', nodes: 'instances' },
  green: { name: 'shop-green', version: '1.33', nodes: 'instances' },
} as const

/** A service behind an NLB that stands before the nodes and weighs, on a node port that differs between the clusters. */
export const weighedNodes: Scenario = {
  name: 'weighed-nodes',
  about: 'one NLB before the nodes of two clusters, whose listeners weigh',
  account: { weightedNetworkListeners: true },
  clusters,
  build: (site) => build(site, { ports: { blue: 30_090, green: 31_090 }, strategy: 'weighted' }),
}

/** The same where listeners cannot weigh: both clusters' nodes have to share a target group, and so a node port. */
export const sharedNodes: Scenario = {
  name: 'shared-nodes',
  about: 'one NLB before the nodes of two clusters, whose listeners know one target group',
  clusters,
  build: (site) => build(site, { ports: { blue: 30_090, green: 30_090 }, strategy: 'shared' }),
}

interface Exposure {
  readonly ports: Readonly<Record<'blue' | 'green', number>>
  readonly strategy: 'weighted' | 'shared'
}

async function build({ aws, clusters, kubeconfigs, network }: Site, { ports, strategy }: Exposure): Promise<Built> {
  const vpc = await createVpc(aws)
  const nlb = await createNlb(aws, vpc, 'shop-stream')
  const blueNodes = await createNodes(aws, vpc, clusters.blue.name, 3)
  const greenNodes = await createNodes(aws, vpc, clusters.green.name, 3)
  for (const colour of ['blue', 'green'] as const) {
    await clusters[colour].installLoadBalancerController()
    const deployed = manifestsOf({ namespace, name, version: '1', replicas: 3, nodePort: ports[colour] })
    await create(clusters[colour], [namespaceOf(namespace), ...deployed])
  }
  const backend = { Name: name, TargetType: 'instance', Port: ports.blue } as const
  const { targetGroupArn, listenerArn } = await createBackend(aws, vpc, nlb.arn, 80, backend)
  await attachNodes(aws, vpc, blueNodes, ports.blue, targetGroupArn)
  await openTo(aws, blueNodes.securityGroup, ports.blue)
  const url = await urlOf(network, nlb.arn)
  const entry = {
    kind: 'node-port',
    strategy,
    listener: listenerArn,
    blueTargetGroup: targetGroupArn,
    service: { namespace, name, port: 80 },
    greenNodes: {
      autoScalingGroups: [greenNodes.group],
      securityGroup: greenNodes.securityGroup,
      clients: ['10.0.0.0/16'],
    },
    probe: { url: `http://${nlb.dnsName}/`, expect: [200], marker: { json: '/cluster' } },
    steps: strategy === 'weighted' ? [10, 50, 100] : [50, 100],
    bake: '1m',
    soak: '2m',
  }
  const inventory = {
    migration: 'network-node-ports',
    aws: { region: aws.region },
    blue: { cluster: clusters.blue.name, kubeconfig: kubeconfigs.blue },
    green: { cluster: clusters.green.name, kubeconfig: kubeconfigs.green },
    workloads: { [name]: entry },
  }
  return { inventory, frontDoors: { [name]: { url, headers: {} } }, targetGroups: [targetGroupArn] }
}

/** The NLB shows its clients to the nodes, so the nodes let the whole network in. */
async function openTo({ ec2 }: Site['aws'], GroupId: string, port: number): Promise<void> {
  const IpRanges = Object.values(subnets).map((CidrIp) => ({ CidrIp }))
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges }]
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }))
}
