import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, type Change } from '@aws-sdk/client-route-53'
import type { KubernetesObject } from '@kubernetes/client-node'
import { create } from '../manifests.ts'
import type { Exposed, Ground } from './ground.ts'
import { createBackend, createNlb, type NetworkLoadBalancer } from './network-load-balancers.ts'
import { services } from './services.ts'

const domain = 'omnious.internal'
const controller = { namespace: 'ingress-nginx', name: 'ingress-nginx-controller', port: 'http' } as const
const policy = { steps: [10, 50, 100], bake: '1m', soak: '2m' } as const

/** Binds the cluster's ingress controller to the target group of its own load balancer. */
export const ingressBinding = (targetGroupARN: string): KubernetesObject =>
  ({
    apiVersion: 'elbv2.k8s.aws/v1beta1',
    kind: 'TargetGroupBinding',
    metadata: { namespace: controller.namespace, name: controller.name },
    spec: { serviceRef: { name: controller.name, port: controller.port }, targetGroupARN, targetType: 'ip' },
  }) as KubernetesObject

/**
 * An ingress controller in each cluster behind a load balancer of its own, and a private zone with the names: an alias for api,
 * a CNAME for console. Green's load balancer is there before green is.
 */
export async function exposeByDns(ground: Ground): Promise<Exposed & { readonly greenTargetGroup: string }> {
  const { aws, blue, dns, deployed } = ground
  const [blueSide, greenSide, zone] = await Promise.all([
    createSide(ground, 'omnious-ingress'),
    createSide(ground, 'omnious-ingress-green'),
    createZone(ground),
  ])
  const [api, console] = [services.api.hosts[0], services.console.hosts[0]]
  const Changes = [aliasTo(api, blueSide.nlb), cnameTo(console, blueSide.nlb)]
  await aws.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch: { Changes } }))
  await deployed
  await create(blue, [ingressBinding(blueSide.targetGroupArn)])
  const entryOf = (record: string) => ({
    kind: 'ingress-dns',
    zone,
    record,
    greenLoadBalancer: greenSide.nlb.arn,
    blueLoadBalancer: blueSide.nlb.arn,
    service: controller,
    // A name of the VPC's own resolver, and addresses of the VPC: nothing that the service could ask from outside.
    probe: 'none',
    ...policy,
  })
  const doorOf = (name: string) => ({ name, resolver: dns, headers: {} })
  return {
    entries: { api: entryOf(api), console: entryOf(console) },
    frontDoors: { api: doorOf(api), console: doorOf(console) },
    targetGroups: [blueSide.targetGroupArn],
    greenTargetGroup: greenSide.targetGroupArn,
  }
}

async function createSide({ aws, vpc }: Ground, name: string) {
  const nlb = await createNlb(aws, vpc, name)
  const { targetGroupArn } = await createBackend(aws, vpc, nlb.arn, 80, { Name: name, Port: 80 })
  return { nlb, targetGroupArn }
}

/** Its id alone: `Z0123…`. */
async function createZone({ aws, vpc }: Ground): Promise<string> {
  const { HostedZone } = await aws.route53.send(
    new CreateHostedZoneCommand({
      Name: domain,
      CallerReference: domain,
      HostedZoneConfig: { PrivateZone: true, Comment: 'names inside the VPC' },
      VPC: { VPCRegion: aws.region as 'eu-central-1', VPCId: vpc.vpcId },
    }),
  )
  return (HostedZone?.Id ?? '').replace('/hostedzone/', '')
}

const aliasTo = (Name: string, { hostedZoneId, dnsName }: NetworkLoadBalancer): Change => ({
  Action: 'CREATE',
  ResourceRecordSet: {
    Name,
    Type: 'A',
    AliasTarget: { HostedZoneId: hostedZoneId, DNSName: dnsName, EvaluateTargetHealth: true },
  },
})

const cnameTo = (Name: string, { dnsName }: NetworkLoadBalancer): Change => ({
  Action: 'CREATE',
  ResourceRecordSet: { Name, Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value: dnsName }] },
})
