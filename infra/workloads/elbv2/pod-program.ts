import type * as pulumi from '@pulumi/pulumi'
import type { Providers, Secrets, WorkloadOutputs } from '../kind.ts'
import { greenBinding } from './binding.ts'
import { ingressRule } from './ingress.ts'
import type { PodPlan } from './pod-plan.ts'
import { switchProgram } from './program.ts'

/** Plan to resources: the switch and green's side of it, the binding of green's pods, and the way to them. */
export function podProgram(plan: PodPlan, providers: Providers, secrets: Secrets): pulumi.Input<WorkloadOutputs> {
  const { options, green, outputs } = switchProgram(plan, providers, secrets)
  for (const ingress of plan.podIngress) ingressRule(ingress, options)
  if (plan.binding && green) greenBinding(plan.binding, green.arn, { ...options, provider: providers.kubernetes() })
  return outputs
}
