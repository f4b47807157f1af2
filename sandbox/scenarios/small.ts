import { bindingOf, create, manifestsOf, namespaceOf } from './manifests.ts'
import { createAlb, createRoute, createVpc, urlOf } from './network.ts'
import { bothClusters, type Built, type FrontDoorAddress, type Scenario, type Site } from './scenario.ts'

const namespace = 'shop'

const workloads = [
  { name: 'search', host: 'search.shop.example', priority: 10, replicas: 3 },
  { name: 'tagging', host: 'tagging.shop.example', priority: 20, replicas: 2 },
] as const

/** Two services behind one ALB, a rule each, bound in blue; the same services deployed on green, unbound. */
export const small: Scenario = {
  name: 'small',
  about: 'one ALB with two rules, two workloads on blue, the same deployed on green',
  clusters: {
    blue: { name: 'shop-blue', version: '1.29' },
    green: { name: 'shop-green', version: '1.33' },
  },
  build,
}

async function build(site: Site): Promise<Built> {
  const { aws, kubeconfigs } = site
  const clusters = bothClusters(site)
  const vpc = await createVpc(aws)
  const { loadBalancerArn, listenerArn } = await createAlb(aws, vpc, 'shop')
  await Promise.all(
    Object.values(clusters).map(async (cluster) => {
      await cluster.installLoadBalancerController()
      await create(cluster, [
        namespaceOf(namespace),
        ...workloads.flatMap((w) => manifestsOf({ namespace, version: '1', ...w })),
      ])
    }),
  )
  const url = await urlOf(site.network, loadBalancerArn)
  const entries: Record<string, object> = {}
  const frontDoors: Record<string, FrontDoorAddress> = {}
  const targetGroups: string[] = []
  for (const workload of workloads) {
    const { name, host } = workload
    const { targetGroupArn, ruleArn } = await createRoute(aws, vpc, listenerArn, workload)
    await create(clusters.blue, [bindingOf(namespace, name, targetGroupArn)])
    targetGroups.push(targetGroupArn)
    frontDoors[name] = { url, headers: { host } }
    entries[name] = {
      kind: 'alb',
      rule: ruleArn,
      blueTargetGroup: targetGroupArn,
      service: { namespace, name, port: 80 },
      probe: { url, headers: { host }, expect: [200], marker: { json: '/cluster' } },
      steps: [10, 50, 100],
      bake: '1m',
      soak: '2m',
    }
  }
  const inventory = {
    migration: 'small',
    aws: { region: aws.region },
    blue: { cluster: clusters.blue.name, kubeconfig: kubeconfigs.blue },
    green: { cluster: clusters.green.name, kubeconfig: kubeconfigs.green },
    workloads: entries,
  }
  return { inventory, frontDoors, targetGroups }
}
