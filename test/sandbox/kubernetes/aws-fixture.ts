import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2'
import { Clock } from '../../../sandbox/clock.ts'
import { services } from '../../../sandbox/cloud/services.ts'
import { createWorld } from '../../../sandbox/cloud/world.ts'
import { Faults } from '../../../sandbox/faults.ts'
import { addressesIn } from '../../../sandbox/kubernetes/pods/addresses.ts'
import { AddressBook } from '../../../sandbox/network/addresses.ts'
import { Network } from '../../../sandbox/network/network.ts'
import { startWire } from '../../../sandbox/wire/wire.ts'
import { eventually, startTestCluster, type TestCluster } from './fixture.ts'

const region = 'ap-northeast-2'
const zones = { [`${region}a`]: '10.0.0.0/20', [`${region}b`]: '10.0.16.0/20' }

type Colour = 'blue' | 'green'

/** AWS with one VPC, and a blue and a green cluster in it: pods of both get addresses of its subnets. */
export interface TwoClusters extends Record<Colour, TestCluster> {
  faults: Faults
  createTargetGroup(name: string): Promise<string>
  /** An application load balancer with a listener that forwards to the group, so that its targets are checked. Resolves when it is active. */
  putToUse(targetGroup: string): Promise<void>
  /** `ip:port state` of every target, in order. */
  targets(targetGroup: string): Promise<string[]>
  /** What a cluster's controller asked AWS for, in order. */
  calls(colour: Colour): string[]
  stop(): Promise<void>
}

/** Each cluster has an access key of its own, by which its calls are told apart. */
const keyOf = (colour: Colour) => `AKIA${colour.toUpperCase()}`

export async function startTwoClusters(scale: number): Promise<TwoClusters> {
  const clock = new Clock(scale)
  const world = createWorld({ region, accountId: '123456789012', clock })
  const faults = new Faults()
  const wire = await startWire({ world, services, faults })
  const addresses = new AddressBook()
  const network = new Network(world, addresses)
  network.start()
  const vpc = addressesIn(zones)
  const clusterOf = (colour: Colour) => {
    const aws = { endpoint: wire.url, region, accessKeyId: keyOf(colour), secretAccessKey: 'secret' }
    return startTestCluster({ name: `prod-${colour}`, colour, clock, addresses, vpc, aws })
  }
  const [blue, green] = await Promise.all([clusterOf('blue'), clusterOf('green')])

  const client = { region, endpoint: wire.url, credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' } }
  const [ec2, elbv2] = [new EC2Client(client), new ElasticLoadBalancingV2Client(client)]
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
  const subnets: string[] = []
  for (const [AvailabilityZone, CidrBlock] of Object.entries(zones)) {
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock, AvailabilityZone }))
    subnets.push(Subnet?.SubnetId ?? '')
  }

  return {
    blue,
    green,
    faults,
    async createTargetGroup(Name) {
      const group = { Name, Protocol: 'HTTP', Port: 8080, VpcId: Vpc?.VpcId, TargetType: 'ip' } as const
      const checks = { HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 2, HealthyThresholdCount: 2 }
      const { TargetGroups } = await elbv2.send(new CreateTargetGroupCommand({ ...group, ...checks }))
      return TargetGroups?.[0]?.TargetGroupArn ?? ''
    },
    async putToUse(TargetGroupArn) {
      const { LoadBalancers } = await elbv2.send(new CreateLoadBalancerCommand({ Name: 'shop', Subnets: subnets }))
      await elbv2.send(
        new CreateListenerCommand({
          LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
          Protocol: 'HTTP',
          Port: 80,
          DefaultActions: [{ Type: 'forward', TargetGroupArn }],
        }),
      )
      await eventually(async () => {
        const described = await elbv2.send(new DescribeLoadBalancersCommand({}))
        return described.LoadBalancers?.every(({ State }) => State?.Code === 'active')
      })
    },
    async targets(TargetGroupArn) {
      const { TargetHealthDescriptions = [] } = await elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn }))
      return TargetHealthDescriptions.map(
        ({ Target, TargetHealth }) => `${Target?.Id}:${Target?.Port} ${TargetHealth?.State}`,
      ).sort()
    },
    calls: (colour) =>
      wire.calls
        .recent()
        .filter(({ accessKeyId }) => accessKeyId === keyOf(colour))
        .map(({ operation }) => operation),
    async stop() {
      await Promise.all([blue.stop(), green.stop()])
      ec2.destroy()
      elbv2.destroy()
      await network.stop()
      await wire.close()
      clock.stop()
    },
  }
}
