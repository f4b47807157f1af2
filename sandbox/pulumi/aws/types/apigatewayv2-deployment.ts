import {
  CreateDeploymentCommand,
  DeleteDeploymentCommand,
  GetDeploymentCommand,
  UpdateDeploymentCommand,
} from '@aws-sdk/client-apigatewayv2'
import type { apigatewayv2 } from '@pulumi/aws'
import type { Unwrap } from '@pulumi/pulumi'
import { importParts } from '../import-id.ts'
import { unlessMissing } from '../operation-error.ts'
import { resourceType } from '../resource-type.ts'
import { flag, map, output, regional, replaces, required, text } from '../schema.ts'

type State = Unwrap<apigatewayv2.DeploymentState>

/** Imported as `API-ID/DEPLOYMENT-ID`. */
export const apigatewayv2Deployment = resourceType<State>({
  token: 'aws:apigatewayv2/deployment:Deployment',
  label: 'API Gateway v2 Deployment',
  schema: {
    ...regional,
    apiId: { ...text, ...required, ...replaces },
    autoDeployed: { ...flag, ...output },
    description: text,
    triggers: { ...map, ...replaces },
  },

  async create(aws, { apiId, description }) {
    const command = new CreateDeploymentCommand({ ApiId: apiId, Description: description })
    const { DeploymentId = '' } = await aws.apigatewayv2(command)
    return DeploymentId
  },

  imported(given) {
    const [apiId = '', id = ''] = importParts(given, 'API-ID/DEPLOYMENT-ID')
    return { id, known: { apiId } }
  },

  async read(aws, id, { apiId, triggers }) {
    const get = new GetDeploymentCommand({ ApiId: apiId, DeploymentId: id })
    const found = await unlessMissing(aws.apigatewayv2(get), 'NotFound')
    if (!found) return undefined
    return {
      apiId,
      autoDeployed: found.AutoDeployed,
      ...(found.Description && { description: found.Description }),
      ...(triggers && { triggers }),
    }
  },

  async update(aws, id, { apiId, description }) {
    const change = { ApiId: apiId, DeploymentId: id, Description: description ?? '' }
    await aws.apigatewayv2(new UpdateDeploymentCommand(change))
  },

  async delete(aws, id, { apiId }) {
    await unlessMissing(aws.apigatewayv2(new DeleteDeploymentCommand({ ApiId: apiId, DeploymentId: id })), 'NotFound')
  },
})
