import { AutoScalingClient } from '@aws-sdk/client-auto-scaling'
import { EC2Client } from '@aws-sdk/client-ec2'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import type { AwsAccess } from '../kubernetes/aws-access.ts'

export interface AwsClients {
  readonly region: string
  readonly autoScaling: AutoScalingClient
  readonly ec2: EC2Client
  readonly elbv2: ElasticLoadBalancingV2Client
  close(): void
}

export function awsClients({ endpoint, region, accessKeyId, secretAccessKey }: AwsAccess): AwsClients {
  const options = { endpoint, region, credentials: { accessKeyId, secretAccessKey } }
  const autoScaling = new AutoScalingClient(options)
  const ec2 = new EC2Client(options)
  const elbv2 = new ElasticLoadBalancingV2Client(options)
  return {
    region,
    autoScaling,
    ec2,
    elbv2,
    close: () => {
      autoScaling.destroy()
      ec2.destroy()
      elbv2.destroy()
    },
  }
}
