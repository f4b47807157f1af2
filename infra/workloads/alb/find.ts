import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type Action,
  type Rule,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Aws } from '../../aws/clients.ts'
import { sourcesNotAdmitted } from '../../aws/security-groups.ts'
import type { Binding } from '../../kubernetes/reads.ts'
import type { Entry } from '../entry.ts'
import type { ClaimId, Surroundings } from '../kind.ts'
import { Refused } from '../refused.ts'
import { maxValuesPerRule, valueCount } from './conditions.ts'
import { switchPointOf, type AlbConfig } from './config.ts'
import type { FoundForward } from './forward.ts'
import type { AlbFound, FoundTargetGroup } from './found.ts'
import { describeSwitchPoint, isNotFound, rulesOf, switchPointFrom, tagsOf } from './describe.ts'
import { refuseWhatCannotMove } from './refusals.ts'

export async function find(config: AlbConfig & Entry, surroundings: Surroundings): Promise<AlbFound> {
  const { aws } = surroundings
  const switchPoint = switchPointOf(config)
  const described = await describeSwitchPoint(switchPoint, aws)
  if (!described)
    throw new Refused(switchPoint.type, `${switchPoint.arn} does not exist`, 'Check the ARN and the region.')

  const listenerArn = listenerArnOf(switchPoint.arn)
  const [listener, rules, targetGroup] = await Promise.all([
    readListener(listenerArn, aws),
    rulesOf(listenerArn, aws),
    readTargetGroup(config.blueTargetGroup, aws),
  ])
  const rule = rules.find(({ RuleArn }) => RuleArn === switchPoint.arn)
  if (rule?.IsDefault) {
    throw new Refused(
      'rule',
      'it is the default rule of a listener',
      `Name the listener instead: listener: ${listenerArn}`,
    )
  }
  const [loadBalancer, idleTimeoutSeconds, attributes, tags, blue, green] = await Promise.all([
    readLoadBalancer(listener.LoadBalancerArn ?? '', aws),
    readIdleTimeout(listener.LoadBalancerArn ?? '', aws),
    readAttributes(config.blueTargetGroup, aws),
    tagsOf([...new Set([switchPoint.arn, listenerArn, listener.LoadBalancerArn ?? '', config.blueTargetGroup])], aws),
    surroundings.blue.bindings(),
    surroundings.green.bindings(),
  ])
  const { actions } = described
  const bindings = { blue, green }
  refuseWhatCannotMove({
    config,
    field: switchPoint.type,
    actions,
    listener,
    loadBalancer,
    targetGroup,
    targetGroupAttributes: attributes,
    tags,
    bindings,
  })

  const testRoute = freePriority(listenerArn, rule, rules, (id) => surroundings.claimed(id))
  const securityGroups = loadBalancer.SecurityGroups ?? []
  const podIngress = await closedSources(config, securityGroups, surroundings)
  return {
    asFound: switchPointFrom(described, tags, switchPoint.arn),
    reserves: [
      ...('priority' in testRoute ? [priorityId(listenerArn, testRoute.priority)] : []),
      ...podIngress.map((source) => ingressId(config, source)),
    ],
    blueGroups: [
      { arn: config.blueTargetGroup, multiCluster: bindings.blue.every(multiClusterOn(config.blueTargetGroup)) },
    ],
    // ALBs balance across zones unless the target group says otherwise
    crossZone: attributes['load_balancing.cross_zone.enabled'] !== 'false',
    switchPoint,
    listener: { arn: listenerArn, port: listener.Port ?? 0, protocol: listener.Protocol ?? '' },
    loadBalancer: {
      arn: listener.LoadBalancerArn ?? '',
      dnsName: loadBalancer.DNSName ?? '',
      securityGroups,
      idleTimeoutSeconds,
    },
    rule: rule ? { priority: Number(rule.Priority), conditions: rule.Conditions ?? [] } : null,
    forward: forwardOf(actions),
    blueTargetGroup: foundTargetGroup(targetGroup, attributes),
    testRoute,
    podIngress,
  }
}

/** …:listener-rule/app/NAME/LB/LISTENER/RULE belongs to …:listener/app/NAME/LB/LISTENER */
const listenerArnOf = (arn: string): string =>
  arn.includes(':listener-rule/') ? arn.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '') : arn

async function readListener(arn: string, aws: Aws) {
  const answer = await aws.elbv2.send(new DescribeListenersCommand({ ListenerArns: [arn] }))
  const [listener] = answer.Listeners ?? []
  if (!listener) throw new Refused('listener', `${arn} does not exist`, 'Check the ARN and the region.')
  return listener
}

async function readTargetGroup(arn: string, aws: Aws): Promise<TargetGroup> {
  try {
    const answer = await aws.elbv2.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }))
    const [group] = answer.TargetGroups ?? []
    if (group) return group
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
  throw new Refused('blueTargetGroup', `${arn} does not exist`, 'Check the ARN and the region.')
}

async function readLoadBalancer(arn: string, aws: Aws) {
  const answer = await aws.elbv2.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }))
  return answer.LoadBalancers?.[0] ?? {}
}

async function readIdleTimeout(arn: string, aws: Aws): Promise<number> {
  const answer = await aws.elbv2.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn }))
  const found = answer.Attributes?.find(({ Key }) => Key === 'idle_timeout.timeout_seconds')
  return Number(found?.Value ?? 60)
}

async function readAttributes(targetGroup: string, aws: Aws): Promise<Record<string, string>> {
  const answer = await aws.elbv2.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: targetGroup }))
  return Object.fromEntries((answer.Attributes ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']))
}

function forwardOf([action]: readonly Action[]): FoundForward {
  const group = action?.ForwardConfig?.TargetGroups?.[0]
  return {
    order: action?.Order ?? null,
    weight: group?.Weight ?? 1,
    stickinessSeconds: action?.ForwardConfig?.TargetGroupStickinessConfig?.DurationSeconds ?? null,
  }
}

function foundTargetGroup(group: TargetGroup, attributes: Readonly<Record<string, string>>): FoundTargetGroup {
  return {
    arn: group.TargetGroupArn ?? '',
    vpcId: group.VpcId ?? '',
    port: group.Port ?? 0,
    protocol: group.Protocol ?? 'HTTP',
    protocolVersion: group.ProtocolVersion ?? 'HTTP1',
    ipAddressType: group.IpAddressType ?? 'ipv4',
    healthCheck: {
      path: group.HealthCheckPath ?? null,
      port: group.HealthCheckPort ?? 'traffic-port',
      protocol: group.HealthCheckProtocol ?? 'HTTP',
      matcher: group.Matcher?.HttpCode ?? group.Matcher?.GrpcCode ?? null,
      intervalSeconds: group.HealthCheckIntervalSeconds ?? 30,
      timeoutSeconds: group.HealthCheckTimeoutSeconds ?? 5,
      healthyThreshold: group.HealthyThresholdCount ?? 5,
      unhealthyThreshold: group.UnhealthyThresholdCount ?? 2,
    },
    deregistrationDelaySeconds: Number(attributes['deregistration_delay.timeout_seconds'] ?? 300),
    slowStartSeconds: Number(attributes['slow_start.duration_seconds'] ?? 0),
    algorithm: attributes['load_balancing.algorithm.type'] ?? 'round_robin',
    crossZone: attributes['load_balancing.cross_zone.enabled'] ?? 'use_load_balancer_configuration',
  }
}

/**
 * The priority of the test route: just above the rule, so that it sees what the rule sees; for a default action the last
 * place before it. A rule at priority 1, or one with as many condition values as ALB allows, leaves no room.
 */
function freePriority(
  listenerArn: string,
  rule: Rule | undefined,
  rules: readonly Rule[],
  claimed: (id: ClaimId) => boolean,
): AlbFound['testRoute'] {
  if (rule && valueCount(rule.Conditions ?? []) >= maxValuesPerRule) {
    return { none: `the rule already has ${maxValuesPerRule} condition values, the most that a rule may have` }
  }
  const taken = new Set(rules.map(({ Priority }) => Number(Priority)))
  for (let priority = rule ? Number(rule.Priority) - 1 : 50_000; priority >= 1; priority -= 1) {
    if (!taken.has(priority) && !claimed(priorityId(listenerArn, priority))) return { priority }
  }
  return { none: `no priority above the rule's own (${rule?.Priority ?? 'default'}) is free` }
}

const multiClusterOn = (arn: string) => (binding: Binding) => binding.targetGroupArn !== arn || binding.multiCluster

const priorityId = (listenerArn: string, priority: number): ClaimId => `${listenerArn}#priority-${priority}`

const ingressId = ({ podIngress }: AlbConfig, source: string): ClaimId =>
  `${podIngress?.securityGroup}#tcp-${podIngress?.port}-from-${source}`

/** Security groups of the load balancer that still have to be let in to green's pods. */
async function closedSources(
  config: AlbConfig,
  sources: readonly string[],
  { aws, claimed }: Surroundings,
): Promise<readonly string[]> {
  if (!config.podIngress) return []
  const { securityGroup, port } = config.podIngress
  const closed = await sourcesNotAdmitted(securityGroup, port, sources, aws)
  if (!closed)
    throw new Refused('podIngress', `security group ${securityGroup} does not exist`, 'Check the id and the region.')
  const shared = closed.find((source) => claimed(ingressId(config, source)))
  if (shared === undefined) return closed
  const reason = `another workload is about to open port ${port} of ${securityGroup} for ${shared}`
  throw new Refused('podIngress', reason, 'Open it by hand for both, or wait until that workload has prepared green.')
}
