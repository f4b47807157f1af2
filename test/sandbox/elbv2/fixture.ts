import { Clock } from '../../../sandbox/clock.ts'
import { ec2 } from '../../../sandbox/cloud/ec2/operations.ts'
import { elbv2 } from '../../../sandbox/cloud/elbv2/operations.ts'
import { AwsError } from '../../../sandbox/cloud/errors.ts'
import type { Operations } from '../../../sandbox/cloud/operation.ts'
import { createWorld, type Account, type World } from '../../../sandbox/cloud/world.ts'

const caller = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', requestId: 'test' }

async function run(operations: Operations, world: World, name: string, input: object): Promise<any> {
  const operation = operations[name]
  if (!operation) throw new Error(`no operation ${name}`)
  return operation(world, input, caller)
}

export const call = (world: World, name: string, input: object = {}): Promise<any> => run(elbv2, world, name, input)

/** The error that AWS would answer with; fails when the call succeeds. */
export async function refusal(world: World, name: string, input: object): Promise<{ code: string; message: string }> {
  try {
    await call(world, name, input)
  } catch (error) {
    if (error instanceof AwsError) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error(`${name} was not refused`)
}

export interface Vpc {
  vpcId: string
  subnets: string[]
}

/** A VPC 10.<second>.0.0/16 with a subnet of /20 in each of two zones. */
export async function addVpc(world: World, second: number): Promise<Vpc> {
  const { Vpc } = await run(ec2, world, 'CreateVpc', { CidrBlock: `10.${second}.0.0/16` })
  const subnets: string[] = []
  for (const [zone, third] of [['a', 0] as const, ['b', 16] as const]) {
    const { Subnet } = await run(ec2, world, 'CreateSubnet', {
      VpcId: Vpc.VpcId,
      CidrBlock: `10.${second}.${third}.0/20`,
      AvailabilityZone: `${world.region}${zone}`,
    })
    subnets.push(Subnet.SubnetId)
  }
  return { vpcId: Vpc.VpcId, subnets }
}

export interface Setting extends Vpc {
  world: World
  /** An application load balancer in the VPC. */
  loadBalancer: string
}

export async function createSetting(scale = 1000, account: Partial<Account> = {}): Promise<Setting> {
  const world = createWorld({ region: 'ap-northeast-2', accountId: '123456789012', clock: new Clock(scale), account })
  const vpc = await addVpc(world, 0)
  return { ...vpc, world, loadBalancer: await addLoadBalancer(world, vpc, 'shop') }
}

export async function addLoadBalancer(
  world: World,
  { subnets }: Vpc,
  name: string,
  more: object = {},
): Promise<string> {
  const { LoadBalancers } = await call(world, 'CreateLoadBalancer', { Name: name, Subnets: subnets, ...more })
  return LoadBalancers[0].LoadBalancerArn
}

export async function addGroup({ world, vpcId }: Setting, name: string, more: object = {}): Promise<string> {
  const { TargetGroups } = await call(world, 'CreateTargetGroup', {
    Name: name,
    Protocol: 'HTTP',
    Port: 80,
    VpcId: vpcId,
    TargetType: 'ip',
    ...more,
  })
  return TargetGroups[0].TargetGroupArn
}

export const forwardTo = (...groups: [arn: string, weight?: number][]) => [
  {
    Type: 'forward',
    ForwardConfig: { TargetGroups: groups.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })) },
  },
]

export const toOne = (TargetGroupArn: string) => [{ Type: 'forward', TargetGroupArn }]

export async function addListener(setting: Setting, actions: object[], port = 80, more: object = {}): Promise<string> {
  const { Listeners } = await call(setting.world, 'CreateListener', {
    LoadBalancerArn: setting.loadBalancer,
    Protocol: 'HTTP',
    Port: port,
    DefaultActions: actions,
    ...more,
  })
  return Listeners[0].ListenerArn
}

export const onPath = (...Values: string[]) => [{ Field: 'path-pattern', PathPatternConfig: { Values } }]

export async function addRule(
  world: World,
  listener: string,
  priority: number,
  actions: object[],
  conditions: object[] = onPath('/shop*'),
) {
  const { Rules } = await call(world, 'CreateRule', {
    ListenerArn: listener,
    Priority: priority,
    Conditions: conditions,
    Actions: actions,
  })
  return Rules[0].RuleArn as string
}

/** As DescribeTargetHealth says it: `ip:port` → `state reason`. */
export async function healthOf(world: World, group: string): Promise<Record<string, string>> {
  const { TargetHealthDescriptions } = await call(world, 'DescribeTargetHealth', { TargetGroupArn: group })
  return Object.fromEntries(
    TargetHealthDescriptions.map(({ Target, TargetHealth }: any) => [
      `${Target.Id}:${Target.Port}`,
      [TargetHealth.State, TargetHealth.Reason].filter(Boolean).join(' '),
    ]),
  )
}
