import type { Action, Rule, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { ClaimId } from '../kind.ts'
import { maxValuesPerRule, valueCount } from './conditions.ts'
import { switchPointFrom } from './describe.ts'
import type { FoundForward } from './forward.ts'
import type { FoundSwitch, FoundTargetGroup } from './found.ts'
import type { Survey } from './survey.ts'

/** The switch point and its surroundings as found. Pure; `claimed` says what another workload has. */
export function foundSwitch(survey: Survey, claimed: (id: ClaimId) => boolean): Omit<FoundSwitch, 'blueGroups'> {
  const { switchPoint, described, listener, rules, rule, loadBalancer, targetGroupAttributes: attributes } = survey
  const listenerArn = listener.ListenerArn ?? ''
  const testRoute = freePriority(listenerArn, rule, rules, claimed)
  return {
    asFound: switchPointFrom(described, survey.tags, switchPoint.arn),
    reserves: 'priority' in testRoute ? [priorityId(listenerArn, testRoute.priority)] : [],
    // ALBs balance across zones unless the target group says otherwise
    crossZone: attributes['load_balancing.cross_zone.enabled'] !== 'false',
    switchPoint,
    listener: { arn: listenerArn, port: listener.Port ?? 0, protocol: listener.Protocol ?? '' },
    loadBalancer: {
      arn: listener.LoadBalancerArn ?? '',
      dnsName: loadBalancer.DNSName ?? '',
      securityGroups: loadBalancer.SecurityGroups ?? [],
      idleTimeoutSeconds: survey.idleTimeoutSeconds,
    },
    rule: rule ? { priority: Number(rule.Priority), conditions: rule.Conditions ?? [] } : null,
    forward: forwardOf(described.actions),
    blueTargetGroup: foundTargetGroup(survey.targetGroup, attributes),
    testRoute,
  }
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
): FoundSwitch['testRoute'] {
  if (rule && valueCount(rule.Conditions ?? []) >= maxValuesPerRule) {
    return { none: `the rule already has ${maxValuesPerRule} condition values, the most that a rule may have` }
  }
  const taken = new Set(rules.map(({ Priority }) => Number(Priority)))
  for (let priority = rule ? Number(rule.Priority) - 1 : 50_000; priority >= 1; priority -= 1) {
    if (!taken.has(priority) && !claimed(priorityId(listenerArn, priority))) return { priority }
  }
  return { none: `no priority above the rule's own (${rule?.Priority ?? 'default'}) is free` }
}

const priorityId = (listenerArn: string, priority: number): ClaimId => `${listenerArn}#priority-${priority}`
