import type { Action, Listener, LoadBalancer, TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { Binding } from '../../kubernetes/reads.ts'
import type { Entry } from '../entry.ts'
import { Refused } from '../refused.ts'
import type { AlbConfig } from './config.ts'
import { weightsOf } from './observe.ts'

/** What was read of AWS and of both clusters before anything is decided. */
export interface Surveyed {
  readonly config: AlbConfig & Entry
  readonly field: 'rule' | 'listener'
  readonly actions: readonly Action[]
  readonly listener: Listener
  readonly loadBalancer: LoadBalancer
  readonly targetGroup: TargetGroup
  readonly targetGroupAttributes: Readonly<Record<string, string>>
  /** Tags of the switch point, the listener, the load balancer and blue's target group, by ARN. */
  readonly tags: ReadonlyMap<string, Readonly<Record<string, string>>>
  readonly bindings: { readonly blue: readonly Binding[]; readonly green: readonly Binding[] }
}

type Check = (surveyed: Surveyed) => readonly [field: string, reason: string, wayOut: string] | null

/** Why a switch point is refused, in the order in which they are asked. The kind's README has the same list for people. */
const checks: readonly Check[] = [
  ownedByController,
  ownedByCloudFormation,
  notApplicationLoadBalancer,
  notAForward,
  alreadySplit,
  servesNobody,
  targetGroupElsewhere,
  forwardsElsewhere,
  notPodAddresses,
  sticky,
  notBoundInBlue,
  bindingOwnedByController,
  boundByBoth,
]

/** Throws Refused for the first reason that applies. */
export function refuseWhatCannotMove(surveyed: Surveyed): void {
  for (const check of checks) {
    const refusal = check(surveyed)
    if (refusal) throw new Refused(...refusal)
  }
}

function ownedByController({ tags, field }: Surveyed): ReturnType<Check> {
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

function ownedByCloudFormation({ tags, field, config }: Surveyed): ReturnType<Check> {
  if (config.managedElsewhere === 'paused') return null
  for (const [arn, ofArn] of tags) {
    const stack = ofArn['aws:cloudformation:stack-name']
    if (stack === undefined) continue
    const reason = `${arn} belongs to the CloudFormation stack ${stack}, which would set traffic back at its next update`
    return [field, reason, 'Freeze that stack for the move and say managedElsewhere: paused.']
  }
  return null
}

function notApplicationLoadBalancer({ loadBalancer, field }: Surveyed): ReturnType<Check> {
  if (loadBalancer.Type === 'application') return null
  const reason = `${loadBalancer.LoadBalancerName} is a ${loadBalancer.Type} load balancer`
  return [field, reason, 'Choose the kind that fits it; kind alb is for application load balancers.']
}

function notAForward({ actions, field }: Surveyed): ReturnType<Check> {
  const authenticate = actions.find((action) => action.Type?.startsWith('authenticate'))
  if (authenticate) {
    const reason = `it has an ${authenticate.Type} action, whose secret AWS never returns, so that any change of the rule would lose it`
    return [field, reason, 'Let the authentication be done behind the rule, or move this workload by hand.']
  }
  const other = actions.find((action) => action.Type !== 'forward')
  if (!other) return null
  return [field, `its action is ${other.Type}, which sends no traffic to a target group`, 'Name a rule that forwards.']
}

function alreadySplit({ actions, field }: Surveyed): ReturnType<Check> {
  const groups = weightsOf(actions)
  if (!groups || groups.size <= 1) return null
  const reason = `it already divides traffic between ${groups.size} target groups`
  return [field, reason, 'Bring it to one target group first; a split that is not ours cannot be told from ours.']
}

function servesNobody({ actions, field }: Surveyed): ReturnType<Check> {
  const groups = weightsOf(actions)
  if (!groups || [...groups.values()].some((weight) => weight > 0)) return null
  return [field, 'its only target group has weight 0, so it sends traffic to nobody', 'Give it a weight first.']
}

function forwardsElsewhere({ actions, config, field }: Surveyed): ReturnType<Check> {
  const [arn] = weightsOf(actions)?.keys() ?? []
  if (arn === config.blueTargetGroup) return null
  return [
    'blueTargetGroup',
    `the ${field} forwards to ${arn ?? 'nothing'}, not to it`,
    'Name the target group that it forwards to.',
  ]
}

function targetGroupElsewhere({ targetGroup, loadBalancer }: Surveyed): ReturnType<Check> {
  const others = (targetGroup.LoadBalancerArns ?? []).filter((arn) => arn !== loadBalancer.LoadBalancerArn)
  if (others.length === 0) return null
  return [
    'blueTargetGroup',
    `it is used by another load balancer, ${others.join(', ')}`,
    'Name the group of this load balancer.',
  ]
}

function notPodAddresses({ targetGroup }: Surveyed): ReturnType<Check> {
  if (targetGroup.TargetType === 'ip') return null
  const reason = `its targets are of type ${targetGroup.TargetType}, not pod addresses`
  return ['blueTargetGroup', reason, 'Kind alb is for target groups of type ip; node ports are kind node-port.']
}

function sticky({ actions, targetGroupAttributes, field }: Surveyed): ReturnType<Check> {
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

const bindingsOf = (bindings: readonly Binding[], arn: string): readonly Binding[] =>
  bindings.filter((binding) => binding.targetGroupArn === arn)

function notBoundInBlue({ bindings, config }: Surveyed): ReturnType<Check> {
  if (bindingsOf(bindings.blue, config.blueTargetGroup).length > 0) return null
  const reason = 'no TargetGroupBinding in blue names it'
  return [
    'blueTargetGroup',
    reason,
    "Check blue.kubeconfig and the group's ARN; kind alb is for pods bound by a TargetGroupBinding.",
  ]
}

function bindingOwnedByController({ bindings, config }: Surveyed): ReturnType<Check> {
  for (const { labels, namespace, name } of bindingsOf(bindings.blue, config.blueTargetGroup)) {
    const label = Object.keys(labels).find((key) => /^(ingress|service)\.k8s\.aws\/stack/.test(key))
    if (!label) continue
    const reason = `its binding ${namespace}/${name} was made by the load-balancer controller for an Ingress or a Service (label ${label})`
    return ['blueTargetGroup', reason, 'Expose the workload by a binding of your own first.']
  }
  return null
}

/** One target group bound by two clusters is emptied by whichever controller looks last. */
function boundByBoth({ bindings, config }: Surveyed): ReturnType<Check> {
  const green = bindingsOf(bindings.green, config.blueTargetGroup)
  const [stranger] = green
  if (!stranger) return null
  const all = [...green, ...bindingsOf(bindings.blue, config.blueTargetGroup)]
  if (all.every((binding) => binding.multiCluster)) return null
  const reason = `green binds it as well (${stranger.namespace}/${stranger.name}): each controller removes the other cluster's targets`
  const wayOut =
    "Scale green's load-balancer controller to 0, remove the binding's finalizer, delete the binding, then scale up again; " +
    'deleting it under a running controller would deregister every target of blue.'
  return ['blueTargetGroup', reason, wayOut]
}
