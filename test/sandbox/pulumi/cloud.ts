import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { CreateSecurityGroupCommand, CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2'
import { Clock } from '../../../sandbox/clock.ts'
import { services } from '../../../sandbox/cloud/services.ts'
import { createWorld } from '../../../sandbox/cloud/world.ts'
import { Faults } from '../../../sandbox/faults.ts'
import { startWire } from '../../../sandbox/wire/wire.ts'

const region = 'ap-northeast-2'
const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' }

/** The sandbox's AWS with a VPC, and in it a load balancer with a listener and a rule as someone made them by hand. */
export async function startCloud() {
  const world = createWorld({ region, accountId: '123456789012', clock: new Clock(1000) })
  const faults = new Faults()
  const wire = await startWire({ world, services, faults })
  const elbv2 = new ElasticLoadBalancingV2Client({ region, endpoint: wire.url, credentials })
  const ec2 = new EC2Client({ region, endpoint: wire.url, credentials })
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
  const VpcId = Vpc?.VpcId ?? ''
  const subnets: string[] = []
  for (const [zone, block] of Object.entries({ a: '10.0.0.0/20', b: '10.0.16.0/20' })) {
    const place = { VpcId, CidrBlock: block, AvailabilityZone: `${region}${zone}` }
    subnets.push((await ec2.send(new CreateSubnetCommand(place))).Subnet?.SubnetId ?? '')
  }
  const group = await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'pods', Description: 'pods', VpcId }))
  return {
    wire,
    faults,
    elbv2,
    vpcId: VpcId,
    subnets,
    securityGroupId: group.GroupId ?? '',
    /** The options of an `aws.Provider`, as the engine hands them to a plugin. */
    providerOptions: {
      region,
      accessKey: credentials.accessKeyId,
      secretKey: credentials.secretAccessKey,
      endpoints: [
        Object.fromEntries(
          ['apigateway', 'apigatewayv2', 'autoscaling', 'ec2', 'eks', 'elbv2', 'iam', 'route53', 'sts'].map(
            (service) => [service, wire.url],
          ),
        ),
      ],
      skipCredentialsValidation: true,
      skipMetadataApiCheck: true,
    },
    made: await makeByHand(elbv2, VpcId, subnets),
    async close() {
      elbv2.destroy()
      ec2.destroy()
      await wire.close()
      world.clock.stop()
    },
  }
}

export type TestCloud = Awaited<ReturnType<typeof startCloud>>

async function makeByHand(elbv2: ElasticLoadBalancingV2Client, VpcId: string, Subnets: string[]) {
  const balancer = await elbv2.send(new CreateLoadBalancerCommand({ Name: 'shop', Subnets, Scheme: 'internal' }))
  const loadBalancerArn = balancer.LoadBalancers?.[0]?.LoadBalancerArn ?? ''
  const group = { Name: 'blue', Port: 80, Protocol: 'HTTP', VpcId, TargetType: 'ip' } as const
  const targetGroup = await elbv2.send(new CreateTargetGroupCommand(group))
  const blueArn = targetGroup.TargetGroups?.[0]?.TargetGroupArn ?? ''
  const toBlue = [{ Type: 'forward', TargetGroupArn: blueArn } as const]
  const listener = await elbv2.send(
    new CreateListenerCommand({ LoadBalancerArn: loadBalancerArn, Port: 80, Protocol: 'HTTP', DefaultActions: toBlue }),
  )
  const listenerArn = listener.Listeners?.[0]?.ListenerArn ?? ''
  const rule = await elbv2.send(
    new CreateRuleCommand({
      ListenerArn: listenerArn,
      Priority: 10,
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['search.example.com'] } }],
      Actions: toBlue,
      Tags: [{ Key: 'team', Value: 'shop' }],
    }),
  )
  return { loadBalancerArn, blueArn, listenerArn, ruleArn: rule.Rules?.[0]?.RuleArn ?? '' }
}
