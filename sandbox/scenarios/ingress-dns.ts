import { SetIpAddressTypeCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  GetChangeCommand,
  type Change,
  type RRType,
} from '@aws-sdk/client-route-53'
import type { KubernetesObject } from '@kubernetes/client-node'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '../kubernetes/cluster.ts'
import type { AwsClients } from './aws-clients.ts'
import { create, manifestsOf, namespaceOf } from './manifests.ts'
import { createVpc, type Vpc } from './network.ts'
import { createBackend, createNlb, type NetworkLoadBalancer } from './omnious/network-load-balancers.ts'
import { bothClusters, type Built, type Scenario, type Site } from './scenario.ts'

const namespace = 'shop'
const domain = 'shop.internal'
const hosts = { api: `api.${domain}`, console: `console.${domain}`, status: `status.${domain}` } as const
const controller = { namespace: 'ingress-nginx', name: 'ingress-nginx-controller', port: 'http' } as const

/** An ingress controller in each cluster behind a load balancer of its own, and names in a private zone that lead to blue's. */
export const ingressDns: Scenario = {
  name: 'ingress-dns',
  about: 'an ingress controller in each cluster, three hosts behind, an alias and a CNAME that lead to blue',
  clusters: {
    blue: { name: 'shop-blue', version: '1.29' },
    green: { name: 'shop-green', version: '1.33' },
  },
  build,
}

async function build(site: Site): Promise<Built> {
  const { aws, dns, kubeconfigs } = site
  const clusters = bothClusters(site)
  const vpc = await createVpc(aws)
  const [blue, green, zone] = await Promise.all([
    createSide(aws, vpc, clusters.blue, 'shop-blue'),
    createSide(aws, vpc, clusters.green, 'shop-green'),
    createZone(aws, vpc),
  ])
  await changed(aws, zone, [
    aliasTo(hosts.api, 'A', blue.nlb),
    aliasTo(hosts.api, 'AAAA', blue.nlb),
    cnameTo(hosts.console, blue.nlb),
  ])
  const entryOf = (record: string, more: object = {}) => ({
    kind: 'ingress-dns',
    zone,
    record,
    blueLoadBalancer: blue.nlb.arn,
    greenLoadBalancer: green.nlb.arn,
    service: controller,
    probe: { url: `http://${record}/`, expect: [200], marker: { json: '/cluster' } },
    steps: [10, 50, 100],
    bake: '1m',
    soak: '2m',
    ...more,
  })
  const inventory = {
    migration: 'ingress-dns',
    aws: { region: aws.region },
    blue: { cluster: clusters.blue.name, kubeconfig: kubeconfigs.blue },
    green: { cluster: clusters.green.name, kubeconfig: kubeconfigs.green },
    workloads: { api: entryOf(hosts.api), console: entryOf(hosts.console, { lowerTtl: 60 }) },
  }
  const doorOf = (name: string) => ({ name, resolver: dns, headers: {} })
  const frontDoors = { api: doorOf(hosts.api), console: doorOf(hosts.console) }
  return { inventory, frontDoors, targetGroups: [blue.targetGroupArn, green.targetGroupArn] }
}

/** One cluster with its ingress controller, behind a network load balancer with addresses of both families. */
async function createSide(aws: AwsClients, vpc: Vpc, cluster: Cluster, name: string) {
  const nlb = await createNlb(aws, vpc, name)
  await aws.elbv2.send(new SetIpAddressTypeCommand({ LoadBalancerArn: nlb.arn, IpAddressType: 'dualstack' }))
  const { targetGroupArn } = await createBackend(aws, vpc, nlb.arn, 80, { Name: name, Port: 80 })
  await cluster.installLoadBalancerController()
  await cluster.installIngressController()
  await create(cluster, [
    namespaceOf(namespace),
    ...Object.entries(hosts).flatMap(([service, host]) => [
      ...manifestsOf({ namespace, name: service, replicas: 2, version: '1' }),
      ingressOf(service, host),
    ]),
    bindingOf(targetGroupArn),
  ])
  return { nlb, targetGroupArn }
}

const ingressOf = (name: string, host: string): KubernetesObject =>
  ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { namespace, name },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          host,
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { number: 80 } } } }] },
        },
      ],
    },
  }) as KubernetesObject

const bindingOf = (targetGroupARN: string): KubernetesObject =>
  ({
    apiVersion: 'elbv2.k8s.aws/v1beta1',
    kind: 'TargetGroupBinding',
    metadata: { namespace: controller.namespace, name: controller.name },
    spec: { serviceRef: { name: controller.name, port: controller.port }, targetGroupARN, targetType: 'ip' },
  }) as KubernetesObject

/** Its id alone: `Z0123…`. */
async function createZone({ region, route53 }: AwsClients, { vpcId }: Vpc): Promise<string> {
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({
      Name: domain,
      CallerReference: domain,
      HostedZoneConfig: { PrivateZone: true, Comment: 'names inside the VPC' },
      VPC: { VPCRegion: region as 'eu-central-1', VPCId: vpcId },
    }),
  )
  return (HostedZone?.Id ?? '').replace('/hostedzone/', '')
}

/** Resolves when the name servers answer so. */
async function changed({ route53 }: AwsClients, HostedZoneId: string, Changes: Change[]): Promise<void> {
  const { ChangeInfo } = await route53.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } }),
  )
  const get = new GetChangeCommand({ Id: ChangeInfo?.Id })
  while ((await route53.send(get)).ChangeInfo?.Status !== 'INSYNC') await sleep(50)
}

const aliasTo = (Name: string, Type: RRType, { hostedZoneId, dnsName }: NetworkLoadBalancer): Change => ({
  Action: 'CREATE',
  ResourceRecordSet: {
    Name,
    Type,
    AliasTarget: { HostedZoneId: hostedZoneId, DNSName: `dualstack.${dnsName}`, EvaluateTargetHealth: true },
  },
})

const cnameTo = (Name: string, { dnsName }: NetworkLoadBalancer): Change => ({
  Action: 'CREATE',
  ResourceRecordSet: { Name, Type: 'CNAME', TTL: 300, ResourceRecords: [{ Value: dnsName }] },
})
