import * as kubernetes from '@pulumi/kubernetes'
import type * as pulumi from '@pulumi/pulumi'
import { bindingName, logical } from '../../names.ts'
import type { Site } from '../kind.ts'

/** The binding that fills green's target group with the addresses of green's pods. */
export interface BindingPlan {
  readonly namespace: string
  readonly name: string
  readonly service: BoundService
}

export interface BoundService {
  readonly namespace: string
  readonly name: string
  readonly port: number | string
}

export const bindingPlan = ({
  migration,
  workload,
  config: { service },
}: Site<{ readonly service: BoundService }>): BindingPlan => ({
  namespace: service.namespace,
  name: bindingName(migration, workload),
  service,
})

/** `networking` stays empty: with it the controller would edit security groups that blue's controller edits too. */
export function greenBinding(
  plan: BindingPlan,
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
