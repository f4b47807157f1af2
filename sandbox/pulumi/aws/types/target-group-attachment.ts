import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  RegisterTargetsCommand,
  type TargetDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { lb } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { hasCode, unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { poll } from '../../poll.ts'
import { number, regional, replaces, required, text } from '../schema.ts'

type State = Unwrap<lb.TargetGroupAttachmentState>

/** Its id is `targetGroupArn,targetId[,port][,availabilityZone]`. */
export const targetGroupAttachment = resourceType<State>({
  token: 'aws:lb/targetGroupAttachment:TargetGroupAttachment',
  label: 'ELBv2 Target Group Attachment',
  schema: {
    ...regional,
    availabilityZone: { ...text, ...replaces },
    port: { ...number, ...replaces },
    quicServerId: { ...text, ...replaces },
    targetGroupArn: { ...text, ...required, ...replaces },
    targetId: { ...text, ...required, ...replaces },
  },

  async create(aws, planned) {
    const { targetGroupArn, targetId, port, availabilityZone } = planned
    const register = new RegisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets: [target(planned)] })
    // An instance that was just started is no valid target yet.
    await poll(
      { signal: aws.signal, timeoutSeconds: 600, what: 'the target' },
      () => aws.elbv2(register),
      (error) => hasCode(error, 'InvalidTarget'),
    )
    const parts = [targetGroupArn, targetId, port ?? '', availabilityZone ?? '']
    return parts.join(',').replace(/,+$/, '')
  },

  async read(aws, id, prior) {
    const known = { ...fromId(id), ...prior }
    const health = await unlessMissing(
      aws.elbv2(new DescribeTargetHealthCommand({ TargetGroupArn: known.targetGroupArn, Targets: [target(known)] })),
      'InvalidTarget',
      'TargetGroupNotFound',
    )
    const found = health?.TargetHealthDescriptions?.find(
      ({ TargetHealth }) =>
        TargetHealth?.Reason !== 'Target.DeregistrationInProgress' && TargetHealth?.Reason !== 'Target.NotRegistered',
    )
    return found && known
  },

  async delete(aws, id, prior) {
    const known = { ...fromId(id), ...prior }
    const deregister = new DeregisterTargetsCommand({ TargetGroupArn: known.targetGroupArn, Targets: [target(known)] })
    await unlessMissing(aws.elbv2(deregister), 'TargetGroupNotFound', 'InvalidTarget')
  },
})

function target({ targetId, port, availabilityZone, quicServerId }: State): TargetDescription {
  return {
    Id: targetId,
    ...(port && { Port: port }),
    ...(availabilityZone && { AvailabilityZone: availabilityZone }),
    ...(quicServerId && { QuicServerId: quicServerId }),
  }
}

function fromId(id: string): State {
  const [targetGroupArn, targetId, port, availabilityZone] = id.split(',')
  if (!targetGroupArn || !targetId)
    throw new Error(`unexpected format for ID (${id}), expected TARGET_GROUP_ARN,TARGET_ID[,PORT][,AVAILABILITY_ZONE]`)
  return {
    targetGroupArn,
    targetId,
    ...(port && { port: Number(port) }),
    ...(availabilityZone && { availabilityZone }),
  }
}
