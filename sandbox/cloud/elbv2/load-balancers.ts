import type {
  CreateLoadBalancerCommandInput,
  CreateLoadBalancerCommandOutput,
  DeleteLoadBalancerCommandInput,
  DeleteLoadBalancerCommandOutput,
  DescribeLoadBalancersCommandInput,
  DescribeLoadBalancersCommandOutput,
  LoadBalancer as Described,
  SetIpAddressTypeCommandInput,
  SetIpAddressTypeCommandOutput,
  SetSecurityGroupsCommandInput,
  SetSecurityGroupsCommandOutput,
  SetSubnetsCommandInput,
  SetSubnetsCommandOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { randomInt } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { AwsError } from '../errors.ts'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { loadBalancerArn, resourceKind } from './arns.ts'
import { defaultsOf, loadBalancerAttributes } from './attributes.ts'
import { findLoadBalancer, findLoadBalancers } from './find.ts'
import { requireName, requireOneOf, validationError } from './invalid.ts'
import { hostedZoneId } from './hosted-zones.ts'
import { limits } from './limits.ts'
import { page, requireAtMost } from './pages.ts'
import { listenersOf, rulesOf } from './references.ts'
import type { LoadBalancer, LoadBalancerType } from './state.ts'
import { defaultSecurityGroup, placeInSubnets, requireSecurityGroups } from './placement.ts'
import { acceptTags } from './tags.ts'
import { provisioningSeconds } from './timing.ts'

export const createLoadBalancer: Operation<CreateLoadBalancerCommandInput, CreateLoadBalancerCommandOutput> = (
  world,
  input,
) => {
  const loadBalancer = accept(world, input)
  const namesake = [...world.elbv2.loadBalancers.values()].find(({ name }) => name === loadBalancer.name)
  if (namesake) return { LoadBalancers: [describe(requireSame(namesake, loadBalancer))] }
  requireRoom(world, loadBalancer.type)
  world.elbv2.loadBalancers.set(loadBalancer.arn, loadBalancer)
  world.clock.after(provisioningSeconds[loadBalancer.type], () => {
    loadBalancer.state = 'active'
    world.events.emit('changed')
  })
  return { LoadBalancers: [describe(loadBalancer)] }
}

function accept(world: World, input: CreateLoadBalancerCommandInput): LoadBalancer {
  const name = input.Name ?? ''
  requireName('Load balancer', name)
  if (name.startsWith('internal-')) throw validationError(`Load balancer name '${name}' cannot begin with 'internal-'`)
  requireOneOf('type', input.Type, ['application', 'network', 'gateway'])
  requireOneOf('scheme', input.Scheme, ['internet-facing', 'internal'])
  const type = acceptType(input.Type ?? 'application')
  const scheme = input.Scheme ?? 'internet-facing'
  const { vpcId, zones } = placeInSubnets(world, type, input)
  requireSecurityGroups(world, vpcId, input.SecurityGroups)
  const fallback = type === 'application' ? defaultSecurityGroup(world, vpcId) : []
  const arn = loadBalancerArn(world, type, name)
  return {
    arn,
    name,
    type,
    scheme,
    vpcId,
    zones,
    securityGroups: input.SecurityGroups?.length ? input.SecurityGroups : fallback,
    ipAddressType: acceptIpAddressType(type, input.IpAddressType),
    dnsName: dnsName(world, type, scheme, name, arn),
    hostedZoneId: hostedZoneId(world.region, type),
    createdAt: new Date(),
    state: 'provisioning',
    attributes: initialAttributes(type, scheme),
    tags: acceptTags(input.Tags),
  }
}

function acceptType(type: string): LoadBalancerType {
  if (type === 'application' || type === 'network') return type
  throw new AwsError('InvalidConfigurationRequest', `Load balancers with type '${type}' are not served by this sandbox`)
}

function acceptIpAddressType(type: LoadBalancerType, given: string | undefined): LoadBalancer['ipAddressType'] {
  const allowed = ['ipv4', 'dualstack', ...(type === 'application' ? ['dualstack-without-public-ipv4'] : [])]
  requireOneOf('ipAddressType', given, allowed)
  return (given ?? 'ipv4') as LoadBalancer['ipAddressType']
}

function initialAttributes(type: LoadBalancerType, scheme: string): Map<string, string> {
  return defaultsOf(loadBalancerAttributes[type]).set('ipv6.deny_all_igw_traffic', String(scheme === 'internal'))
}

function dnsName(world: World, type: LoadBalancerType, scheme: string, name: string, arn: string): string {
  if (type === 'network') return `${name}-${arn.split('/').at(-1)}.elb.${world.region}.amazonaws.com`
  const visible = scheme === 'internal' ? `internal-${name}` : name
  return `${visible}-${randomInt(1e9, 1e10)}.${world.region}.elb.amazonaws.com`
}

/** AWS creates nothing and answers with the old one when a second creation asks for the very same. */
function requireSame(existing: LoadBalancer, wanted: LoadBalancer): LoadBalancer {
  const settings = ({ type, scheme, vpcId, zones, securityGroups, ipAddressType, tags }: LoadBalancer) => ({
    type,
    scheme,
    vpcId,
    subnets: zones.map(({ SubnetId }) => SubnetId).sort(),
    securityGroups: [...securityGroups].sort(),
    ipAddressType,
    tags,
  })
  if (isDeepStrictEqual(settings(existing), settings(wanted))) return existing
  throw new AwsError(
    'DuplicateLoadBalancerName',
    `A load balancer with the same name '${wanted.name}' exists, but with different settings`,
  )
}

function requireRoom(world: World, type: LoadBalancerType): void {
  const count = [...world.elbv2.loadBalancers.values()].filter((loadBalancer) => loadBalancer.type === type).length
  if (count >= limits[`${type}-load-balancers`]) {
    throw new AwsError(
      'TooManyLoadBalancers',
      `The maximum number of load balancers of type '${type}' has been reached`,
    )
  }
}

export const describeLoadBalancers: Operation<DescribeLoadBalancersCommandInput, DescribeLoadBalancersCommandOutput> = (
  world,
  input,
) => {
  requireAtMost('loadBalancerArns', input.LoadBalancerArns, 20)
  const { items, NextMarker } = page(findLoadBalancers(world, input.LoadBalancerArns, input.Names), input)
  return { LoadBalancers: items.map(describe), NextMarker }
}

function describe(loadBalancer: LoadBalancer): Described {
  return {
    LoadBalancerArn: loadBalancer.arn,
    DNSName: loadBalancer.dnsName,
    CanonicalHostedZoneId: loadBalancer.hostedZoneId,
    CreatedTime: loadBalancer.createdAt,
    LoadBalancerName: loadBalancer.name,
    Scheme: loadBalancer.scheme,
    VpcId: loadBalancer.vpcId,
    State: { Code: loadBalancer.state },
    Type: loadBalancer.type,
    AvailabilityZones: loadBalancer.zones,
    ...(loadBalancer.securityGroups.length > 0 ? { SecurityGroups: loadBalancer.securityGroups } : {}),
    IpAddressType: loadBalancer.ipAddressType,
    EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: loadBalancer.enforcePrivateLinkRules,
  }
}

/** A load balancer that is not there counts as deleted. Its listeners and rules go with it, its target groups stay. */
export const deleteLoadBalancer: Operation<DeleteLoadBalancerCommandInput, DeleteLoadBalancerCommandOutput> = (
  world,
  input,
) => {
  const arn = input.LoadBalancerArn ?? ''
  if (resourceKind(arn) !== 'loadbalancer') throw validationError(`'${arn}' is not a valid load balancer ARN`)
  const loadBalancer = world.elbv2.loadBalancers.get(arn)
  if (loadBalancer?.attributes.get('deletion_protection.enabled') === 'true') {
    throw new AwsError(
      'OperationNotPermitted',
      `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`,
    )
  }
  for (const listener of listenersOf(world.elbv2, arn)) {
    for (const rule of rulesOf(world.elbv2, listener.arn)) world.elbv2.rules.delete(rule.arn)
    world.elbv2.listeners.delete(listener.arn)
  }
  world.elbv2.loadBalancers.delete(arn)
  return {}
}

export const setSecurityGroups: Operation<SetSecurityGroupsCommandInput, SetSecurityGroupsCommandOutput> = (
  world,
  input,
) => {
  const loadBalancer = findLoadBalancer(world, input.LoadBalancerArn)
  const groups = input.SecurityGroups ?? []
  if (loadBalancer.type === 'network' && (loadBalancer.securityGroups.length === 0) !== (groups.length === 0)) {
    throw new AwsError(
      'InvalidConfigurationRequest',
      'You cannot add security groups to a network load balancer that was created without them, nor remove them all',
    )
  }
  if (groups.length === 0 && loadBalancer.type === 'application') {
    throw validationError('At least one security group must be specified')
  }
  requireSecurityGroups(world, loadBalancer.vpcId, groups)
  requireOneOf(
    'enforceSecurityGroupInboundRulesOnPrivateLinkTraffic',
    input.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic,
    ['on', 'off'],
  )
  loadBalancer.securityGroups = groups
  loadBalancer.enforcePrivateLinkRules =
    input.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic ?? loadBalancer.enforcePrivateLinkRules
  return {
    SecurityGroupIds: groups,
    EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: loadBalancer.enforcePrivateLinkRules,
  }
}

export const setSubnets: Operation<SetSubnetsCommandInput, SetSubnetsCommandOutput> = (world, input) => {
  const loadBalancer = findLoadBalancer(world, input.LoadBalancerArn)
  const ipAddressType = acceptIpAddressType(loadBalancer.type, input.IpAddressType ?? loadBalancer.ipAddressType)
  const { vpcId, zones } = placeInSubnets(world, loadBalancer.type, input)
  if (vpcId !== loadBalancer.vpcId) {
    throw new AwsError('InvalidSubnet', 'One or more subnets are not in the VPC of the load balancer')
  }
  loadBalancer.zones = zones
  loadBalancer.ipAddressType = ipAddressType
  return { AvailabilityZones: zones, IpAddressType: ipAddressType }
}

export const setIpAddressType: Operation<SetIpAddressTypeCommandInput, SetIpAddressTypeCommandOutput> = (
  world,
  input,
) => {
  const loadBalancer = findLoadBalancer(world, input.LoadBalancerArn)
  loadBalancer.ipAddressType = acceptIpAddressType(loadBalancer.type, input.IpAddressType)
  return { IpAddressType: loadBalancer.ipAddressType }
}
