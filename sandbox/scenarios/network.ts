import { CreateSecurityGroupCommand, CreateSubnetCommand, CreateVpcCommand } from '@aws-sdk/client-ec2'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Network } from '../network/network.ts'
import type { AwsClients } from './aws-clients.ts'

/** The network that both clusters stand in. */
export interface Vpc {
  readonly vpcId: string
  readonly subnetIds: readonly string[]
  readonly loadBalancerGroup: string
}

/** Subnets of the scenario's VPC, one per zone; pods of both clusters have addresses in them. */
export const subnets = { a: '10.0.0.0/18', b: '10.0.64.0/18' } as const

export async function createVpc({ ec2, region }: AwsClients): Promise<Vpc> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
  const vpcId = Vpc?.VpcId ?? ''
  const subnetIds: string[] = []
  for (const [letter, CidrBlock] of Object.entries(subnets)) {
    const AvailabilityZone = `${region}${letter}`
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock, AvailabilityZone }))
    subnetIds.push(Subnet?.SubnetId ?? '')
  }
  const group = { GroupName: 'shop-alb', Description: 'the load balancer', VpcId: vpcId }
  const { GroupId } = await ec2.send(new CreateSecurityGroupCommand(group))
  return { vpcId, subnetIds, loadBalancerGroup: GroupId ?? '' }
}

/** An application load balancer with one HTTP listener that answers 404 to whatever no rule wants. */
export async function createAlb({ elbv2 }: AwsClients, vpc: Vpc, name: string) {
  const { LoadBalancers } = await elbv2.send(
    new CreateLoadBalancerCommand({
      Name: name,
      Scheme: 'internal',
      Type: 'application',
      Subnets: [...vpc.subnetIds],
      SecurityGroups: [vpc.loadBalancerGroup],
    }),
  )
  const loadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn ?? ''
  const { Listeners } = await elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancerArn,
      Protocol: 'HTTP',
      Port: 80,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  )
  return { loadBalancerArn, listenerArn: Listeners?.[0]?.ListenerArn ?? '' }
}

/** A target group and the rule that sends one host to it. */
export async function createRoute({ elbv2 }: AwsClients, vpc: Vpc, listenerArn: string, route: Route) {
  const { type: TargetType, port: Port } = route.targets ?? { type: 'ip', port: 8080 }
  const { TargetGroups } = await elbv2.send(
    new CreateTargetGroupCommand({
      Name: route.name,
      VpcId: vpc.vpcId,
      TargetType,
      Protocol: 'HTTP',
      Port,
      HealthCheckPath: '/healthz',
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 2,
      Tags: [{ Key: 'team', Value: 'shop' }],
    }),
  )
  const targetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? ''
  const delay = { Key: 'deregistration_delay.timeout_seconds', Value: '60' }
  await elbv2.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: targetGroupArn, Attributes: [delay] }))
  const { Rules } = await elbv2.send(
    new CreateRuleCommand({
      ListenerArn: listenerArn,
      Priority: route.priority,
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [route.host] } }],
      Actions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
      Tags: [{ Key: 'team', Value: 'shop' }],
    }),
  )
  return { targetGroupArn, ruleArn: Rules?.[0]?.RuleArn ?? '' }
}

export interface Route {
  readonly name: string
  readonly host: string
  readonly priority: number
  /** Where its targets listen: pods on 8080 unless it says otherwise. */
  readonly targets?: { readonly type: 'ip' | 'instance'; readonly port: number }
}

/** A load balancer takes a while until it is active and its listener has a door. */
export async function urlOf(network: Network, loadBalancerArn: string): Promise<string> {
  for (;;) {
    await network.settled()
    const door = network.frontDoor(loadBalancerArn, 80)
    if (door) return `http://${door.host}:${door.port}/`
    await sleep(20)
  }
}
