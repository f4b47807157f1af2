import type { Action, Rule } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { ClaimId } from '../kind.ts'
import { maxValuesPerRule, valueCount } from './conditions.ts'
import { switchPointFrom } from './describe.ts'
import type { FoundForward } from './forward.ts'
import { foundTargetGroup } from './found-target-group.ts'
import type { FoundSwitch } from './found.ts'
import { freePort, portId } from './free-port.ts'
import type { Survey } from './survey.ts'

/** The switch point and its surroundings as found. Pure; `claimed` says what another workload has. */
export function foundSwitch(survey: Survey, claimed: (id: ClaimId) => boolean): Omit<FoundSwitch, 'blueGroups'> {
  const { switchPoint, described, listener, rules, rule, loadBalancer, targetGroupAttributes: attributes } = survey
  const listenerArn = listener.ListenerArn ?? ''
  const testRoute = survey.network
    ? freePort(survey, survey.network, claimed)
    : freePriority(listenerArn, rule, rules, claimed)
  return {
    asFound: switchPointFrom(described, survey.tags, switchPoint.arn),
    reserves: reservedFor(testRoute, listener),
    crossZone: crossZoneOf(survey),
    switchPoint,
    listener: { arn: listenerArn, port: listener.Port ?? 0, protocol: listener.Protocol ?? '' },
    loadBalancer: {
      type: survey.network ? 'network' : 'application',
      arn: listener.LoadBalancerArn ?? '',
      dnsName: loadBalancer.DNSName ?? '',
      securityGroups: loadBalancer.SecurityGroups ?? [],
      idleTimeoutSeconds: survey.idleTimeoutSeconds,
    },
    rule: rule ? { priority: Number(rule.Priority), conditions: rule.Conditions ?? [] } : null,
    forward: forwardOf(described.actions, survey.network === null),
    blueTargetGroup: foundTargetGroup(survey.targetGroup, attributes),
    testRoute,
  }
}

function reservedFor(testRoute: FoundSwitch['testRoute'], listener: Survey['listener']): readonly ClaimId[] {
  if ('priority' in testRoute) return [priorityId(listener.ListenerArn ?? '', testRoute.priority)]
  return 'port' in testRoute ? [portId(listener.LoadBalancerArn ?? '', testRoute.port)] : []
}

/** The target group's own word counts, where it has one. */
function crossZoneOf({ targetGroupAttributes, crossZone }: Survey): boolean {
  const own = targetGroupAttributes['load_balancing.cross_zone.enabled']
  return own === 'true' || own === 'false' ? own === 'true' : crossZone
}

function forwardOf([action]: readonly Action[], stickable: boolean): FoundForward {
  const group = action?.ForwardConfig?.TargetGroups?.[0]
  return {
    order: action?.Order ?? null,
    weight: group?.Weight ?? 1,
    stickinessSeconds: action?.ForwardConfig?.TargetGroupStickinessConfig?.DurationSeconds ?? null,
    stickable,
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
