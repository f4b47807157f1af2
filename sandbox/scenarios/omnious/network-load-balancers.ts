import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  type CreateTargetGroupCommandInput,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { AwsClients } from '../aws-clients.ts'
import type { Vpc } from '../network.ts'

export interface NetworkLoadBalancer {
  readonly arn: string
  readonly dnsName: string
  /** Of the DNS name: what an alias record names. */
  readonly hostedZoneId: string
}

/** Internal, in both zones. Its idle time-out is AWS's own for TCP: 350 s, which could not be changed in 2022. */
export async function createNlb({ elbv2 }: AwsClients, vpc: Vpc, name: string): Promise<NetworkLoadBalancer> {
  const { LoadBalancers } = await elbv2.send(
    new CreateLoadBalancerCommand({ Name: name, Type: 'network', Scheme: 'internal', Subnets: [...vpc.subnetIds] }),
  )
  const [made] = LoadBalancers ?? []
  return {
    arn: made?.LoadBalancerArn ?? '',
    dnsName: made?.DNSName ?? '',
    hostedZoneId: made?.CanonicalHostedZoneId ?? '',
  }
}

interface Backend extends Pick<CreateTargetGroupCommandInput, 'TargetType' | 'HealthCheckPath'> {
  readonly Name: string
  /** Of its targets. */
  readonly Port: number
}

/** A TCP target group behind a listener of its own. Health checks by HTTP; the deregistration delay is AWS's own, 300 s. */
export async function createBackend(
  { elbv2 }: AwsClients,
  vpc: Vpc,
  loadBalancerArn: string,
  listenerPort: number,
  backend: Backend,
): Promise<{ readonly targetGroupArn: string; readonly listenerArn: string }> {
  const { TargetGroups } = await elbv2.send(
    new CreateTargetGroupCommand({
      TargetType: 'ip',
      HealthCheckPath: '/healthz',
      ...backend,
      VpcId: vpc.vpcId,
      Protocol: 'TCP',
      HealthCheckProtocol: 'HTTP',
      HealthCheckIntervalSeconds: 10,
      HealthyThresholdCount: 3,
      UnhealthyThresholdCount: 3,
      Tags: [{ Key: 'team', Value: 'platform' }],
    }),
  )
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? ''
  const { Listeners } = await elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancerArn,
      Protocol: 'TCP',
      Port: listenerPort,
      DefaultActions: [{ Type: 'forward', TargetGroupArn }],
      Tags: [{ Key: 'team', Value: 'platform' }],
    }),
  )
  return { targetGroupArn: TargetGroupArn, listenerArn: Listeners?.[0]?.ListenerArn ?? '' }
}
