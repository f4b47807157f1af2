import {
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  CreateVpcLinkCommand,
} from '@aws-sdk/client-apigatewayv2'
import type { AwsClients } from '../aws-clients.ts'
import type { Vpc } from '../network.ts'

export interface HttpApi {
  readonly id: string
  readonly stage: string
  readonly integration: string
}

/** An HTTP API whose one integration names the listener, for two routes; its stage deploys by itself. */
export async function createHttpApi({ httpApis }: AwsClients, vpc: Vpc, listenerArn: string): Promise<HttpApi> {
  const [{ VpcLinkId }, { ApiId }] = await Promise.all([
    httpApis.send(
      new CreateVpcLinkCommand({
        Name: 'omnious-http',
        SubnetIds: [...vpc.subnetIds],
        SecurityGroupIds: [vpc.loadBalancerGroup],
      }),
    ),
    httpApis.send(new CreateApiCommand({ Name: 'trend', ProtocolType: 'HTTP' })),
  ])
  const { IntegrationId = '' } = await httpApis.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: 'HTTP_PROXY',
      IntegrationMethod: 'ANY',
      IntegrationUri: listenerArn,
      ConnectionType: 'VPC_LINK',
      ConnectionId: VpcLinkId,
      PayloadFormatVersion: '1.0',
    }),
  )
  for (const RouteKey of ['GET /trends', 'ANY /reports/{proxy+}']) {
    await httpApis.send(new CreateRouteCommand({ ApiId, RouteKey, Target: `integrations/${IntegrationId}` }))
  }
  const stage = '$default'
  await httpApis.send(new CreateStageCommand({ ApiId, StageName: stage, AutoDeploy: true }))
  return { id: ApiId ?? '', stage, integration: IntegrationId }
}
