import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  addGroup,
  addListener,
  addLoadBalancer,
  addRule,
  addVpc,
  call,
  createSetting,
  forwardTo,
  onPath,
  refusal,
  toOne,
  type Setting,
} from './fixture.ts'

let setting: Setting
let blue: string
let green: string

beforeEach(async () => {
  setting = await createSetting()
  blue = await addGroup(setting, 'blue')
  green = await addGroup(setting, 'green')
})

afterEach(() => setting.world.clock.stop())

const actionsOf = async (rule: string) =>
  (await call(setting.world, 'DescribeRules', { RuleArns: [rule] })).Rules[0].Actions

describe('forward actions', () => {
  test('one group comes back in both forms, with weight 1 and stickiness off', async () => {
    const rule = await addRule(setting.world, await addListener(setting, toOne(blue)), 10, toOne(green))
    expect(await actionsOf(rule)).toEqual([
      {
        Type: 'forward',
        TargetGroupArn: green,
        ForwardConfig: {
          TargetGroups: [{ TargetGroupArn: green, Weight: 1 }],
          TargetGroupStickinessConfig: { Enabled: false },
        },
      },
    ])
  })

  test('several groups come back in the second form only, and a modification replaces them all', async () => {
    const { world } = setting
    const rule = await addRule(world, await addListener(setting, toOne(blue)), 10, forwardTo([blue, 90], [green, 10]))
    expect(await actionsOf(rule)).toEqual([
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: blue, Weight: 90 },
            { TargetGroupArn: green, Weight: 10 },
          ],
          TargetGroupStickinessConfig: { Enabled: false },
        },
      },
    ])
    await call(world, 'ModifyRule', { RuleArn: rule, Actions: forwardTo([green, 0]) })
    expect(await actionsOf(rule)).toMatchObject([
      { TargetGroupArn: green, ForwardConfig: { TargetGroups: [{ Weight: 0 }] } },
    ])
  })

  test.each([
    [
      'a weight over 999',
      (): object[] => forwardTo([blue, 1000], [green, 0]),
      'ValidationError',
      /^The weight for each target group must be between 0 and 999, inclusive$/,
    ],
    ['a weight under 0', () => forwardTo([blue, -5], [green, 0]), 'ValidationError', /between 0 and 999/],
    ['several groups without weights', () => forwardTo([blue], [green]), 'ValidationError', /between 0 and 999/],
    ['one group twice', () => forwardTo([blue, 1], [blue, 1]), 'ValidationError', /only once/],
    ['no action', () => [], 'ValidationError', /At least one action/],
    ['two last actions', () => [...toOne(blue), ...toOne(green)], 'TooManyActions', /only one action/],
    [
      'an unknown type',
      () => [{ Type: 'drop' }],
      'ValidationError',
      /'actions.1.member.type' failed to satisfy constraint/,
    ],
    [
      'a redirect to itself',
      () => [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301' } }],
      'InvalidLoadBalancerAction',
      /loop/,
    ],
    [
      'a 301 as fixed response',
      () => [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '301' } }],
      'ValidationError',
      /fixedResponseConfig.statusCode/,
    ],
    [
      'two different groups in the two forms',
      () => [{ Type: 'forward', TargetGroupArn: blue, ForwardConfig: { TargetGroups: [{ TargetGroupArn: green }] } }],
      'ValidationError',
      /same single target group/,
    ],
    [
      'stickiness without a duration',
      () => [
        {
          Type: 'forward',
          ForwardConfig: { TargetGroups: [{ TargetGroupArn: blue }], TargetGroupStickinessConfig: { Enabled: true } },
        },
      ],
      'ValidationError',
      /^Target group stickiness duration must be between 1 and 604800 seconds$/,
    ],
  ])('refuses %s', async (_what, actions, code, message) => {
    const listener = await addListener(setting, toOne(blue))
    const input = { ListenerArn: listener, Priority: 5, Conditions: onPath('/x'), Actions: actions() }
    expect(await refusal(setting.world, 'CreateRule', input)).toEqual({ code, message: expect.stringMatching(message) })
    expect(setting.world.elbv2.rules.size).toBe(1)
  })

  test('at most five groups in one action', async () => {
    const groups: string[] = []
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) groups.push(await addGroup(setting, name))
    const actions = (count: number) => forwardTo(...groups.slice(0, count).map((arn): [string, number] => [arn, 1]))
    await addListener(setting, actions(5))
    expect(
      await refusal(setting.world, 'CreateListener', {
        LoadBalancerArn: setting.loadBalancer,
        Protocol: 'HTTP',
        Port: 81,
        DefaultActions: actions(6),
      }),
    ).toMatchObject({
      code: 'TooManyTargetGroups',
    })
  })

  test('a group belongs to one load balancer', async () => {
    const { world } = setting
    await addListener(setting, toOne(blue))
    const other = await addLoadBalancer(world, setting, 'other')
    const input = { LoadBalancerArn: other, Protocol: 'HTTP', Port: 80, DefaultActions: toOne(blue) }
    expect(await refusal(world, 'CreateListener', input)).toEqual({
      code: 'TargetGroupAssociationLimit',
      message: `The following target groups cannot be associated with more than one load balancer: ${blue}`,
    })
    // Two listeners of one load balancer may share it.
    await addListener(setting, toOne(blue), 81)
  })

  test('protocols and VPCs must fit, and the group must be there', async () => {
    const { world } = setting
    const listener = await addListener(setting, toOne(blue))
    const refused = async (arn: string) =>
      refusal(world, 'ModifyListener', { ListenerArn: listener, DefaultActions: toOne(arn) })
    const tcp = await addGroup(setting, 'tcp', { Protocol: 'TCP' })
    expect(await refused(tcp)).toEqual({
      code: 'IncompatibleProtocols',
      message: `The listener and its associated target group '${tcp}' have incompatible protocols: 'HTTP' and 'TCP'`,
    })
    const { vpcId } = await addVpc(world, 7)
    expect(await refused(await addGroup(setting, 'far', { VpcId: vpcId }))).toMatchObject({
      code: 'InvalidConfigurationRequest',
    })
    const gone = blue.replace(/\w{16}$/, '0'.repeat(16))
    expect(await refused(gone)).toEqual({ code: 'TargetGroupNotFound', message: `Target groups '${gone}' not found` })
    const network = await addLoadBalancer(world, setting, 'net', { Type: 'network' })
    expect(
      await refusal(world, 'CreateListener', {
        LoadBalancerArn: network,
        Protocol: 'TCP',
        Port: 80,
        DefaultActions: toOne(green),
      }),
    ).toMatchObject({
      code: 'IncompatibleProtocols',
    })
    await call(world, 'CreateListener', {
      LoadBalancerArn: network,
      Protocol: 'TCP',
      Port: 80,
      DefaultActions: toOne(tcp),
    })
  })

  test('the secret of an OIDC action is never answered and can be kept', async () => {
    const { world } = setting
    const certificate = { Certificates: [{ CertificateArn: 'arn:aws:acm:ap-northeast-2:123456789012:certificate/a' }] }
    const listener = await addListener(setting, toOne(blue), 443, { Protocol: 'HTTPS', ...certificate })
    const oidc = (more: object) => [
      {
        Type: 'authenticate-oidc',
        Order: 1,
        AuthenticateOidcConfig: { Issuer: 'https://id', ClientId: 'shop', ...more },
      },
      { Type: 'forward', Order: 2, TargetGroupArn: blue },
    ]
    const rule = await addRule(world, listener, 1, oidc({ ClientSecret: 'hush' }))
    expect(JSON.stringify(await actionsOf(rule))).not.toContain('hush')
    await call(world, 'ModifyRule', { RuleArn: rule, Actions: oidc({ UseExistingClientSecret: true }) })
    expect(JSON.stringify(world.elbv2.rules.get(rule)?.actions)).toContain('hush')
  })
})
