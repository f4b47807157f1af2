import type {
  DeregisterTargetsCommandInput,
  DeregisterTargetsCommandOutput,
  DescribeTargetHealthCommandInput,
  DescribeTargetHealthCommandOutput,
  RegisterTargetsCommandInput,
  RegisterTargetsCommandOutput,
  TargetDescription,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { isIPv4, isIPv6 } from 'node:net'
import { AwsError } from '../errors.ts'
import type { Operation } from '../operation.ts'
import type { World } from '../world.ts'
import { findTargetGroup } from './find.ts'
import { acceptInstance } from './instance-targets.ts'
import { requireRange, validationError } from './invalid.ts'
import { limits } from './limits.ts'
import { targetKey, type Target, type TargetGroup } from './state.ts'
import { describeHealth, notRegistered, registering, usedBy } from './target-health.ts'
import { isPrivate, subnetOf } from './vpc.ts'

/** All or nothing. A target that is there already stays as it is; one that drains starts again as a new registration. */
export const registerTargets: Operation<RegisterTargetsCommandInput, RegisterTargetsCommandOutput> = (world, input) => {
  const group = findTargetGroup(world, input.TargetGroupArn)
  const accepted = requireSome(input.Targets).map((given) => accept(world, group, given))
  const fresh = accepted.filter(
    (target) => (group.targets.get(targetKey(target))?.health.state ?? 'draining') === 'draining',
  )
  const max = limits['targets-per-application-load-balancer']
  if (new Set([...group.targets.keys(), ...fresh.map(targetKey)]).size > max) {
    throw new AwsError(
      'TooManyTargets',
      `The maximum number of targets per target group, '${max}', has been reached on target group '${group.arn}'`,
    )
  }
  for (const target of fresh) {
    // Deleted first, so that the new registration is the last in order.
    group.targets.delete(targetKey(target))
    group.targets.set(targetKey(target), target)
  }
  return {}
}

function requireSome(targets: TargetDescription[] | undefined): TargetDescription[] {
  if (!targets?.length) throw validationError('At least one target must be specified')
  return targets
}

function accept(world: World, group: TargetGroup, given: TargetDescription): Target {
  requireRange('targets.member.port', given.Port, 1, 65535)
  const id = given.Id ?? ''
  const port = group.targetType === 'lambda' ? undefined : (given.Port ?? group.port)
  const common = { id, port, health: registering }
  if (group.targetType === 'ip') return { ...common, ...acceptIp(world, group, id, given.AvailabilityZone) }
  if (given.AvailabilityZone !== undefined && group.targetType !== 'lambda') {
    throw validationError(
      `An Availability Zone cannot be specified for target groups with target type '${group.targetType}'`,
    )
  }
  if (group.targetType === 'instance') return { ...common, ...acceptInstance(world, group, id) }
  if (!id.startsWith('arn:')) {
    throw new AwsError('InvalidTarget', `Target '${id}' is not a valid ARN`)
  }
  return common
}

function acceptIp(world: World, group: TargetGroup, ip: string, zone: string | undefined): Pick<Target, 'zone'> {
  if (group.ipAddressType === 'ipv6' ? !isIPv6(ip) : !isIPv4(ip)) {
    throw validationError(
      `The IP address '${ip}' is not a valid ${group.ipAddressType === 'ipv6' ? 'IPv6' : 'IPv4'} address`,
    )
  }
  const detectedZone = subnetOf(world, group.vpcId, ip)?.AvailabilityZone
  if (detectedZone !== undefined) {
    if (zone === undefined || zone === detectedZone) return { zone: detectedZone }
    throw validationError(
      `The IP address '${ip}' is within the VPC, and cannot have its Availability Zone overridden to '${zone}' from '${detectedZone}'`,
    )
  }
  if (!isPrivate(ip) && isIPv4(ip)) {
    throw validationError(`The IP address '${ip}' is not within the VPC, the RFC 1918 range or the RFC 6598 range`)
  }
  if (zone === undefined) {
    throw validationError(`The Availability Zone is required for IP address '${ip}' because it is not in the VPC`)
  }
  return { zone }
}

/** Succeeds for targets that are not registered (measured on AWS with the load-balancer controller). */
export const deregisterTargets: Operation<DeregisterTargetsCommandInput, DeregisterTargetsCommandOutput> = (
  world,
  input,
) => {
  const group = findTargetGroup(world, input.TargetGroupArn)
  for (const given of requireSome(input.Targets)) {
    const target = find(group, given)
    if (target && target.health.state !== 'draining') deregister(world, group, target)
  }
  return {}
}

function find(group: TargetGroup, given: TargetDescription): Target | undefined {
  return group.targets.get(
    targetKey({ id: given.Id ?? '', port: group.targetType === 'lambda' ? undefined : (given.Port ?? group.port) }),
  )
}

/** A target that no load balancer uses is gone at once; any other drains for the whole delay, also when it has nothing left to do. */
function deregister(world: World, group: TargetGroup, target: Target): void {
  const remove = () => {
    // Registered again in the meantime: that is another registration.
    if (group.targets.get(targetKey(target)) === target) group.targets.delete(targetKey(target))
  }
  const delaySeconds = Number(group.attributes.get('deregistration_delay.timeout_seconds') ?? 0)
  if (!usedBy(world, group, target) || delaySeconds === 0) return remove()
  target.health = { state: 'draining' }
  world.clock.after(delaySeconds, () => {
    remove()
    world.events.emit('changed')
  })
}

export const describeTargetHealth: Operation<DescribeTargetHealthCommandInput, DescribeTargetHealthCommandOutput> = (
  world,
  input,
) => {
  const group = findTargetGroup(world, input.TargetGroupArn)
  const anomalies = input.Include?.some((include) => include === 'AnomalyDetection' || include === 'All') ?? false
  if (!input.Targets?.length) {
    return {
      TargetHealthDescriptions: [...group.targets.values()].map((target) => describe(world, group, target, anomalies)),
    }
  }
  const TargetHealthDescriptions = input.Targets.map((given) => {
    const target = find(group, given)
    if (target) return describe(world, group, target, anomalies)
    return { Target: { Id: given.Id, Port: given.Port ?? group.port }, TargetHealth: notRegistered }
  })
  return { TargetHealthDescriptions }
}

function describe(world: World, group: TargetGroup, target: Target, anomalies: boolean): TargetHealthDescription {
  const { port } = group.healthCheck
  // AWS names the zone of addresses alone.
  const zone = group.targetType === 'instance' ? undefined : target.zone
  return {
    Target: { Id: target.id, Port: target.port, ...(zone === undefined ? {} : { AvailabilityZone: zone }) },
    ...(target.port === undefined ? {} : { HealthCheckPort: port === 'traffic-port' ? String(target.port) : port }),
    TargetHealth: describeHealth(world, group, target),
    ...(anomalies ? { AnomalyDetection: { Result: 'normal', MitigationInEffect: 'no' } as const } : {}),
  }
}
