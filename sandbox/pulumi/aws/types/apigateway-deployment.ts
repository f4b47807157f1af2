import {
  CreateDeploymentCommand,
  DeleteDeploymentCommand,
  GetDeploymentCommand,
  UpdateDeploymentCommand,
} from '@aws-sdk/client-api-gateway'
import type { apigateway } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { importParts } from '../import-id.ts'
import { unlessMissing } from '../operation-error.ts'
import { replacing } from '../patches.ts'
import { resourceType } from '../resource-type.ts'
import { map, output, regional, replaces, required, text } from '../schema.ts'

type State = Omit<Unwrap<apigateway.DeploymentState>, 'restApi'> & { restApi?: string }

/** Its id is AWS's, which is unique within an API only; imported as `REST-API-ID/DEPLOYMENT-ID`. */
export const apigatewayDeployment = resourceType<State>({
  token: 'aws:apigateway/deployment:Deployment',
  label: 'API Gateway Deployment',
  schema: {
    ...regional,
    createdDate: { ...text, ...output },
    description: text,
    restApi: { ...text, ...required, ...replaces },
    triggers: { ...map, ...replaces },
    variables: { ...map, ...replaces },
  },

  async create(aws, { restApi, description, variables }) {
    const { id = '' } = await aws.apigateway(
      new CreateDeploymentCommand({ restApiId: restApi, description, variables }),
    )
    return id
  },

  imported(given) {
    const [restApi = '', id = ''] = importParts(given, 'REST-API-ID/DEPLOYMENT-ID')
    return { id, known: { restApi } }
  },

  /** AWS does not tell which variables a deployment brought, and triggers are the program's own. */
  async read(aws, id, { restApi, triggers, variables }) {
    const get = new GetDeploymentCommand({ restApiId: restApi, deploymentId: id })
    const found = await unlessMissing(aws.apigateway(get), 'NotFound')
    if (!found) return undefined
    const { description, createdDate } = found
    return {
      restApi,
      ...(description && { description }),
      createdDate: createdDate?.toISOString(),
      ...(triggers && { triggers }),
      ...(variables && { variables }),
    }
  },

  async update(aws, id, { restApi, description }) {
    const patchOperations = [replacing('/description', description)]
    await aws.apigateway(new UpdateDeploymentCommand({ restApiId: restApi, deploymentId: id, patchOperations }))
  },

  async delete(aws, id, { restApi }) {
    await unlessMissing(
      aws.apigateway(new DeleteDeploymentCommand({ restApiId: restApi, deploymentId: id })),
      'NotFound',
    )
  },
})
