import { Refused } from '../refused.ts'
import { weightsOf } from './observe.ts'
import type { Survey } from './survey.ts'

/** Field of the entry, reason and way out of a refusal; null: nothing stands against it. */
export type Refusal = readonly [field: string, reason: string, wayOut: string] | null

/** Throws Refused for the first reason that applies. */
export function refuseByFirst<Surveyed>(
  checks: readonly ((surveyed: Surveyed) => Refusal)[],
  surveyed: Surveyed,
): void {
  for (const check of checks) {
    const refusal = check(surveyed)
    if (refusal) throw new Refused(...refusal)
  }
}

export function ownedByController({ tags, switchPoint: { type: field } }: Survey): Refusal {
  const marks = ['elbv2.k8s.aws/cluster', 'ingress.k8s.aws/', 'service.k8s.aws/']
  for (const [arn, ofArn] of tags) {
    const tag = Object.keys(ofArn).find((key) => marks.some((mark) => key.startsWith(mark)))
    if (!tag) continue
    const reason = `${arn} was made by a load-balancer controller (tag ${tag}), which would set it back`
    return [
      field,
      reason,
      'Move the route to a load balancer that no Ingress or Service owns, then name its rule here.',
    ]
  }
  return null
}

export function ownedByCloudFormation({ tags, switchPoint: { type: field }, config }: Survey): Refusal {
  if (config.managedElsewhere === 'paused') return null
  for (const [arn, ofArn] of tags) {
    const stack = ofArn['aws:cloudformation:stack-name']
    if (stack === undefined) continue
    const reason = `${arn} belongs to the CloudFormation stack ${stack}, which would set traffic back at its next update`
    return [field, reason, 'Freeze that stack for the move and say managedElsewhere: paused.']
  }
  return null
}

export function notApplicationLoadBalancer({ loadBalancer, switchPoint: { type: field } }: Survey): Refusal {
  if (loadBalancer.Type === 'application') return null
  const reason = `${loadBalancer.LoadBalancerName} is a ${loadBalancer.Type} load balancer`
  return [field, reason, 'Choose the kind that fits it; this one is for application load balancers.']
}

export function gatewayLoadBalancer({ loadBalancer, switchPoint: { type: field } }: Survey): Refusal {
  const { Type: type, LoadBalancerName: name } = loadBalancer
  if (type === 'application' || type === 'network') return null
  return [field, `${name} is a ${type} load balancer, which has no traffic to divide`, 'Move this workload by hand.']
}

/** Without connections nobody can say which side somebody is on, and no probe of ours asks by UDP. */
export function notConnections({ listener, switchPoint: { type: field } }: Survey): Refusal {
  const { Protocol: protocol = '' } = listener
  if (['HTTP', 'HTTPS', 'TCP', 'TLS'].includes(protocol)) return null
  return [
    field,
    `its listener is for ${protocol}, whose flows cannot be told apart nor asked`,
    'Move this workload by hand.',
  ]
}

/** Rules of a network load balancer (by address family, on dual-stack ones) take traffic away before the default action. */
export function dividedByRules({ network, rules, switchPoint: { type: field } }: Survey): Refusal {
  const others = network ? rules.filter(({ IsDefault }) => !IsDefault).length : 0
  if (others === 0) return null
  const reason = `its listener has ${others} ${others === 1 ? 'rule' : 'rules'} beside the default action, which would not move`
  return [field, reason, 'Bring it to the default action alone first.']
}

/** By the quota of the account: older network load balancers, and partitions without the feature, know one group per action. */
export function withoutWeights({ network, switchPoint: { type: field } }: Survey, wayOut: string): Refusal {
  if (!network || network.groupsPerAction >= 2) return null
  const reason = `listeners of network load balancers take ${network.groupsPerAction} target group here, so it has no weights`
  return [field, reason, wayOut]
}

export function testPortTaken({ config: { testPort }, network }: Survey): Refusal {
  if (testPort === undefined) return null
  if (!network) {
    return ['testPort', 'an application load balancer tests by a header, not by a port', 'Leave it out.']
  }
  if (!network.ports.includes(testPort)) return null
  return ['testPort', `the load balancer has a listener on ${testPort} already`, 'Name a port that is free, or none.']
}

export function notAForward({ described: { actions }, switchPoint: { type: field } }: Survey): Refusal {
  const authenticate = actions.find((action) => action.Type?.startsWith('authenticate'))
  if (authenticate) {
    const reason = `it has an ${authenticate.Type} action, whose secret AWS never returns, so that any change of the rule would lose it`
    return [field, reason, 'Let the authentication be done behind the rule, or move this workload by hand.']
  }
  const other = actions.find((action) => action.Type !== 'forward')
  if (!other) return null
  return [field, `its action is ${other.Type}, which sends no traffic to a target group`, 'Name a rule that forwards.']
}

export function alreadySplit({ described: { actions }, switchPoint: { type: field } }: Survey): Refusal {
  const groups = weightsOf(actions)
  if (!groups || groups.size <= 1) return null
  const reason = `it already divides traffic between ${groups.size} target groups`
  return [field, reason, 'Bring it to one target group first; a split that is not ours cannot be told from ours.']
}

export function servesNobody({ described: { actions }, switchPoint: { type: field } }: Survey): Refusal {
  const groups = weightsOf(actions)
  if (!groups || [...groups.values()].some((weight) => weight > 0)) return null
  return [field, 'its only target group has weight 0, so it sends traffic to nobody', 'Give it a weight first.']
}

export function forwardsElsewhere({ described: { actions }, config, switchPoint: { type: field } }: Survey): Refusal {
  const [arn] = weightsOf(actions)?.keys() ?? []
  if (arn === config.blueTargetGroup) return null
  return [
    'blueTargetGroup',
    `the ${field} forwards to ${arn ?? 'nothing'}, not to it`,
    'Name the target group that it forwards to.',
  ]
}

export function targetGroupElsewhere({ targetGroup, loadBalancer }: Survey): Refusal {
  const others = (targetGroup.LoadBalancerArns ?? []).filter((arn) => arn !== loadBalancer.LoadBalancerArn)
  if (others.length === 0) return null
  return [
    'blueTargetGroup',
    `it is used by another load balancer, ${others.join(', ')}`,
    'Name the group of this load balancer.',
  ]
}

export function sticky({
  described: { actions },
  targetGroupAttributes,
  switchPoint: { type: field },
}: Survey): Refusal {
  const why = 'sticky clients ignore the weights, also on the way home'
  if (targetGroupAttributes['stickiness.enabled'] === 'true') {
    const wayOut =
      'Turn stickiness off on the target group (attribute stickiness.enabled) and wait until its cookies have expired.'
    return ['blueTargetGroup', `its stickiness is on: ${why}`, wayOut]
  }
  if (actions.some((action) => action.ForwardConfig?.TargetGroupStickinessConfig?.Enabled)) {
    return [
      field,
      `its target-group stickiness is on: ${why}`,
      'Turn it off in the action and wait until its cookies have expired.',
    ]
  }
  return null
}
