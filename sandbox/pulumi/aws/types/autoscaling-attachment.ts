import {
  AttachLoadBalancerTargetGroupsCommand,
  DescribeAutoScalingGroupsCommand,
  DetachLoadBalancerTargetGroupsCommand,
} from '@aws-sdk/client-auto-scaling'
import type { autoscaling } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import type { Aws } from '../aws.ts'
import { uniqueName } from '../names.ts'
import { OperationError } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { poll } from '../../poll.ts'
import { regional, replaces, required, text } from '../schema.ts'

type State = Unwrap<autoscaling.AttachmentState>

/** Its id says nothing, so it cannot be imported: what it is stands in its state alone. */
export const autoscalingAttachment = resourceType<State>({
  token: 'aws:autoscaling/attachment:Attachment',
  label: 'Auto Scaling Attachment',
  schema: {
    ...regional,
    autoscalingGroupName: { ...text, ...required, ...replaces },
    elb: { ...text, unsupported: true },
    lbTargetGroupArn: { ...text, ...required, ...replaces },
  },

  async create(aws, planned) {
    await whileTooMany(aws, () => aws.autoscaling(new AttachLoadBalancerTargetGroupsCommand(inputOf(planned))))
    return uniqueName(`${planned.autoscalingGroupName}-`)
  },

  async read(aws, _id, prior) {
    const { autoscalingGroupName = '', lbTargetGroupArn = '' } = prior
    if (autoscalingGroupName === '') throw new Error("resource aws_autoscaling_attachment doesn't support import")
    const describe = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [autoscalingGroupName] })
    const { AutoScalingGroups: [group] = [] } = await aws.autoscaling(describe)
    return group?.TargetGroupARNs?.includes(lbTargetGroupArn) ? { autoscalingGroupName, lbTargetGroupArn } : undefined
  },

  /** Fails where somebody has detached it already: the official provider lets that pass for classic load balancers alone. */
  async delete(aws, _id, prior) {
    const detach = new DetachLoadBalancerTargetGroupsCommand(inputOf(prior))
    await whileTooMany(aws, () => aws.autoscaling(detach))
  },
})

const inputOf = ({ autoscalingGroupName, lbTargetGroupArn = '' }: State) => ({
  AutoScalingGroupName: autoscalingGroupName,
  TargetGroupARNs: [lbTargetGroupArn],
})

/** AWS changes ten attachments of a group at once; more have to wait for their turn. */
function whileTooMany<Answer>(aws: Aws, request: () => Promise<Answer>): Promise<Answer> {
  return poll(
    { signal: aws.signal, timeoutSeconds: 180, what: 'the attachment' },
    request,
    (error) => error instanceof OperationError && error.awsMessage.includes('update too many'),
  )
}
