import { createAlb, createVpc } from '../network.ts'
import type { Built, Scenario, Site } from '../scenario.ts'
import { exposeByAlb } from './alb.ts'
import { createBlue, type Ground } from './ground.ts'
import { exposeByDns } from './ingress-dns.ts'
import { exposeByApiGateway } from './nlb-api-gateway.ts'
import { exposeNodePorts } from './node-port.ts'
import { deployServices, pipelineFor } from './pipeline.ts'

const greenCluster = { name: 'omnious-green', version: '1.24' } as const

/**
 * The move that OMNIOUS wrote about (omnicommerce.ai, "Upgrading Kubernetes cluster: at migration strategies for four service
 * types"): 1.21 to 1.24 in December 2022, eight services behind four kinds of front door. Green is still to be built.
 */
export const omnious: Scenario = {
  name: 'omnious',
  about: 'December 2022: eight services on a 1.21 cluster, two behind each of four kinds of front door; no green yet',
  today: '2022-12-05',
  clusters: {
    blue: { name: 'omnious-blue', version: '1.21', nodes: 'instances' },
    green: { name: greenCluster.name, version: null },
  },
  build,
}

/** All at once: most of it is waiting for load balancers. */
async function build(site: Site): Promise<Built> {
  const { aws, clusters, kubeconfigs, network, dns } = site
  const vpc = await createVpc(aws)
  const nodes = createBlue(site, vpc)
  const deployed = nodes.then(async () => {
    await Promise.all([clusters.blue.installLoadBalancerController(), deployServices(clusters.blue)])
  })
  const ground: Ground = { aws, network, dns, vpc, blue: clusters.blue, nodes, deployed }
  const { loadBalancerArn: arn, listenerArn } = await createAlb(aws, vpc, 'omnious')
  const alb = { arn, listenerArn }
  const [nodePorts, apis, pods, names] = await Promise.all([
    exposeNodePorts(ground, alb),
    exposeByApiGateway(ground),
    exposeByAlb(ground, alb),
    exposeByDns(ground),
  ])
  const all = [nodePorts, apis, pods, names]
  const together = <Value>(part: (exposed: (typeof all)[number]) => Readonly<Record<string, Value>>) =>
    Object.assign({}, ...all.map(part)) as Record<string, Value>
  const inventory = {
    migration: 'omnious',
    aws: { region: aws.region },
    blue: { cluster: clusters.blue.name, kubeconfig: kubeconfigs.blue },
    green: {
      cluster: greenCluster.name,
      version: greenCluster.version,
      network: { vpcId: vpc.vpcId, subnetIds: vpc.subnetIds },
      nodeGroups: [{ name: 'general', instanceTypes: ['m6i.xlarge'], min: 2, max: 6, desired: 2 }],
      loadBalancerController: true,
    },
    workloads: together(({ entries }) => entries),
  }
  return {
    inventory,
    frontDoors: together(({ frontDoors }) => frontDoors),
    targetGroups: all.flatMap(({ targetGroups }) => targetGroups),
    pipeline: pipelineFor(names.greenTargetGroup),
  }
}
