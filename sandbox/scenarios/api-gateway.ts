import { bindingOf, create, manifestsOf, namespaceOf } from './manifests.ts'
import { createVpc } from './network.ts'
import { createHttpApi, type HttpApi } from './omnious/http-api.ts'
import { createBackend, createNlb, type NetworkLoadBalancer } from './omnious/network-load-balancers.ts'
import { createRestApi, type RestApi } from './omnious/rest-api.ts'
import { bothClusters, type Built, type Scenario, type Site } from './scenario.ts'

const namespace = 'shop'

/** On the one load balancer: blue's listeners are there, green's will be. */
const ports = { lens: { blue: 8081, green: 9081 }, trend: { blue: 8082, green: 9082 } } as const

const clusters = {
  blue: { name: 'shop-blue', version: '1.29' },
  green: { name: 'shop-green', version: '1.33' },
} as const

/** A REST API before one service and an HTTP API before another, through VPC links and one NLB; both deployed on green as well. */
export const apiGateway: Scenario = {
  name: 'api-gateway',
  about: 'a REST and an HTTP API before one NLB, two workloads on blue, the same deployed on green',
  clusters,
  build: (site) => build(site, switchedInApi),
}

/** The same where the load balancer's listeners weigh, so that nothing of the APIs need be switched. */
export const weighedApis: Scenario = {
  name: 'weighed-apis',
  about: 'the same before an NLB whose listeners weigh',
  account: { weightedNetworkListeners: true },
  clusters,
  build: (site) => build(site, switchedAtListener),
}

interface Apis {
  readonly nlb: NetworkLoadBalancer
  readonly restApi: RestApi
  readonly httpApi: HttpApi
}

/** What an entry says of its switch, by workload. */
type Switched = (apis: Apis) => Readonly<Record<keyof typeof ports, object>>

const switchedInApi: Switched = ({ restApi: { id: api, stage, integrations }, httpApi }) => ({
  lens: { switch: 'integration-port', api, stage, integrations, greenPort: ports.lens.green },
  trend: {
    switch: 'integration-uri',
    api: httpApi.id,
    stage: httpApi.stage,
    integrations: [{ integration: httpApi.integration }],
    greenPort: ports.trend.green,
  },
})

const switchedAtListener: Switched = ({ nlb }) => {
  const askedFor = (name: keyof typeof ports, path: string) => ({
    switch: 'listener-weights',
    backendUrl: `http://${nlb.dnsName}:${ports[name].blue}${path}`,
    steps: [10, 50, 100],
  })
  return { lens: askedFor('lens', '/products'), trend: askedFor('trend', '/trends') }
}

async function build(site: Site, switched: Switched): Promise<Built> {
  const { aws, kubeconfigs } = site
  const clusters = bothClusters(site)
  const vpc = await createVpc(aws)
  const nlb = await createNlb(aws, vpc, 'shop-apis')
  const names = ['lens', 'trend'] as const
  await Promise.all(
    Object.values(clusters).map(async (cluster) => {
      await cluster.installLoadBalancerController()
      const deployed = names.flatMap((name) => manifestsOf({ namespace, name, replicas: 2, version: '1' }))
      await create(cluster, [namespaceOf(namespace), ...deployed])
    }),
  )
  const behind = (Name: (typeof names)[number]) =>
    createBackend(aws, vpc, nlb.arn, ports[Name].blue, { Name, Port: 8080 })
  const [lens, trend] = await Promise.all([behind('lens'), behind('trend')])
  await create(clusters.blue, [
    bindingOf(namespace, 'lens', lens.targetGroupArn),
    bindingOf(namespace, 'trend', trend.targetGroupArn),
  ])
  const [restApi, httpApi] = await Promise.all([
    createRestApi(aws, nlb, ports.lens.blue),
    createHttpApi(aws, vpc, trend.listenerArn),
  ])
  const urlOf = (api: string, path: string) => `http://${api}.execute-api.${aws.region}.amazonaws.com${path}`
  const urls = { lens: urlOf(restApi.id, `/${restApi.stage}/products`), trend: urlOf(httpApi.id, '/trends') }
  const entryOf = (name: keyof typeof ports, { listenerArn, targetGroupArn }: typeof lens) => ({
    kind: 'nlb-api-gateway',
    listener: listenerArn,
    blueTargetGroup: targetGroupArn,
    service: { namespace, name, port: 80 },
    probe: { url: urls[name], expect: [200], marker: { json: '/cluster' } },
    bake: '1m',
    soak: '2m',
  })
  const switches = switched({ nlb, restApi, httpApi })
  const inventory = {
    migration: 'api-gateway',
    aws: { region: aws.region },
    blue: { cluster: clusters.blue.name, kubeconfig: kubeconfigs.blue },
    green: { cluster: clusters.green.name, kubeconfig: kubeconfigs.green },
    workloads: {
      lens: { ...entryOf('lens', lens), ...switches.lens },
      trend: { ...entryOf('trend', trend), ...switches.trend },
    },
  }
  return { inventory, frontDoors: {}, targetGroups: [lens.targetGroupArn, trend.targetGroupArn] }
}
