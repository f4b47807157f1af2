import { APIGatewayClient } from '@aws-sdk/client-api-gateway'
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2'
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import { EC2Client } from '@aws-sdk/client-ec2'
import { EKSClient } from '@aws-sdk/client-eks'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { IAMClient } from '@aws-sdk/client-iam'
import { Route53Client } from '@aws-sdk/client-route-53'
import type { AwsAccess } from '../kubernetes/aws-access.ts'

export interface AwsClients {
  readonly region: string
  readonly autoScaling: AutoScalingClient
  readonly ec2: EC2Client
  readonly eks: EKSClient
  readonly elbv2: ElasticLoadBalancingV2Client
  readonly httpApis: ApiGatewayV2Client
  readonly iam: IAMClient
  readonly restApis: APIGatewayClient
  readonly route53: Route53Client
  close(): void
}

export function awsClients({ endpoint, region, accessKeyId, secretAccessKey }: AwsAccess): AwsClients {
  const options = { endpoint, region, credentials: { accessKeyId, secretAccessKey } }
  const clients = {
    autoScaling: new AutoScalingClient(options),
    ec2: new EC2Client(options),
    eks: new EKSClient(options),
    elbv2: new ElasticLoadBalancingV2Client(options),
    httpApis: new ApiGatewayV2Client(options),
    iam: new IAMClient(options),
    restApis: new APIGatewayClient(options),
    route53: new Route53Client(options),
  }
  return {
    region,
    ...clients,
    close: () => {
      for (const client of Object.values(clients)) client.destroy()
    },
  }
}
