import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  addGroup,
  addListener,
  addRule,
  call,
  createSetting,
  forwardTo,
  healthOf,
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

describe('target groups', () => {
  test('start with AWS’s defaults', async () => {
    const { world, vpcId } = setting
    const group = await addGroup(setting, 'blue')
    expect((await call(world, 'DescribeTargetGroups', { TargetGroupArns: [group] })).TargetGroups).toEqual([
      {
        TargetGroupArn: expect.stringMatching(
          /^arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:targetgroup\/blue\/[0-9a-f]{16}$/,
        ),
        TargetGroupName: 'blue',
        Protocol: 'HTTP',
        Port: 80,
        VpcId: vpcId,
        HealthCheckProtocol: 'HTTP',
        HealthCheckPort: 'traffic-port',
        HealthCheckEnabled: true,
        HealthCheckIntervalSeconds: 30,
        HealthCheckTimeoutSeconds: 5,
        HealthyThresholdCount: 5,
        UnhealthyThresholdCount: 2,
        HealthCheckPath: '/',
        Matcher: { HttpCode: '200' },
        LoadBalancerArns: [],
        TargetType: 'ip',
        ProtocolVersion: 'HTTP1',
        IpAddressType: 'ipv4',
      },
    ])
    const network = await addGroup(setting, 'net', { Protocol: 'TCP' })
    expect((await call(world, 'DescribeTargetGroups', { Names: ['net'] })).TargetGroups[0]).toMatchObject({
      TargetGroupArn: network,
      HealthCheckProtocol: 'TCP',
      HealthCheckTimeoutSeconds: 10,
    })
  })

  test('have the attributes of their protocol and type', async () => {
    const { world } = setting
    const attributesOf = async (name: string, more: object) => {
      const { Attributes } = await call(world, 'DescribeTargetGroupAttributes', {
        TargetGroupArn: await addGroup(setting, name, more),
      })
      return Object.fromEntries(Attributes.map(({ Key, Value }: any) => [Key, Value]))
    }
    const application = await attributesOf('app', {})
    expect(application).toMatchObject({
      'deregistration_delay.timeout_seconds': '300',
      'stickiness.type': 'lb_cookie',
      'load_balancing.algorithm.type': 'round_robin',
      'slow_start.duration_seconds': '0',
      'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': '1',
      'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': 'off',
    })
    expect(application).not.toHaveProperty('preserve_client_ip.enabled')
    expect(await attributesOf('ip', { Protocol: 'TCP' })).toMatchObject({
      'preserve_client_ip.enabled': 'false',
      'stickiness.type': 'source_ip',
    })
    expect(await attributesOf('nodes', { Protocol: 'TCP', TargetType: 'instance' })).toMatchObject({
      'preserve_client_ip.enabled': 'true',
    })
    expect(await attributesOf('udp', { Protocol: 'UDP' })).toMatchObject({
      'deregistration_delay.connection_termination.enabled': 'true',
    })
  })

  test('a name is unique; the very same creation is the same group', async () => {
    const { world, vpcId } = setting
    const group = await addGroup(setting, 'blue')
    expect(await addGroup(setting, 'blue')).toBe(group)
    expect(
      await refusal(world, 'CreateTargetGroup', {
        Name: 'blue',
        Protocol: 'HTTP',
        Port: 81,
        VpcId: vpcId,
        TargetType: 'ip',
      }),
    ).toEqual({
      code: 'DuplicateTargetGroupName',
      message: "A target group with the same name 'blue' exists, but with different settings",
    })
  })

  test.each([
    [
      { Name: 'no_good' },
      "Target group name 'no_good' can only contain characters that are alphanumeric characters or hyphens(-)",
    ],
    [{ VpcId: 'vpc-0' }, "The VPC ID 'vpc-0' is not found"],
    [
      { HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 5 },
      'Health check interval must be greater than the timeout.',
    ],
    [{ HealthCheckPath: 'healthz' }, "Health check path 'healthz' must begin with a '/' character"],
    [
      { Matcher: { HttpCode: '200-599' } },
      "Health check matcher HTTP code '200-599' must be within '200-499' inclusive",
    ],
    [{ HealthCheckPath: '/a b' }, "Health check path '/a b' contains a character that is not valid"],
    [{ HealthCheckPort: 'any' }, "Health check port 'any' must be a valid port or 'traffic-port'"],
    [
      { HealthyThresholdCount: 1 },
      "1 validation error detected: Value '1' at 'healthyThresholdCount' failed to satisfy constraint: Member must have value greater than or equal to 2",
    ],
    [{ HealthCheckEnabled: false }, "Health checks cannot be disabled for target groups with target type 'ip'"],
  ])('refuses %j', async (more, message) => {
    const input = { Name: 'x', Protocol: 'HTTP', Port: 80, VpcId: setting.vpcId, TargetType: 'ip', ...more }
    expect(await refusal(setting.world, 'CreateTargetGroup', input)).toEqual({ code: 'ValidationError', message })
  })

  test('only the health check can be modified', async () => {
    const { world } = setting
    const group = await addGroup(setting, 'blue')
    await call(world, 'ModifyTargetGroup', {
      TargetGroupArn: group,
      HealthCheckPath: '/healthz',
      HealthCheckIntervalSeconds: 10,
    })
    expect((await call(world, 'DescribeTargetGroups', { Names: ['blue'] })).TargetGroups[0]).toMatchObject({
      HealthCheckPath: '/healthz',
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
    })
  })
})

describe('targets', () => {
  const target = (Id: string, more: object = {}) => ({ Targets: [{ Id, ...more }] })

  test('are unused until a rule refers to their group, with weight 0 too', async () => {
    const { world } = setting
    const [blue, green] = [await addGroup(setting, 'blue'), await addGroup(setting, 'green')]
    await call(world, 'RegisterTargets', { TargetGroupArn: green, ...target('10.0.1.1', { Port: 8080 }) })
    const { TargetHealthDescriptions } = await call(world, 'DescribeTargetHealth', { TargetGroupArn: green })
    expect(TargetHealthDescriptions).toEqual([
      {
        Target: { Id: '10.0.1.1', Port: 8080, AvailabilityZone: 'ap-northeast-2a' },
        HealthCheckPort: '8080',
        TargetHealth: {
          State: 'unused',
          Reason: 'Target.NotInUse',
          Description: 'Target group is not configured to receive traffic from the load balancer',
        },
      },
    ])
    const listener = await addListener(setting, toOne(blue))
    const rule = await addRule(world, listener, 1, forwardTo([blue, 100], [green, 0]))
    expect(await healthOf(world, green)).toEqual({ '10.0.1.1:8080': 'initial Elb.RegistrationInProgress' })
    await call(world, 'DeleteRule', { RuleArn: rule })
    expect(await healthOf(world, green)).toEqual({ '10.0.1.1:8080': 'unused Target.NotInUse' })
  })

  test('drain for the whole delay when they are in use, and are gone at once when not', async () => {
    const { world } = setting
    const blue = await addGroup(setting, 'blue')
    const [first, second] = [target('10.0.1.1'), target('10.0.16.1')]
    await call(world, 'RegisterTargets', { TargetGroupArn: blue, ...first })
    await call(world, 'DeregisterTargets', { TargetGroupArn: blue, ...first })
    expect(await healthOf(world, blue)).toEqual({})
    await addListener(setting, toOne(blue))
    for (const one of [first, second]) await call(world, 'RegisterTargets', { TargetGroupArn: blue, ...one })
    await call(world, 'DeregisterTargets', { TargetGroupArn: blue, ...first })
    expect(await healthOf(world, blue)).toEqual({
      '10.0.1.1:80': 'draining Target.DeregistrationInProgress',
      '10.0.16.1:80': 'initial Elb.RegistrationInProgress',
    })
    while ('10.0.1.1:80' in (await healthOf(world, blue))) await once(world.events, 'changed')
    expect(Object.keys(await healthOf(world, blue))).toEqual(['10.0.16.1:80'])
  })

  test('one that is registered again while it drains stays', async () => {
    const { world } = setting
    const blue = await addGroup(setting, 'blue')
    await addListener(setting, toOne(blue))
    const register = (Id: string) => call(world, 'RegisterTargets', { TargetGroupArn: blue, ...target(Id) })
    await register('10.0.1.1')
    await register('10.0.1.2')
    for (const Id of ['10.0.1.1', '10.0.1.2']) {
      await call(world, 'DeregisterTargets', { TargetGroupArn: blue, ...target(Id) })
    }
    await register('10.0.1.1')
    while ('10.0.1.2:80' in (await healthOf(world, blue))) await once(world.events, 'changed')
    expect(await healthOf(world, blue)).toEqual({ '10.0.1.1:80': 'initial Elb.RegistrationInProgress' })
  })

  test('deregistering what is not registered succeeds, and asking for it says so', async () => {
    const { world } = setting
    const blue = await addGroup(setting, 'blue')
    expect(await call(world, 'DeregisterTargets', { TargetGroupArn: blue, ...target('10.0.1.9') })).toEqual({})
    const { TargetHealthDescriptions } = await call(world, 'DescribeTargetHealth', {
      TargetGroupArn: blue,
      ...target('10.0.1.9'),
    })
    expect(TargetHealthDescriptions).toMatchObject([
      { Target: { Id: '10.0.1.9', Port: 80 }, TargetHealth: { State: 'unused', Reason: 'Target.NotRegistered' } },
    ])
  })

  test('one address with two ports is two targets, with the same port one', async () => {
    const { world } = setting
    const blue = await addGroup(setting, 'blue')
    for (const Port of [80, 81, 80]) {
      await call(world, 'RegisterTargets', { TargetGroupArn: blue, ...target('10.0.1.1', { Port }) })
    }
    expect(Object.keys(await healthOf(world, blue))).toEqual(['10.0.1.1:80', '10.0.1.1:81'])
  })

  test.each([
    [
      '10.0.1.1',
      'all',
      "The IP address '10.0.1.1' is within the VPC, and cannot have its Availability Zone overridden to 'all' from 'ap-northeast-2a'",
    ],
    ['10.9.1.1', undefined, "The Availability Zone is required for IP address '10.9.1.1' because it is not in the VPC"],
    ['8.8.8.8', 'all', "The IP address '8.8.8.8' is not within the VPC, the RFC 1918 range or the RFC 6598 range"],
    ['i-0123456789abcdef0', undefined, "The IP address 'i-0123456789abcdef0' is not a valid IPv4 address"],
  ])('the address %s with zone %s is refused', async (Id, AvailabilityZone, message) => {
    const blue = await addGroup(setting, 'blue')
    const input = { TargetGroupArn: blue, Targets: [{ Id: '10.0.1.7' }, { Id, AvailabilityZone }] }
    expect(await refusal(setting.world, 'RegisterTargets', input)).toEqual({ code: 'ValidationError', message })
    expect(await healthOf(setting.world, blue)).toEqual({})
  })

  test('instances are named by their ids, and have to be there', async () => {
    const { world } = setting
    const nodes = await addGroup(setting, 'nodes', { TargetType: 'instance', Port: 30080 })
    expect(await refusal(world, 'RegisterTargets', { TargetGroupArn: nodes, ...target('10.0.1.1') })).toMatchObject({
      code: 'InvalidTarget',
    })
    const unknown = { TargetGroupArn: nodes, ...target('i-0123456789abcdef0') }
    expect(await refusal(world, 'RegisterTargets', unknown)).toEqual({
      code: 'InvalidTarget',
      message: "Instance ID 'i-0123456789abcdef0' is not valid",
    })
  })
})

describe('tags', () => {
  test('are on every kind of resource', async () => {
    const { world, loadBalancer } = setting
    const blue = await addGroup(setting, 'blue', { Tags: [{ Key: 'team', Value: 'shop' }] })
    const listener = await addListener(setting, toOne(blue))
    const rule = await addRule(world, listener, 1, toOne(blue))
    const all = [loadBalancer, blue, listener, rule]
    await call(world, 'AddTags', { ResourceArns: all, Tags: [{ Key: 'env', Value: 'prod' }] })
    const describeTags = async () => (await call(world, 'DescribeTags', { ResourceArns: all })).TagDescriptions
    expect(await describeTags()).toEqual([
      { ResourceArn: loadBalancer, Tags: [{ Key: 'env', Value: 'prod' }] },
      {
        ResourceArn: blue,
        Tags: [
          { Key: 'team', Value: 'shop' },
          { Key: 'env', Value: 'prod' },
        ],
      },
      { ResourceArn: listener, Tags: [{ Key: 'env', Value: 'prod' }] },
      { ResourceArn: rule, Tags: [{ Key: 'env', Value: 'prod' }] },
    ])
    await call(world, 'RemoveTags', { ResourceArns: [blue], TagKeys: ['team', 'absent'] })
    expect((await describeTags())[1].Tags).toEqual([{ Key: 'env', Value: 'prod' }])
  })

  test.each([
    [[{ Key: 'aws:cloudformation:stack-name', Value: 'x' }], 'ValidationError'],
    [
      [
        { Key: 'a', Value: '1' },
        { Key: 'a', Value: '2' },
      ],
      'DuplicateTagKeys',
    ],
    [Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })), 'TooManyTags'],
    [[{ Key: 'a', Value: '<b>' }], 'ValidationError'],
  ])('refuses %j', async (Tags, code) => {
    expect(await refusal(setting.world, 'AddTags', { ResourceArns: [setting.loadBalancer], Tags })).toMatchObject({
      code,
    })
  })

  test('of something that is not there', async () => {
    const gone = setting.loadBalancer.replace(/\w{16}$/, '0'.repeat(16))
    expect(await refusal(setting.world, 'DescribeTags', { ResourceArns: [gone] })).toEqual({
      code: 'LoadBalancerNotFound',
      message: 'One or more load balancers not found',
    })
  })
})
