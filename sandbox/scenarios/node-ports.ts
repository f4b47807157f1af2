import { create, manifestsOf, namespaceOf } from './manifests.ts'
import { createAlb, createRoute, createVpc, urlOf } from './network.ts'
import { attachNodes, createNodes } from './nodes.ts'
import { bothClusters, type Built, type FrontDoorAddress, type Scenario, type Site } from './scenario.ts'

const namespace = 'shop'

const workloads = [
  {
    name: 'checkout',
    host: 'checkout.shop.example',
    priority: 10,
    replicas: 3,
    ports: { blue: 30_080, green: 31_080 },
  },
] as const

/** A service behind an ALB that stands before the nodes, on a node port that differs between the clusters. */
export const nodePorts: Scenario = {
  name: 'node-ports',
  about: 'one ALB before the nodes of two clusters, one workload on a node port of blue, the same deployed on green',
  clusters: {
    blue: { name: 'shop-blue', version: '1.29', nodes: 'instances' },
    green: { name: 'shop-green', version: '1.33', nodes: 'instances' },
  },
  build,
}

async function build(site: Site): Promise<Built> {
  const { aws, kubeconfigs, network } = site
  const clusters = bothClusters(site)
  const vpc = await createVpc(aws)
  const { loadBalancerArn, listenerArn } = await createAlb(aws, vpc, 'shop')
  const blueNodes = await createNodes(aws, vpc, clusters.blue.name, 3)
  const greenNodes = await createNodes(aws, vpc, clusters.green.name, 3)
  for (const colour of ['blue', 'green'] as const) {
    await clusters[colour].installLoadBalancerController()
    const deployed = workloads.map((w) => manifestsOf({ namespace, version: '1', nodePort: w.ports[colour], ...w }))
    await create(clusters[colour], [namespaceOf(namespace), ...deployed.flat()])
  }
  const url = await urlOf(network, loadBalancerArn)
  const entries: Record<string, object> = {}
  const frontDoors: Record<string, FrontDoorAddress> = {}
  const targetGroups: string[] = []
  for (const { ports, ...workload } of workloads) {
    const { name, host } = workload
    const route = { ...workload, targets: { type: 'instance', port: ports.blue } } as const
    const { targetGroupArn, ruleArn } = await createRoute(aws, vpc, listenerArn, route)
    await attachNodes(aws, vpc, blueNodes, ports.blue, targetGroupArn)
    targetGroups.push(targetGroupArn)
    frontDoors[name] = { url, headers: { host } }
    entries[name] = {
      kind: 'node-port',
      rule: ruleArn,
      blueTargetGroup: targetGroupArn,
      service: { namespace, name, port: 80 },
      greenNodes: { autoScalingGroups: [greenNodes.group], securityGroup: greenNodes.securityGroup },
      probe: { url, headers: { host }, expect: [200], marker: { json: '/cluster' } },
      steps: [10, 50, 100],
      bake: '1m',
      soak: '2m',
    }
  }
  const inventory = {
    migration: 'node-ports',
    aws: { region: aws.region },
    blue: { cluster: clusters.blue.name, kubeconfig: kubeconfigs.blue },
    green: { cluster: clusters.green.name, kubeconfig: kubeconfigs.green },
    workloads: entries,
  }
  return { inventory, frontDoors, targetGroups }
}
