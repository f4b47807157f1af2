import {
  CreateVpcLinkCommand,
  DeleteVpcLinkCommand,
  GetVpcLinkCommand,
  UpdateVpcLinkCommand,
} from '@aws-sdk/client-api-gateway'
import type { apigateway } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { unlessMissing } from '../operation-error.ts'
import { replacing } from '../patches.ts'
import { resourceType } from '../resource-type.ts'
import { poll } from '../../poll.ts'
import { output, replaces, required, tagged, text } from '../schema.ts'
import { apigatewayTagging } from '../tags.ts'

type State = Unwrap<apigateway.VpcLinkState>

/** The official provider's own time-out, for coming up as for going away. */
const timeoutSeconds = 20 * 60

export const apigatewayVpcLink = resourceType<State>({
  token: 'aws:apigateway/vpcLink:VpcLink',
  label: 'API Gateway VPC Link',
  tagging: apigatewayTagging,
  schema: {
    ...tagged,
    arn: { ...text, ...output },
    description: text,
    name: { ...text, autoName: 255 },
    targetArn: { ...text, ...required, ...replaces },
  },

  async create(aws, { name, description, targetArn = '', tagsAll }) {
    const command = new CreateVpcLinkCommand({ name, description, targetArns: [targetArn], tags: tagsAll })
    const { id = '' } = await aws.apigateway(command)
    return id
  },

  async complete(aws, id) {
    await poll({ signal: aws.signal, timeoutSeconds, what: `VPC link ${id}` }, async () => {
      const { status, statusMessage } = await aws.apigateway(new GetVpcLinkCommand({ vpcLinkId: id }))
      if (status === 'FAILED') throw new Error(`unexpected state 'FAILED', wanted target 'AVAILABLE': ${statusMessage}`)
      return status === 'AVAILABLE' ? id : undefined
    })
  },

  async read(aws, id) {
    const found = await unlessMissing(aws.apigateway(new GetVpcLinkCommand({ vpcLinkId: id })), 'NotFound')
    if (!found) return undefined
    return {
      arn: `arn:${aws.partition}:apigateway:${aws.region}::/vpclinks/${id}`,
      name: found.name,
      ...(found.description && { description: found.description }),
      targetArn: found.targetArns?.[0],
    }
  },

  async update(aws, id, { name, description }, changed) {
    const patchOperations = [
      ...(changed.has('name') ? [replacing('/name', name)] : []),
      ...(changed.has('description') ? [replacing('/description', description)] : []),
    ]
    if (patchOperations.length > 0) await aws.apigateway(new UpdateVpcLinkCommand({ vpcLinkId: id, patchOperations }))
  },

  async delete(aws, id) {
    const gone = await unlessMissing(aws.apigateway(new DeleteVpcLinkCommand({ vpcLinkId: id })), 'NotFound')
    if (!gone) return
    await poll({ signal: aws.signal, timeoutSeconds, what: `VPC link ${id} to go away` }, async () => {
      const found = await unlessMissing(aws.apigateway(new GetVpcLinkCommand({ vpcLinkId: id })), 'NotFound')
      return found ? undefined : id
    })
  },
})
