import {
  AttachTrafficSourcesCommand,
  DescribeTrafficSourcesCommand,
  DetachTrafficSourcesCommand,
} from '@aws-sdk/client-auto-scaling'
import type { autoscaling } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import type { Aws } from '../aws.ts'
import { OperationError } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { poll } from '../../poll.ts'
import { regional, replaces, required, text } from '../schema.ts'

type State = Unwrap<autoscaling.TrafficSourceAttachmentState>

/** Its id is `autoscalingGroupName,type,identifier`. */
export const trafficSourceAttachment = resourceType<State>({
  token: 'aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment',
  label: 'Auto Scaling Traffic Source Attachment',
  schema: {
    ...regional,
    autoscalingGroupName: { ...text, ...required, ...replaces },
    trafficSource: {
      type: 'object',
      ...replaces,
      fields: {
        identifier: { ...text, ...required, ...replaces },
        type: { ...text, ...required, ...replaces },
      },
    },
  },

  async create(aws, planned) {
    const { autoscalingGroupName = '', trafficSource } = planned
    await aws.autoscaling(new AttachTrafficSourcesCommand(inputOf(planned)))
    return [autoscalingGroupName, trafficSource?.type, trafficSource?.identifier].join(',')
  },

  /** Until the instances are registered. */
  async complete(aws, id) {
    await poll({ signal: aws.signal, timeoutSeconds: 300, what: 'the traffic source' }, async () => {
      const state = await stateOf(aws, fromId(id))
      return state === 'Added' || state === 'InService' ? state : undefined
    })
  },

  async read(aws, id) {
    const known = fromId(id)
    const state = await stateOf(aws, known)
    return state === undefined || state === 'Removing' ? undefined : known
  },

  /** Returns when they have drained. Fails where somebody has detached it already; that the group is gone is all that passes. */
  async delete(aws, id) {
    const known = fromId(id)
    try {
      await aws.autoscaling(new DetachTrafficSourcesCommand(inputOf(known)))
    } catch (error) {
      if (isNotFound(error)) return
      throw error
    }
    await poll({ signal: aws.signal, timeoutSeconds: 300, what: 'the end of the traffic source' }, async () =>
      (await stateOf(aws, known)) === undefined ? true : undefined,
    )
  },
})

const inputOf = ({ autoscalingGroupName, trafficSource }: State) => ({
  AutoScalingGroupName: autoscalingGroupName,
  TrafficSources: [{ Identifier: trafficSource?.identifier, Type: trafficSource?.type }],
})

/** undefined: the group is not there, or has no such source. */
async function stateOf(aws: Aws, { autoscalingGroupName, trafficSource }: State): Promise<string | undefined> {
  const describe = new DescribeTrafficSourcesCommand({
    AutoScalingGroupName: autoscalingGroupName,
    TrafficSourceType: trafficSource?.type,
  })
  try {
    const { TrafficSources = [] } = await aws.autoscaling(describe)
    return TrafficSources.find(({ Identifier }) => Identifier === trafficSource?.identifier)?.State
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

const isNotFound = (error: unknown): boolean =>
  error instanceof OperationError && error.awsMessage.includes('not found')

function fromId(id: string): State {
  const [autoscalingGroupName, type, identifier] = id.split(',')
  if (!autoscalingGroupName || !type || !identifier) {
    throw new Error(`unexpected format for ID (${id}), expected asg-name,traffic-source-type,traffic-source-id`)
  }
  return { autoscalingGroupName, trafficSource: { type, identifier } }
}
