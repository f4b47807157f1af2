import type {
  AttachLoadBalancerTargetGroupsCommandInput,
  AttachLoadBalancerTargetGroupsCommandOutput,
  AttachTrafficSourcesCommandInput,
  AttachTrafficSourcesCommandOutput,
  DescribeLoadBalancerTargetGroupsCommandInput,
  DescribeLoadBalancerTargetGroupsCommandOutput,
  DescribeTrafficSourcesCommandInput,
  DescribeTrafficSourcesCommandOutput,
  DetachLoadBalancerTargetGroupsCommandInput,
  DetachLoadBalancerTargetGroupsCommandOutput,
  DetachTrafficSourcesCommandInput,
  DetachTrafficSourcesCommandOutput,
  TrafficSourceIdentifier,
} from '@aws-sdk/client-auto-scaling'
import { validationError } from '../elbv2/invalid.ts'
import type { Operation, Operations } from '../operation.ts'
import type { World } from '../world.ts'
import { findGroup, page } from './find.ts'
import type { Group, Source } from './state.ts'

/** How many one call may change. */
const atOnce = 10

function requireFew(arns: readonly string[]): void {
  if (arns.length <= atOnce) return
  throw validationError(`Trying to update too many Load Balancers/Target Groups at once. The limit is ${atOnce}`)
}

export const attachedAs = ({ sources }: Group, how: Source['attachedAs']): Source[] =>
  [...sources.values()].filter((source) => source.attachedAs === how)

/** Instance target groups of the same VPC. What is attached stays as it is; one that is being detached comes back. */
export function attach(world: World, group: Group, arns: readonly string[], how: Source['attachedAs']): void {
  requireFew(arns)
  const vpcId = world.ec2.subnets.get(group.subnetIds[0] ?? '')?.VpcId
  const usable = arns.every((arn) => {
    const targetGroup = world.elbv2.targetGroups.get(arn)
    return targetGroup?.targetType === 'instance' && targetGroup.vpcId === vpcId
  })
  if (!usable) {
    throw validationError('Provided Target Groups may not be valid. Please ensure they exist and try again.')
  }
  for (const arn of arns) {
    if ((group.sources.get(arn)?.state ?? 'Removing') === 'Removing') {
      group.sources.set(arn, { arn, attachedAs: how, state: 'Adding' })
    }
  }
}

function detach(group: Group, arns: readonly string[], missing: string, detachable: readonly Source[]): void {
  requireFew(arns)
  const found = arns.map((arn) => detachable.find((source) => source.arn === arn))
  if (found.some((source) => source === undefined)) throw validationError(missing)
  for (const source of found) if (source) source.state = 'Removing'
}

const identifiers = (sources: TrafficSourceIdentifier[] = []): string[] => {
  const other = sources.find(({ Type = 'elbv2' }) => Type !== 'elbv2')
  if (other) throw validationError(`The traffic source type ${other.Type} is not served by the sandbox`)
  return sources.map(({ Identifier = '' }) => Identifier)
}

const attachTargetGroups: Operation<
  AttachLoadBalancerTargetGroupsCommandInput,
  AttachLoadBalancerTargetGroupsCommandOutput
> = (world, input) => {
  attach(world, findGroup(world, input.AutoScalingGroupName), input.TargetGroupARNs ?? [], 'target-group')
  return {}
}

const detachTargetGroups: Operation<
  DetachLoadBalancerTargetGroupsCommandInput,
  DetachLoadBalancerTargetGroupsCommandOutput
> = (world, input) => {
  const group = findGroup(world, input.AutoScalingGroupName)
  const missing = 'Trying to remove Target Groups that are not part of the group'
  detach(group, input.TargetGroupARNs ?? [], missing, attachedAs(group, 'target-group'))
  return {}
}

const describeTargetGroups: Operation<
  DescribeLoadBalancerTargetGroupsCommandInput,
  DescribeLoadBalancerTargetGroupsCommandOutput
> = (world, input) => {
  const group = findGroup(world, input.AutoScalingGroupName)
  const { items, NextToken } = page(attachedAs(group, 'target-group'), input, 100)
  const LoadBalancerTargetGroups = items.map(({ arn, state }) => ({ LoadBalancerTargetGroupARN: arn, State: state }))
  return { LoadBalancerTargetGroups, NextToken }
}

const attachTrafficSources: Operation<AttachTrafficSourcesCommandInput, AttachTrafficSourcesCommandOutput> = (
  world,
  input,
) => {
  attach(world, findGroup(world, input.AutoScalingGroupName), identifiers(input.TrafficSources), 'traffic-source')
  return {}
}

const detachTrafficSources: Operation<DetachTrafficSourcesCommandInput, DetachTrafficSourcesCommandOutput> = (
  world,
  input,
) => {
  const group = findGroup(world, input.AutoScalingGroupName)
  const missing = 'Trying to remove Traffic Sources that are not part of the group'
  detach(group, identifiers(input.TrafficSources), missing, [...group.sources.values()])
  return {}
}

/** Those that the calls of target groups attached are among them. */
const describeTrafficSources: Operation<DescribeTrafficSourcesCommandInput, DescribeTrafficSourcesCommandOutput> = (
  world,
  input,
) => {
  const { sources } = findGroup(world, input.AutoScalingGroupName)
  const asked = input.TrafficSourceType === undefined || input.TrafficSourceType === 'elbv2'
  const { items, NextToken } = page(asked ? [...sources.values()] : [], input, 50)
  const TrafficSources = items.map(({ arn, state }) => ({
    TrafficSource: arn,
    Identifier: arn,
    State: state,
    Type: 'elbv2',
  }))
  return { TrafficSources, NextToken }
}

export const trafficSourceOperations: Operations = {
  AttachLoadBalancerTargetGroups: attachTargetGroups,
  AttachTrafficSources: attachTrafficSources,
  DescribeLoadBalancerTargetGroups: describeTargetGroups,
  DescribeTrafficSources: describeTrafficSources,
  DetachLoadBalancerTargetGroups: detachTargetGroups,
  DetachTrafficSources: detachTrafficSources,
}
