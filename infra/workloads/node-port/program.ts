import * as aws from '@pulumi/aws'
import type * as pulumi from '@pulumi/pulumi'
import { ingressRule } from '../elbv2/ingress.ts'
import { switchProgram } from '../elbv2/program.ts'
import type { Providers, Secrets, WorkloadOutputs } from '../kind.ts'
import type { NodePortPlan } from './plan.ts'

/**
 * Plan to resources: the switch and green's side of it, the way to green's nodes, and the nodes themselves. The way comes first:
 * a node that is a target before its port is open fails its first checks.
 */
export function program(plan: NodePortPlan, providers: Providers, secrets: Secrets): pulumi.Input<WorkloadOutputs> {
  const { options, green, outputs } = switchProgram(plan, providers, secrets)
  const open = plan.nodeIngress.map((ingress) => ingressRule(ingress, options))
  for (const { name, autoScalingGroup } of green ? plan.attachments : []) {
    const args = { autoscalingGroupName: autoScalingGroup, ...(green ? { lbTargetGroupArn: green.arn } : {}) }
    new aws.autoscaling.Attachment(name, args, { ...options, dependsOn: open })
  }
  return outputs
}
