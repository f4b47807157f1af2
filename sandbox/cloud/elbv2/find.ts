import { AwsError } from '../errors.ts'
import type { World } from '../world.ts'
import { resourceKind, type ResourceKind } from './arns.ts'
import { validationError } from './invalid.ts'
import type { Elbv2State, Listener, LoadBalancer, Rule, TargetGroup } from './state.ts'

interface Found {
  loadbalancer: LoadBalancer
  listener: Listener
  'listener-rule': Rule
  targetgroup: TargetGroup
}

/** How each kind of resource is called in AWS's sentences, and where it is kept. */
const kinds: {
  [Kind in ResourceKind]: { noun: string; code: string; all: (state: Elbv2State) => Map<string, Found[Kind]> }
} = {
  loadbalancer: { noun: 'load balancer', code: 'LoadBalancerNotFound', all: (state) => state.loadBalancers },
  listener: { noun: 'listener', code: 'ListenerNotFound', all: (state) => state.listeners },
  'listener-rule': { noun: 'listener rule', code: 'RuleNotFound', all: (state) => state.rules },
  targetgroup: { noun: 'target group', code: 'TargetGroupNotFound', all: (state) => state.targetGroups },
}

function findIn<Kind extends ResourceKind>(
  world: World,
  kind: Kind,
  arn: string | undefined,
  missing: string,
): Found[Kind] {
  const { noun, code, all } = kinds[kind]
  if (arn === undefined || resourceKind(arn) !== kind) {
    throw validationError(`'${arn ?? ''}' is not a valid ${noun} ARN`)
  }
  const found = all(world.elbv2).get(arn)
  if (!found) throw new AwsError(code, missing)
  return found
}

export const findLoadBalancer = (world: World, arn: string | undefined) =>
  findIn(world, 'loadbalancer', arn, `Load balancer '${arn}' not found`)

export const findListener = (world: World, arn: string | undefined) =>
  findIn(world, 'listener', arn, 'One or more listeners not found')

export const findRule = (world: World, arn: string | undefined) =>
  findIn(world, 'listener-rule', arn, 'One or more rules not found')

export const findTargetGroup = (world: World, arn: string | undefined) =>
  findIn(world, 'targetgroup', arn, 'One or more target groups not found')

/** The group that an action names: AWS words this refusal otherwise than that of a call about the group. */
export const findActionGroup = (world: World, arn: string | undefined) =>
  findIn(world, 'targetgroup', arn, `Target groups '${arn}' not found`)

/** Any of the four kinds, for tags. */
export function findResource(world: World, arn: string): Found[ResourceKind] {
  const kind = resourceKind(arn)
  if (!kind) throw validationError(`'${arn}' is not a valid resource ARN`)
  return findIn(world, kind, arn, `One or more ${kinds[kind].noun.replace('listener ', '')}s not found`)
}

export function findLoadBalancers(
  world: World,
  arns: string[] | undefined,
  names: string[] | undefined,
): LoadBalancer[] {
  if (arns?.length && names?.length) {
    throw validationError('Load balancer names and load balancer ARNs cannot be specified at the same time')
  }
  if (arns?.length) return arns.map((arn) => findIn(world, 'loadbalancer', arn, 'One or more load balancers not found'))
  return byName([...world.elbv2.loadBalancers.values()], names, kinds.loadbalancer.code, 'Load balancers')
}

export function findTargetGroups(world: World, arns: string[] | undefined, names: string[] | undefined): TargetGroup[] {
  if (arns?.length && names?.length) {
    throw validationError('Target group names and target group ARNs cannot be specified at the same time')
  }
  if (arns?.length) return arns.map((arn) => findTargetGroup(world, arn))
  return byName([...world.elbv2.targetGroups.values()], names, kinds.targetgroup.code, 'Target groups')
}

function byName<Item extends { name: string }>(
  all: Item[],
  names: string[] | undefined,
  code: string,
  plural: string,
): Item[] {
  if (!names?.length) return all
  const missing = names.filter((name) => !all.some((item) => item.name === name))
  if (missing.length > 0) throw new AwsError(code, `${plural} '[${missing.join(', ')}]' not found`)
  return all.filter((item) => names.includes(item.name))
}
