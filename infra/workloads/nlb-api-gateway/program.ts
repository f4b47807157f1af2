import * as pulumi from '@pulumi/pulumi'
import { logical } from '../../names.ts'
import { greenBinding } from '../elbv2/binding.ts'
import { greenListener } from '../elbv2/green-listener.ts'
import { ingressRule } from '../elbv2/ingress.ts'
import { targetGroup } from '../elbv2/target-group.ts'
import type { Providers, WorkloadOutputs } from '../kind.ts'
import { ourDeployment } from './deployments.ts'
import type { GatewayOutputs } from './found.ts'
import { httpResources } from './http-program.ts'
import type { ApiPlan } from './plan.ts'
import type { ApiResources } from './resources.ts'
import { restResources } from './rest-program.ts'

/** Plan to resources: green's targets behind a listener of their own, and what of the API leads there. */
export function apiProgram(plan: ApiPlan, providers: Providers): pulumi.Input<WorkloadOutputs> {
  const options: pulumi.CustomResourceOptions = {
    provider: providers.aws,
    protect: plan.keep === 'protected',
    retainOnDelete: plan.keep !== 'nothing',
  }
  const green = plan.targetGroup && targetGroup(plan.targetGroup, options)
  const listener = plan.listener && green && greenListener(logical.listener, plan.listener, green.arn, options)
  for (const ingress of plan.podIngress) ingressRule(ingress, options)
  if (plan.binding && green) greenBinding(plan.binding, green.arn, { ...options, provider: providers.kubernetes() })
  const api = apiResources(plan, listener?.arn ?? null, options)
  const ids = pulumi.all([green?.arn, listener?.arn, api.deployment?.id, api.deployment?.description, api.testStage])
  return ids.apply(([greenArn, listenerArn, deployment, description, testStage]): GatewayOutputs => {
    const { migration, workload } = plan.outputs
    const ours = ourDeployment({ migration, workload }, description ?? '')
    return {
      ...plan.outputs,
      targetGroups: { blue: plan.blueTargetGroup, green: greenArn ?? null },
      greenListener: listenerArn ?? null,
      deployments: deployment && ours?.home ? { home: ours.home, ours: deployment } : null,
      testRoute: (plan.testListener ? listenerArn : testStage) ?? null,
    }
  })
}

function apiResources(
  { api }: ApiPlan,
  listener: pulumi.Output<string> | null,
  options: pulumi.CustomResourceOptions,
): ApiResources {
  if (!api) return { deployment: null, testStage: null }
  return api.protocol === 'rest' ? restResources(api, options) : httpResources(api, listener, options)
}
