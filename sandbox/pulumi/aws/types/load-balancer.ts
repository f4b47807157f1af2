import {
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  ModifyLoadBalancerAttributesCommand,
  SetIpAddressTypeCommand,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
  type EnforceSecurityGroupInboundRulesOnPrivateLinkTrafficEnum,
  type IpAddressType,
  type LoadBalancer,
  type LoadBalancerTypeEnum,
  type SubnetMapping,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { lb } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import type { KeyValue } from '../attributes.ts'
import type { Aws } from '../aws.ts'
import { attributeSchema, loadBalancerAttributes, propertiesFromAttributes } from '../load-balancer-attributes.ts'
import { prefixOf, uniqueName } from '../names.ts'
import { unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { poll } from '../../poll.ts'
import { computed, flag, output, replaces, required, tagged, text } from '../schema.ts'
import { elbv2Tagging, toTagList } from '../tags.ts'

type State = Unwrap<lb.LoadBalancerState>

export const loadBalancer = resourceType<State>({
  token: 'aws:lb/loadBalancer:LoadBalancer',
  label: 'ELBv2 Load Balancer',
  tagging: elbv2Tagging,
  schema: {
    ...tagged,
    ...attributeSchema,
    arn: { ...text, ...output },
    arnSuffix: { ...text, ...output },
    customerOwnedIpv4Pool: { ...text, ...replaces },
    dnsName: { ...text, ...output },
    enablePrefixForIpv6SourceNat: { ...text, unsupported: true },
    enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: { ...text, ...computed },
    internal: { ...flag, ...computed, ...replaces },
    ipAddressType: { ...text, ...computed },
    ipamPools: { type: 'object', unsupported: true },
    loadBalancerType: { ...text, default: 'application', ...replaces },
    minimumLoadBalancerCapacity: { type: 'object', unsupported: true },
    name: { ...text, ...computed, ...replaces, autoName: 32, conflictsWith: 'namePrefix', range: [1, 32] },
    namePrefix: { ...text, ...computed, ...replaces, conflictsWith: 'name', range: [1, 6] },
    securityGroups: { type: 'set', ...computed },
    subnetMappings: {
      type: 'set',
      ...computed,
      fields: {
        allocationId: text,
        ipv6Address: text,
        outpostId: { ...text, ...output },
        privateIpv4Address: text,
        subnetId: { ...text, ...required },
      },
    },
    subnets: { type: 'set', ...computed },
    vpcId: { ...text, ...output },
    zoneId: { ...text, ...output },
  },

  async create(aws, planned) {
    const name = planned.name ?? uniqueName(planned.namePrefix ?? 'tf-lb-')
    const existing = await unlessMissing(
      aws.elbv2(new DescribeLoadBalancersCommand({ Names: [name] })),
      'LoadBalancerNotFound',
    )
    if (existing?.LoadBalancers?.length) throw new Error(`ELBv2 Load Balancer (${name}) already exists`)
    const { LoadBalancers: [made] = [] } = await aws.elbv2(
      new CreateLoadBalancerCommand({
        Name: name,
        Type: planned.loadBalancerType as LoadBalancerTypeEnum,
        Tags: toTagList(planned.tagsAll),
        ...(planned.internal && { Scheme: 'internal' }),
        ...(planned.ipAddressType && { IpAddressType: planned.ipAddressType as IpAddressType }),
        ...(planned.customerOwnedIpv4Pool && { CustomerOwnedIpv4Pool: planned.customerOwnedIpv4Pool }),
        ...(planned.securityGroups && { SecurityGroups: planned.securityGroups }),
        ...(planned.subnetMappings && { SubnetMappings: planned.subnetMappings.map(toMapping) }),
        ...(planned.subnets && { Subnets: planned.subnets }),
      }),
    )
    return made?.LoadBalancerArn ?? ''
  },

  async complete(aws, id, planned) {
    await untilActive(aws, id)
    await writeAttributes(aws, id, loadBalancerAttributes(planned))
    if (planned.enforceSecurityGroupInboundRulesOnPrivateLinkTraffic && planned.loadBalancerType === 'network')
      await writeSecurityGroups(aws, id, planned)
    await untilActive(aws, id)
  },

  async read(aws, id) {
    const balancer = await find(aws, id)
    if (!balancer) return undefined
    const { Attributes = [] } = await aws.elbv2(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: id }))
    return { ...fromLoadBalancer(id, balancer), ...propertiesFromAttributes(Attributes, balancer.Type) }
  },

  async update(aws, id, planned, changed) {
    await writeAttributes(aws, id, loadBalancerAttributes(planned, changed))
    if (changed.has('securityGroups') || changed.has('enforceSecurityGroupInboundRulesOnPrivateLinkTraffic'))
      await writeSecurityGroups(aws, id, planned)
    if (changed.has('subnetMappings') || changed.has('subnets'))
      await aws.elbv2(
        new SetSubnetsCommand({
          LoadBalancerArn: id,
          ...(changed.has('subnets')
            ? { Subnets: planned.subnets }
            : { SubnetMappings: planned.subnetMappings?.map(toMapping) }),
        }),
      )
    if (changed.has('ipAddressType'))
      await aws.elbv2(
        new SetIpAddressTypeCommand({ LoadBalancerArn: id, IpAddressType: planned.ipAddressType as IpAddressType }),
      )
    await untilActive(aws, id)
  },

  async delete(aws, id) {
    await unlessMissing(aws.elbv2(new DeleteLoadBalancerCommand({ LoadBalancerArn: id })), 'LoadBalancerNotFound')
  },
})

async function find(aws: Aws, id: string): Promise<LoadBalancer | undefined> {
  const found = await unlessMissing(
    aws.elbv2(new DescribeLoadBalancersCommand({ LoadBalancerArns: [id] })),
    'LoadBalancerNotFound',
  )
  return found?.LoadBalancers?.[0]
}

async function untilActive(aws: Aws, id: string): Promise<void> {
  await poll(
    { signal: aws.signal, timeoutSeconds: 600, what: `ELBv2 Load Balancer (${id}) to be active` },
    async () => {
      const balancer = await find(aws, id)
      return balancer?.State?.Code === 'active' ? balancer : undefined
    },
  )
}

async function writeAttributes(aws: Aws, id: string, attributes: KeyValue[]): Promise<void> {
  // AWS takes at most twenty at a time.
  for (let start = 0; start < attributes.length; start += 20) {
    const Attributes = attributes.slice(start, start + 20)
    await aws.elbv2(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: id, Attributes }))
  }
}

async function writeSecurityGroups(aws: Aws, id: string, planned: State): Promise<void> {
  const enforce = planned.enforceSecurityGroupInboundRulesOnPrivateLinkTraffic
  await aws.elbv2(
    new SetSecurityGroupsCommand({
      LoadBalancerArn: id,
      SecurityGroups: planned.securityGroups,
      ...(planned.loadBalancerType === 'network' &&
        enforce && {
          EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic:
            enforce as EnforceSecurityGroupInboundRulesOnPrivateLinkTrafficEnum,
        }),
    }),
  )
}

type Mapping = NonNullable<State['subnetMappings']>[number]

function toMapping({ subnetId, allocationId, ipv6Address, privateIpv4Address }: Mapping): SubnetMapping {
  return {
    SubnetId: subnetId,
    ...(allocationId && { AllocationId: allocationId }),
    ...(ipv6Address && { IPv6Address: ipv6Address }),
    ...(privateIpv4Address && { PrivateIPv4Address: privateIpv4Address }),
  }
}

function fromLoadBalancer(id: string, balancer: LoadBalancer): State {
  const zones = balancer.AvailabilityZones ?? []
  return {
    arn: id,
    arnSuffix: id.replace(/^arn:.*:loadbalancer\//, ''),
    customerOwnedIpv4Pool: balancer.CustomerOwnedIpv4Pool,
    dnsName: balancer.DNSName,
    enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: balancer.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic,
    internal: balancer.Scheme === 'internal',
    ipAddressType: balancer.IpAddressType,
    loadBalancerType: balancer.Type,
    name: balancer.LoadBalancerName,
    namePrefix: prefixOf(balancer.LoadBalancerName),
    securityGroups: balancer.SecurityGroups,
    subnetMappings: zones.map(({ SubnetId = '', OutpostId, LoadBalancerAddresses: [address] = [] }) => ({
      subnetId: SubnetId,
      ...(OutpostId && { outpostId: OutpostId }),
      ...(address?.AllocationId && { allocationId: address.AllocationId }),
      ...(address?.IPv6Address && { ipv6Address: address.IPv6Address }),
      ...(address?.PrivateIPv4Address && { privateIpv4Address: address.PrivateIPv4Address }),
    })),
    subnets: zones.map(({ SubnetId = '' }) => SubnetId),
    vpcId: balancer.VpcId,
    zoneId: balancer.CanonicalHostedZoneId,
  }
}
