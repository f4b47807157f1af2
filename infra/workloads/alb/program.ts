import type * as pulumi from '@pulumi/pulumi'
import { greenBinding } from '../elbv2/binding.ts'
import { ingressRule } from '../elbv2/ingress.ts'
import { switchProgram } from '../elbv2/program.ts'
import type { Providers, Secrets, WorkloadOutputs } from '../kind.ts'
import type { AlbPlan } from './plan.ts'

/** Plan to resources: the switch and green's side of it, the binding of green's pods, and the way to them. */
export function program(plan: AlbPlan, providers: Providers, secrets: Secrets): pulumi.Input<WorkloadOutputs> {
  const { options, green, outputs } = switchProgram(plan, providers, secrets)
  for (const ingress of plan.podIngress) ingressRule(ingress, options)
  if (plan.binding && green) greenBinding(plan.binding, green.arn, { ...options, provider: providers.kubernetes() })
  return outputs
}
