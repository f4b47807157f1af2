import type {
  CreateTargetGroupCommandInput,
  CreateTargetGroupCommandOutput,
  DeleteTargetGroupCommandInput,
  DeleteTargetGroupCommandOutput,
  DescribeTargetGroupsCommandInput,
  DescribeTargetGroupsCommandOutput,
  ModifyTargetGroupCommandInput,
  ModifyTargetGroupCommandOutput,
  TargetGroup as Described,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { isDeepStrictEqual } from 'node:util'
import { AwsError } from '../errors.ts'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { resourceKind, targetGroupArn } from './arns.ts'
import { defaultsOf, targetGroupAttributes } from './attributes.ts'
import { findLoadBalancer, findTargetGroup, findTargetGroups } from './find.ts'
import { acceptHealthCheck } from './health-check.ts'
import { requireName, requireOneOf, requireRange, validationError } from './invalid.ts'
import { limits } from './limits.ts'
import { page, requireAtMost } from './pages.ts'
import { loadBalancerOf } from './references.ts'
import type { TargetGroup } from './state.ts'
import { acceptTags } from './tags.ts'

export const createTargetGroup: Operation<CreateTargetGroupCommandInput, CreateTargetGroupCommandOutput> = (
  world,
  input,
) => {
  const group = accept(world, input)
  const namesake = [...world.elbv2.targetGroups.values()].find(({ name }) => name === group.name)
  if (namesake) return { TargetGroups: [describe(world, requireSame(namesake, group))] }
  if (world.elbv2.targetGroups.size >= limits['target-groups']) {
    throw new AwsError(
      'TooManyTargetGroups',
      `The maximum number of target groups, '${limits['target-groups']}', has been reached`,
    )
  }
  world.elbv2.targetGroups.set(group.arn, group)
  return { TargetGroups: [describe(world, group)] }
}

function accept(world: World, input: CreateTargetGroupCommandInput): TargetGroup {
  const name = input.Name ?? ''
  requireName('Target group', name)
  requireOneOf('targetType', input.TargetType, ['instance', 'ip', 'lambda', 'alb'])
  requireOneOf('protocol', input.Protocol, ['HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP'])
  requireOneOf('ipAddressType', input.IpAddressType, ['ipv4', 'ipv6'])
  const targetType = input.TargetType ?? 'instance'
  const place = targetType === 'lambda' ? {} : acceptPlace(world, input)
  return {
    arn: targetGroupArn(world, name),
    name,
    targetType,
    ...place,
    healthCheck: acceptHealthCheck(input, { targetType, ...place }),
    attributes: defaultsOf(targetGroupAttributes({ targetType, protocol: input.Protocol })),
    tags: acceptTags(input.Tags),
    targets: new Map(),
  }
}

type Place = Pick<TargetGroup, 'protocol' | 'port' | 'vpcId' | 'protocolVersion' | 'ipAddressType'>

function acceptPlace(world: World, input: CreateTargetGroupCommandInput): Place {
  const { Protocol: protocol, Port: port, VpcId: vpcId } = input
  if (!protocol) throw validationError('A protocol must be specified')
  if (port === undefined) throw validationError('A port must be specified')
  requireRange('port', port, 1, 65535)
  if (!vpcId) throw validationError('A VPC ID must be specified')
  if (!world.ec2.vpcs.has(vpcId)) throw validationError(`The VPC ID '${vpcId}' is not found`)
  const http = protocol === 'HTTP' || protocol === 'HTTPS'
  if (!http && input.ProtocolVersion) {
    throw new AwsError(
      'InvalidConfigurationRequest',
      `Protocol version cannot be specified for target groups with protocol '${protocol}'`,
    )
  }
  // Terraform sends an empty one for none.
  requireOneOf('protocolVersion', input.ProtocolVersion || undefined, ['HTTP1', 'HTTP2', 'GRPC'])
  const protocolVersion = http ? input.ProtocolVersion || 'HTTP1' : undefined
  return { protocol, port, vpcId, protocolVersion, ipAddressType: input.IpAddressType ?? 'ipv4' }
}

/** AWS creates nothing and answers with the old one when a second creation asks for the very same. */
function requireSame(existing: TargetGroup, wanted: TargetGroup): TargetGroup {
  const settings = ({ arn: _arn, targets: _targets, attributes: _attributes, ...rest }: TargetGroup) => rest
  if (isDeepStrictEqual(settings(existing), settings(wanted))) return existing
  throw new AwsError(
    'DuplicateTargetGroupName',
    `A target group with the same name '${wanted.name}' exists, but with different settings`,
  )
}

export const describeTargetGroups: Operation<DescribeTargetGroupsCommandInput, DescribeTargetGroupsCommandOutput> = (
  world,
  input,
) => {
  requireAtMost('targetGroupArns', input.TargetGroupArns, 20)
  const loadBalancer = input.LoadBalancerArn === undefined ? undefined : findLoadBalancer(world, input.LoadBalancerArn)
  const found = findTargetGroups(world, input.TargetGroupArns, input.Names)
  const wanted = found.filter((group) => !loadBalancer || loadBalancerOf(world.elbv2, group.arn) === loadBalancer)
  const { items, NextMarker } = page(wanted, input)
  return { TargetGroups: items.map((group) => describe(world, group)), NextMarker }
}

function describe(world: World, group: TargetGroup): Described {
  const { healthCheck } = group
  const loadBalancer = loadBalancerOf(world.elbv2, group.arn)
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    Protocol: group.protocol,
    Port: group.port,
    VpcId: group.vpcId,
    HealthCheckProtocol: healthCheck.protocol,
    HealthCheckPort: healthCheck.port,
    HealthCheckEnabled: healthCheck.enabled,
    HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
    HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    HealthCheckPath: healthCheck.path,
    Matcher: healthCheck.matcher,
    LoadBalancerArns: loadBalancer ? [loadBalancer.arn] : [],
    TargetType: group.targetType,
    ProtocolVersion: group.protocolVersion,
    IpAddressType: group.ipAddressType,
  }
}

/** Only the health check can be changed. */
export const modifyTargetGroup: Operation<ModifyTargetGroupCommandInput, ModifyTargetGroupCommandOutput> = (
  world,
  input,
) => {
  const group = findTargetGroup(world, input.TargetGroupArn)
  Object.assign(group.healthCheck, acceptHealthCheck(input, group, group.healthCheck))
  return { TargetGroups: [describe(world, group)] }
}

/** A group that is not there counts as deleted. Its targets need not be deregistered first. */
export const deleteTargetGroup: Operation<DeleteTargetGroupCommandInput, DeleteTargetGroupCommandOutput> = (
  world,
  input,
) => {
  const arn = input.TargetGroupArn ?? ''
  if (resourceKind(arn) !== 'targetgroup') throw validationError(`'${arn}' is not a valid target group ARN`)
  if (loadBalancerOf(world.elbv2, arn)) {
    throw new AwsError('ResourceInUse', `Target group '${arn}' is currently in use by a listener or a rule`)
  }
  world.elbv2.targetGroups.delete(arn)
  return {}
}
