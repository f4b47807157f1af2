import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  addGroup,
  addListener,
  addLoadBalancer,
  addVpc,
  call,
  createSetting,
  refusal,
  toOne,
  type Setting,
} from './fixture.ts'

vi.setConfig({ testTimeout: 30_000 })

let setting: Setting

beforeEach(async () => {
  setting = await createSetting()
})

afterEach(() => setting.world.clock.stop())

describe('creating', () => {
  test('answers as AWS does, provisioning first and active after a while', async () => {
    const { world, loadBalancer, subnets, vpcId } = setting
    const describeIt = async () => (await call(world, 'DescribeLoadBalancers', { Names: ['shop'] })).LoadBalancers
    expect(await describeIt()).toEqual([
      {
        LoadBalancerArn: expect.stringMatching(
          /^arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer\/app\/shop\/[0-9a-f]{16}$/,
        ),
        DNSName: expect.stringMatching(/^shop-\d{10}\.ap-northeast-2\.elb\.amazonaws\.com$/),
        CanonicalHostedZoneId: 'ZWKZPGTI48KDX',
        CreatedTime: expect.any(Date),
        LoadBalancerName: 'shop',
        Scheme: 'internet-facing',
        VpcId: vpcId,
        State: { Code: 'provisioning' },
        Type: 'application',
        AvailabilityZones: [
          { ZoneName: 'ap-northeast-2a', SubnetId: subnets[0], LoadBalancerAddresses: [] },
          { ZoneName: 'ap-northeast-2b', SubnetId: subnets[1], LoadBalancerAddresses: [] },
        ],
        SecurityGroups: [expect.stringMatching(/^sg-/)],
        IpAddressType: 'ipv4',
        EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: undefined,
      },
    ])
    await once(world.events, 'changed')
    expect((await describeIt())[0].State).toEqual({ Code: 'active' })
    expect((await describeIt())[0].LoadBalancerArn).toBe(loadBalancer)
  })

  test('the same again is the same one, otherwise the name is taken', async () => {
    const { world, subnets } = setting
    const again = await call(world, 'CreateLoadBalancer', { Name: 'shop', Subnets: subnets })
    expect(again.LoadBalancers[0].LoadBalancerArn).toBe(setting.loadBalancer)
    expect(await refusal(world, 'CreateLoadBalancer', { Name: 'shop', Subnets: subnets, Scheme: 'internal' })).toEqual({
      code: 'DuplicateLoadBalancerName',
      message: "A load balancer with the same name 'shop' exists, but with different settings",
    })
  })

  test.each([
    [{ Name: '-shop' }, 'ValidationError', "Load balancer name '-shop' cannot begin or end with a hyphen(-)"],
    [
      { Name: 'a'.repeat(33) },
      'ValidationError',
      `Load balancer name '${'a'.repeat(33)}' cannot be longer than '32' characters`,
    ],
    [{ Name: 'internal-shop' }, 'ValidationError', "Load balancer name 'internal-shop' cannot begin with 'internal-'"],
    [{ Name: 'x', Subnets: ['subnet-0'] }, 'SubnetNotFound', "The subnet ID 'subnet-0' does not exist"],
    [{ Name: 'x', SecurityGroups: ['sg-0'] }, 'InvalidSecurityGroup', "The security group 'sg-0' does not exist"],
    [
      { Name: 'x', Scheme: 'public' },
      'ValidationError',
      "1 validation error detected: Value 'public' at 'scheme' failed to satisfy constraint: Member must satisfy enum value set: [internet-facing, internal]",
    ],
  ])('refuses %j', async (input, code, message) => {
    expect(await refusal(setting.world, 'CreateLoadBalancer', { Subnets: setting.subnets, ...input })).toEqual({
      code,
      message,
    })
  })

  test('an application load balancer needs two zones, a network load balancer one', async () => {
    const { world, subnets } = setting
    expect(await refusal(world, 'CreateLoadBalancer', { Name: 'x', Subnets: [subnets[0]] })).toMatchObject({
      message: 'At least two subnets in two different Availability Zones must be specified',
    })
    const arn = await addLoadBalancer(world, { vpcId: setting.vpcId, subnets: [subnets[0] ?? ''] }, 'net', {
      Type: 'network',
    })
    expect(arn).toContain(':loadbalancer/net/net/')
  })
})

describe('attributes', () => {
  test('start with the defaults of the type and are all or nothing', async () => {
    const { world, loadBalancer } = setting
    const attributes = async () => {
      const { Attributes } = await call(world, 'DescribeLoadBalancerAttributes', { LoadBalancerArn: loadBalancer })
      return Object.fromEntries(Attributes.map(({ Key, Value }: any) => [Key, Value]))
    }
    expect(await attributes()).toMatchObject({
      'idle_timeout.timeout_seconds': '60',
      'client_keep_alive.seconds': '3600',
    })
    const change = (pairs: Record<string, string>) => ({
      LoadBalancerArn: loadBalancer,
      Attributes: Object.entries(pairs).map(([Key, Value]) => ({ Key, Value })),
    })
    await call(world, 'ModifyLoadBalancerAttributes', change({ 'idle_timeout.timeout_seconds': '90' }))
    expect(
      await refusal(
        world,
        'ModifyLoadBalancerAttributes',
        change({ 'idle_timeout.timeout_seconds': '91', nonsense: '1' }),
      ),
    ).toEqual({ code: 'ValidationError', message: "Load balancer attribute key 'nonsense' is not recognized" })
    expect(
      await refusal(
        world,
        'ModifyLoadBalancerAttributes',
        change({ 'dns_record.client_routing_policy': 'any_availability_zone' }),
      ),
    ).toMatchObject({ code: 'InvalidConfigurationRequest' })
    expect(
      await refusal(world, 'ModifyLoadBalancerAttributes', change({ 'idle_timeout.timeout_seconds': '0' })),
    ).toMatchObject({
      code: 'ValidationError',
    })
    expect(await attributes()).toMatchObject({ 'idle_timeout.timeout_seconds': '90' })
  })

  test('deletion protection keeps a load balancer', async () => {
    const { world, loadBalancer } = setting
    const protect = (Value: string) =>
      call(world, 'ModifyLoadBalancerAttributes', {
        LoadBalancerArn: loadBalancer,
        Attributes: [{ Key: 'deletion_protection.enabled', Value }],
      })
    await protect('true')
    expect(await refusal(world, 'DeleteLoadBalancer', { LoadBalancerArn: loadBalancer })).toMatchObject({
      code: 'OperationNotPermitted',
    })
    await protect('false')
    await call(world, 'DeleteLoadBalancer', { LoadBalancerArn: loadBalancer })
    // Deleted already: succeeds.
    await call(world, 'DeleteLoadBalancer', { LoadBalancerArn: loadBalancer })
  })
})

test('deleting takes listeners and rules along and leaves target groups', async () => {
  const { world, loadBalancer } = setting
  const group = await addGroup(setting, 'blue')
  const listener = await addListener(setting, toOne(group))
  expect(await refusal(world, 'DeleteTargetGroup', { TargetGroupArn: group })).toEqual({
    code: 'ResourceInUse',
    message: `Target group '${group}' is currently in use by a listener or a rule`,
  })
  await call(world, 'DeleteLoadBalancer', { LoadBalancerArn: loadBalancer })
  expect(await refusal(world, 'DescribeListeners', { ListenerArns: [listener] })).toEqual({
    code: 'ListenerNotFound',
    message: 'One or more listeners not found',
  })
  expect(world.elbv2.rules.size).toBe(0)
  const { TargetGroups } = await call(world, 'DescribeTargetGroups', {})
  expect(TargetGroups).toMatchObject([{ TargetGroupArn: group, LoadBalancerArns: [] }])
  await call(world, 'DeleteTargetGroup', { TargetGroupArn: group })
})

test('subnets, security groups and address type are replaced', async () => {
  const { world, loadBalancer, subnets } = setting
  expect(
    await call(world, 'SetSubnets', { LoadBalancerArn: loadBalancer, Subnets: [...subnets].reverse() }),
  ).toMatchObject({
    AvailabilityZones: [{ SubnetId: subnets[1] }, { SubnetId: subnets[0] }],
  })
  const elsewhere = await addVpc(world, 9)
  expect(
    await refusal(world, 'SetSubnets', { LoadBalancerArn: loadBalancer, Subnets: elsewhere.subnets }),
  ).toMatchObject({
    code: 'InvalidSubnet',
  })
  expect(
    await refusal(world, 'SetSecurityGroups', { LoadBalancerArn: loadBalancer, SecurityGroups: ['sg-0'] }),
  ).toMatchObject({
    code: 'InvalidSecurityGroup',
  })
  expect(await call(world, 'SetIpAddressType', { LoadBalancerArn: loadBalancer, IpAddressType: 'dualstack' })).toEqual({
    IpAddressType: 'dualstack',
  })
})

test('lists come in pages, and what is not there is named', async () => {
  const { world } = setting
  for (const name of ['two', 'three']) await addLoadBalancer(world, setting, name)
  const first = await call(world, 'DescribeLoadBalancers', { PageSize: 2 })
  expect(first.LoadBalancers.map(({ LoadBalancerName }: any) => LoadBalancerName)).toEqual(['shop', 'two'])
  const rest = await call(world, 'DescribeLoadBalancers', { PageSize: 2, Marker: first.NextMarker })
  expect(rest.LoadBalancers.map(({ LoadBalancerName }: any) => LoadBalancerName)).toEqual(['three'])
  expect(rest.NextMarker).toBeUndefined()
  expect(await refusal(world, 'DescribeLoadBalancers', { Marker: 'nonsense' })).toMatchObject({
    code: 'ValidationError',
  })
  expect(await refusal(world, 'DescribeLoadBalancers', { Names: ['four'] })).toEqual({
    code: 'LoadBalancerNotFound',
    message: "Load balancers '[four]' not found",
  })
  const gone = setting.loadBalancer.replace(/\w{16}$/, '0'.repeat(16))
  expect(await refusal(world, 'DescribeLoadBalancers', { LoadBalancerArns: [gone] })).toEqual({
    code: 'LoadBalancerNotFound',
    message: 'One or more load balancers not found',
  })
  expect(await refusal(world, 'DescribeLoadBalancerAttributes', { LoadBalancerArn: 'shop' })).toEqual({
    code: 'ValidationError',
    message: "'shop' is not a valid load balancer ARN",
  })
})

test('capacity, limits and policies can be read', async () => {
  const { world, loadBalancer } = setting
  expect(await call(world, 'DescribeCapacityReservation', { LoadBalancerArn: loadBalancer })).toEqual({
    DecreaseRequestsRemaining: 2,
    CapacityReservationState: [],
  })
  const { Limits } = await call(world, 'DescribeAccountLimits')
  expect(Limits).toContainEqual({ Name: 'target-groups-per-action-on-application-load-balancer', Max: '5' })
  const { SslPolicies } = await call(world, 'DescribeSSLPolicies', { Names: ['ELBSecurityPolicy-TLS13-1-3-2021-06'] })
  expect(SslPolicies).toMatchObject([{ SslProtocols: ['TLSv1.3'] }])
  expect(await refusal(world, 'DescribeSSLPolicies', { Names: ['old'] })).toMatchObject({ code: 'SSLPolicyNotFound' })
})
