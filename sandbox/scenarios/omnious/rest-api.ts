import {
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  CreateStageCommand,
  CreateVpcLinkCommand,
  PutIntegrationCommand,
  PutMethodCommand,
} from '@aws-sdk/client-api-gateway'
import type { AwsClients } from '../aws-clients.ts'
import type { NetworkLoadBalancer } from './network-load-balancers.ts'

/** Of lens: one method each. */
const methods = [
  { path: 'products', httpMethod: 'GET' },
  { path: 'similar', httpMethod: 'POST' },
  { path: 'trends', httpMethod: 'GET' },
] as const

export interface RestApi {
  readonly id: string
  readonly stage: string
  readonly integrations: readonly { readonly resource: string; readonly method: string }[]
}

/**
 * A REST API with a literal URI in each method, through a VPC link, and one stage for all of them. The stage has a variable
 * that the backend gets as a header: nothing about where the backend is, and not to be lost.
 */
export async function createRestApi(aws: AwsClients, nlb: NetworkLoadBalancer, port: number): Promise<RestApi> {
  const { restApis } = aws
  const [link, api] = await Promise.all([
    restApis.send(new CreateVpcLinkCommand({ name: 'omnious-apis', targetArns: [nlb.arn] })),
    restApis.send(new CreateRestApiCommand({ name: 'lens', endpointConfiguration: { types: ['REGIONAL'] } })),
  ])
  const { id: restApiId = '', rootResourceId: parentId } = api
  const integrations = await Promise.all(
    methods.map(async ({ path: pathPart, httpMethod }) => {
      const { id = '' } = await restApis.send(new CreateResourceCommand({ restApiId, parentId, pathPart }))
      const at = { restApiId, resourceId: id, httpMethod }
      await restApis.send(new PutMethodCommand({ ...at, authorizationType: 'NONE' }))
      await restApis.send(
        new PutIntegrationCommand({
          ...at,
          type: 'HTTP_PROXY',
          integrationHttpMethod: httpMethod,
          uri: `http://${nlb.dnsName}:${port}/${pathPart}`,
          connectionType: 'VPC_LINK',
          connectionId: link.id,
          requestParameters: { 'integration.request.header.X-Environment': 'stageVariables.environment' },
        }),
      )
      return { resource: id, method: httpMethod }
    }),
  )
  const { id: deploymentId = '' } = await restApis.send(new CreateDeploymentCommand({ restApiId }))
  const stageName = 'prod'
  const variables = { environment: 'production' }
  await restApis.send(new CreateStageCommand({ restApiId, stageName, deploymentId, variables }))
  return { id: restApiId, stage: stageName, integrations }
}
