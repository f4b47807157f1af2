import { autoScalingGroupArn, ourTargetGroupsArn } from '../../policies/arns.ts'
import { readBindings, readEndpoints, readService } from '../../policies/cluster-rights.ts'
import type { Condition, Grant, Policy, PolicyScope } from '../../policies/grant.ts'
import { afterDeath } from '../../policies/ours.ts'
import { switchPointOf } from '../elbv2/config.ts'
import { counterGrants, ingressGrants, isNetwork, switchGrants, together, type Grants } from '../elbv2/policy.ts'
import { strategyOf, type NodePortConfig } from './config.ts'

export function policy(config: NodePortConfig, scope: PolicyScope): Policy {
  const { arn } = switchPointOf(config)
  const shared = strategyOf(config) === 'shared'
  const { namespace } = config.service
  return {
    ...together(
      switchGrants(config, scope, { held: shared }),
      ingressGrants(arn, config.greenNodes ? (config.greenNodes.securityGroup ?? null) : null, scope),
      shared ? sharedNodes(arn, config, scope) : weightedNodes(arn, config, scope),
      { service: shared ? [] : [reading(['ec2:DescribeInstances'], zonesApart)], plugins: [] },
      { service: [...(shared ? [] : counterGrants(arn)), ...(isNetwork(arn) ? [readingSubnets] : [])], plugins: [] },
    ),
    clusters: {
      blue: [readBindings],
      green: [readBindings, readService(namespace), readEndpoints(namespace)],
    },
  }
}

/** AWS knows no resources of any Describe of Auto Scaling or of EC2. */
const reading = (actions: readonly string[], seldom?: string): Grant => ({
  sid: 'ReadNodes',
  actions,
  resources: ['*'],
  ...(seldom !== undefined && { seldom }),
})

const readingGroups = reading(['autoscaling:DescribeAutoScalingGroups'])

const zonesApart = 'cross-zone balancing is off, so that zones count'
const byTrafficSource = "blue's auto-scaling groups were attached as traffic sources, which an entry does not say"

/** Where the addresses of a network load balancer come from. */
const readingSubnets = reading(['ec2:DescribeSubnets'])

const calls = {
  attach: 'autoscaling:AttachLoadBalancerTargetGroups',
  detach: 'autoscaling:DetachLoadBalancerTargetGroups',
}

/** Nodes come into these target groups and go from them, and no others. */
const only = (...arns: readonly string[]): Condition => ({
  'ForAllValues:StringLike': { 'autoscaling:TargetGroupARNs': arns },
})

const groupArns = (arn: string, { greenNodes }: NodePortConfig, { greenGroups }: PolicyScope): string[] =>
  (greenNodes?.autoScalingGroups ?? greenGroups).map((name) => autoScalingGroupArn(arn, name))

/** Green's nodes in green's group. */
function weightedNodes(arn: string, config: NodePortConfig, scope: PolicyScope): Grants {
  const resources = groupArns(arn, config, scope)
  const condition = only(ourTargetGroupsArn(arn))
  const detaches: Grant = { sid: 'MoveNodes', actions: [calls.detach], resources, condition }
  return {
    service: [readingGroups, { ...detaches, seldom: afterDeath }],
    plugins: [readingGroups, { sid: 'MoveNodes', actions: [calls.attach, calls.detach], resources, condition }],
  }
}

/**
 * The nodes of both in blue's group. Blue's auto-scaling groups are known once they are found: the condition says into what. What the
 * plugin attaches it never detaches.
 */
function sharedNodes(arn: string, config: NodePortConfig, scope: PolicyScope): Grants {
  const weighted = weightedNodes(arn, config, scope)
  const { blueTargetGroup } = config
  const shares: Omit<Grant, 'actions'> = {
    sid: 'ShareNodes',
    resources: [autoScalingGroupArn(arn, '*')],
    condition: only(blueTargetGroup),
  }
  return {
    service: [
      ...weighted.service,
      reading(['autoscaling:DescribeLoadBalancerTargetGroups']),
      reading(['autoscaling:DescribeTrafficSources'], byTrafficSource),
      { ...shares, actions: [calls.attach, calls.detach] },
      {
        ...shares,
        actions: ['autoscaling:AttachTrafficSources', 'autoscaling:DetachTrafficSources'],
        condition: { 'ForAllValues:StringEquals': { 'autoscaling:TrafficSourceIdentifiers': [blueTargetGroup] } },
        seldom: byTrafficSource,
      },
    ],
    plugins: [...weighted.plugins, { ...shares, actions: [calls.attach], resources: groupArns(arn, config, scope) }],
  }
}
