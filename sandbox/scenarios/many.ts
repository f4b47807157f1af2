import { bindingOf, create, manifestsOf, namespaceOf } from './manifests.ts'
import { createAlb, createRoute, createVpc, urlOf, type Vpc } from './network.ts'
import { bothClusters, type Built, type FrontDoorAddress, type Scenario, type Site } from './scenario.ts'

const namespace = 'shop'

/** Two target groups and two rules each, blue's and green's with its test route: AWS allows an ALB 100 of either. */
const perLoadBalancer = 40

export const mostWorkloads = 200

interface Workload {
  readonly name: string
  readonly host: string
  readonly priority: number
}

/** As many workloads of kind `alb` as are asked for, of one pod each: what a whole cluster is like. */
export function many(count: number): Scenario {
  return {
    name: `many:${count}`,
    about: `${count} workloads on blue, ${perLoadBalancer} rules to an ALB, the same deployed on green`,
    clusters: {
      blue: { name: 'shop-blue', version: '1.29' },
      green: { name: 'shop-green', version: '1.33' },
    },
    build: (site) => build(site, workloadsOf(count)),
  }
}

const workloadsOf = (count: number): Workload[] =>
  Array.from({ length: count }, (_, index) => {
    const name = `service-${String(index + 1).padStart(3, '0')}`
    return { name, host: `${name}.shop.example`, priority: ((index % perLoadBalancer) + 1) * 10 }
  })

async function build(site: Site, workloads: readonly Workload[]): Promise<Built> {
  const { aws, kubeconfigs } = site
  const clusters = bothClusters(site)
  const vpc = await createVpc(aws)
  await Promise.all(
    Object.values(clusters).map(async (cluster) => {
      await cluster.installLoadBalancerController()
      await create(cluster, [
        namespaceOf(namespace),
        ...workloads.flatMap((one) => manifestsOf({ namespace, version: '1', replicas: 1, ...one })),
      ])
    }),
  )
  const entries: Record<string, object> = {}
  const frontDoors: Record<string, FrontDoorAddress> = {}
  const targetGroups: string[] = []
  for (let first = 0; first < workloads.length; first += perLoadBalancer) {
    const name = `shop-${first / perLoadBalancer + 1}`
    for (const route of await createRoutes(site, vpc, name, workloads.slice(first, first + perLoadBalancer))) {
      const { workload, url, ruleArn, targetGroupArn } = route
      const door = { url, headers: { host: workload.host } }
      targetGroups.push(targetGroupArn)
      frontDoors[workload.name] = door
      entries[workload.name] = entryOf(workload, door, ruleArn, targetGroupArn)
    }
  }
  const bindings = targetGroups.map((arn, index) => bindingOf(namespace, workloads[index]?.name ?? '', arn))
  await create(clusters.blue, bindings)
  const inventory = {
    migration: 'many',
    aws: { region: aws.region },
    blue: { cluster: clusters.blue.name, kubeconfig: kubeconfigs.blue },
    green: { cluster: clusters.green.name, kubeconfig: kubeconfigs.green },
    workloads: entries,
  }
  return { inventory, frontDoors, targetGroups }
}

/** One load balancer and what stands behind it. */
async function createRoutes({ aws, network }: Site, vpc: Vpc, name: string, workloads: readonly Workload[]) {
  const { loadBalancerArn, listenerArn } = await createAlb(aws, vpc, name)
  const url = await urlOf(network, loadBalancerArn)
  const routes = []
  for (const workload of workloads)
    routes.push({ workload, url, ...(await createRoute(aws, vpc, listenerArn, workload)) })
  return routes
}

const entryOf = ({ name }: Workload, door: object, rule: string, blueTargetGroup: string): object => ({
  kind: 'alb',
  rule,
  blueTargetGroup,
  service: { namespace, name, port: 80 },
  probe: { ...door, expect: [200], marker: { json: '/cluster' } },
  steps: [10, 50, 100],
  bake: '1m',
  soak: '2m',
})
