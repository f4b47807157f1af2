import type { Binding } from '../../kubernetes/reads.ts'
import type { Refusal } from './refusals.ts'
import type { Survey } from './survey.ts'

/** A target group of pod addresses, and who binds what in both clusters. */
export interface BoundPods extends Survey {
  readonly bindings: { readonly blue: readonly Binding[]; readonly green: readonly Binding[] }
}

export function notPodAddresses({ targetGroup }: BoundPods): Refusal {
  if (targetGroup.TargetType === 'ip') return null
  const reason = `its targets are of type ${targetGroup.TargetType}, not pod addresses`
  return ['blueTargetGroup', reason, 'This kind is for target groups of type ip; node ports are kind node-port.']
}

const bindingsOf = (bindings: readonly Binding[], arn: string): readonly Binding[] =>
  bindings.filter((binding) => binding.targetGroupArn === arn)

export function notBoundInBlue({ bindings, config }: BoundPods): Refusal {
  if (bindingsOf(bindings.blue, config.blueTargetGroup).length > 0) return null
  const reason = 'no TargetGroupBinding in blue names it'
  return [
    'blueTargetGroup',
    reason,
    "Check blue.kubeconfig and the group's ARN; this kind is for pods bound by a TargetGroupBinding.",
  ]
}

export function bindingOwnedByController({ bindings, config }: BoundPods): Refusal {
  for (const { labels, namespace, name } of bindingsOf(bindings.blue, config.blueTargetGroup)) {
    const label = Object.keys(labels).find((key) => /^(ingress|service)\.k8s\.aws\/stack/.test(key))
    if (!label) continue
    const reason = `its binding ${namespace}/${name} was made by the load-balancer controller for an Ingress or a Service (label ${label})`
    return ['blueTargetGroup', reason, 'Expose the workload by a binding of your own first.']
  }
  return null
}

/** One target group bound by two clusters is emptied by whichever controller looks last. */
export function boundByBoth({ bindings, config }: BoundPods): Refusal {
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
