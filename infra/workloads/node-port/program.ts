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
  if (plan.joined.length > 0) join(plan, options, open)
  return plan.joined.length > 0 && !green ? outputs.apply(sharing) : outputs
}

/**
 * Not protected: on the way home they leave the program. They only leave the state then: whoever goes home has detached them by
 * calls, once blue could take over, and the official plugin fails where there is nothing to detach any more.
 */
function join(plan: NodePortPlan, options: pulumi.CustomResourceOptions, dependsOn: pulumi.Resource[]): void {
  for (const { name, autoScalingGroup } of plan.joined) {
    const args = { autoscalingGroupName: autoScalingGroup, lbTargetGroupArn: plan.blueTargetGroup }
    new aws.autoscaling.Attachment(name, args, { ...options, protect: false, retainOnDelete: true, dependsOn })
  }
}

/** Green's target group is blue's, once it has no group of its own any more. */
const sharing = (outputs: WorkloadOutputs): WorkloadOutputs => ({
  ...outputs,
  targetGroups: { ...outputs.targetGroups, green: outputs.targetGroups.blue },
})
