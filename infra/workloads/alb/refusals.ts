import type { Binding } from '../../kubernetes/reads.ts'
import {
  alreadySplit,
  forwardsElsewhere,
  notAForward,
  notApplicationLoadBalancer,
  ownedByCloudFormation,
  ownedByController,
  refuseByFirst,
  servesNobody,
  sticky,
  targetGroupElsewhere,
  type Refusal,
} from '../elbv2/refusals.ts'
import type { Survey } from '../elbv2/survey.ts'

/** What was read of AWS and of both clusters before anything is decided. */
export interface Surveyed extends Survey {
  readonly bindings: { readonly blue: readonly Binding[]; readonly green: readonly Binding[] }
}

type Check = (surveyed: Surveyed) => Refusal

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
export const refuseWhatCannotMove = (surveyed: Surveyed): void => refuseByFirst(checks, surveyed)

function notPodAddresses({ targetGroup }: Surveyed): ReturnType<Check> {
  if (targetGroup.TargetType === 'ip') return null
  const reason = `its targets are of type ${targetGroup.TargetType}, not pod addresses`
  return ['blueTargetGroup', reason, 'Kind alb is for target groups of type ip; node ports are kind node-port.']
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
