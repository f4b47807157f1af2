import * as kubernetes from '@pulumi/kubernetes'
import type * as pulumi from '@pulumi/pulumi'
import { logical } from '../../names.ts'
import { ingressRule } from '../elbv2/ingress.ts'
import { switchProgram } from '../elbv2/program.ts'
import type { Providers, Secrets, WorkloadOutputs } from '../kind.ts'
import type { AlbPlan } from './plan.ts'

/** Plan to resources: the switch and green's side of it, the binding of green's pods, and the way to them. */
export function program(plan: AlbPlan, providers: Providers, secrets: Secrets): pulumi.Input<WorkloadOutputs> {
  const { options, green, outputs } = switchProgram(plan, providers, secrets)
  for (const ingress of plan.podIngress) ingressRule(ingress, options)
  if (plan.binding && green) binding(plan.binding, green.arn, { ...options, provider: providers.kubernetes() })
  return outputs
}

/** `networking` stays empty: with it the controller would edit security groups that blue's controller edits too. */
function binding(
  plan: NonNullable<AlbPlan['binding']>,
  targetGroupArn: pulumi.Input<string>,
  options: pulumi.CustomResourceOptions,
): void {
  new kubernetes.apiextensions.CustomResource(
    logical.binding,
    {
      apiVersion: 'elbv2.k8s.aws/v1beta1',
      kind: 'TargetGroupBinding',
      metadata: { namespace: plan.namespace, name: plan.name },
      spec: {
        targetGroupARN: targetGroupArn,
        targetType: 'ip',
        serviceRef: { name: plan.service.name, port: plan.service.port },
      },
    },
    options,
  )
}
