import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awsCli, hasAwsCli, startTestWire, type TestWire } from '../wire/fixture.ts'
import { addVpc } from './fixture.ts'

/** The model behind its wire, seen by a client that nobody here wrote. Each test goes on where the one before it ended. */
describe.skipIf(!hasAwsCli)('the AWS command-line client', { timeout: 60_000 }, () => {
  let setting: TestWire
  let groups: Record<'blue' | 'green', string>
  let loadBalancer: string
  let listener: string
  let rule: string

  const aws = async (...words: string[]): Promise<any> => {
    const { output, error } = await awsCli(setting.wire, 'elbv2', ...words)
    expect(error).toBe('')
    return output
  }
  const refused = async (...words: string[]) => (await awsCli(setting.wire, 'elbv2', ...words)).error.trim()
  const weighted = (blue: number, green: number) =>
    JSON.stringify([
      {
        Type: 'forward',
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: groups.blue, Weight: blue },
            { TargetGroupArn: groups.green, Weight: green },
          ],
        },
      },
    ])

  beforeAll(async () => {
    setting = await startTestWire()
  })

  afterAll(() => setting.close())

  test('builds a load balancer with a weighted rule', async () => {
    const { vpcId, subnets } = await addVpc(setting.world, 0)
    const created = await aws('create-load-balancer', '--name', 'shop', '--subnets', ...subnets)
    loadBalancer = created.LoadBalancers[0].LoadBalancerArn
    const group = async (name: string) =>
      (
        await aws(
          'create-target-group',
          '--name',
          name,
          '--protocol',
          'HTTP',
          '--port',
          '80',
          '--target-type',
          'ip',
          '--vpc-id',
          vpcId,
        )
      ).TargetGroups[0].TargetGroupArn
    groups = { blue: await group('blue'), green: await group('green') }
    const listening = ['--load-balancer-arn', loadBalancer, '--protocol', 'HTTP', '--port', '80']
    const { Listeners } = await aws(
      'create-listener',
      ...listening,
      '--default-actions',
      `Type=forward,TargetGroupArn=${groups.blue}`,
    )
    listener = Listeners[0].ListenerArn
    const conditions = ['--conditions', 'Field=path-pattern,Values=/shop*']
    const { Rules } = await aws(
      'create-rule',
      '--listener-arn',
      listener,
      '--priority',
      '10',
      ...conditions,
      '--actions',
      weighted(100, 0),
    )
    rule = Rules[0].RuleArn
  })

  test('reads rules as AWS answers them', async () => {
    const { Rules } = await aws('describe-rules', '--listener-arn', listener)
    expect(Rules).toEqual([
      {
        RuleArn: rule,
        Priority: '10',
        Conditions: [{ Field: 'path-pattern', Values: ['/shop*'], PathPatternConfig: { Values: ['/shop*'] } }],
        Actions: [
          {
            Type: 'forward',
            ForwardConfig: {
              TargetGroups: [
                { TargetGroupArn: groups.blue, Weight: 100 },
                { TargetGroupArn: groups.green, Weight: 0 },
              ],
              TargetGroupStickinessConfig: { Enabled: false },
            },
          },
        ],
        IsDefault: false,
        Transforms: [],
      },
      expect.objectContaining({ Priority: 'default', IsDefault: true, Conditions: [] }),
    ])
  })

  test('changes rules, and is refused in AWS’s words', async () => {
    await aws('modify-rule', '--rule-arn', rule, '--actions', weighted(90, 10))
    expect(await refused('modify-rule', '--rule-arn', rule, '--actions', weighted(1000, 0))).toBe(
      'An error occurred (ValidationError) when calling the ModifyRule operation: The weight for each target group must be between 0 and 999, inclusive',
    )
    expect(await refused('delete-target-group', '--target-group-arn', groups.green)).toBe(
      `An error occurred (ResourceInUse) when calling the DeleteTargetGroup operation: Target group '${groups.green}' is currently in use by a listener or a rule`,
    )
    const { Rules } = await aws('describe-rules', '--rule-arns', rule)
    expect(Rules[0].Actions[0].ForwardConfig.TargetGroups.map(({ Weight }: any) => Weight)).toEqual([90, 10])
  })

  test('reads target health', async () => {
    await aws('register-targets', '--target-group-arn', groups.green, '--targets', 'Id=10.0.1.1,Port=8080')
    expect(await aws('describe-target-health', '--target-group-arn', groups.green)).toEqual({
      TargetHealthDescriptions: [
        {
          Target: { Id: '10.0.1.1', Port: 8080, AvailabilityZone: 'ap-northeast-2a' },
          HealthCheckPort: '8080',
          TargetHealth: {
            State: 'initial',
            Reason: 'Elb.RegistrationInProgress',
            Description: 'Target registration is in progress',
          },
        },
      ],
    })
  })

  test('tags, and reads what it tagged', async () => {
    await aws('add-tags', '--resource-arns', rule, groups.blue, '--tags', 'Key=team,Value=shop')
    const { TagDescriptions } = await aws('describe-tags', '--resource-arns', rule, groups.blue)
    expect(TagDescriptions.map(({ Tags }: any) => Tags)).toEqual([
      [{ Key: 'team', Value: 'shop' }],
      [{ Key: 'team', Value: 'shop' }],
    ])
  })

  test('waits until the load balancer is there', async () => {
    await aws('wait', 'load-balancer-available', '--load-balancer-arns', loadBalancer)
  })

  test('takes everything down', async () => {
    await aws('delete-load-balancer', '--load-balancer-arn', loadBalancer)
    await aws('delete-target-group', '--target-group-arn', groups.green)
    expect(await refused('describe-rules', '--rule-arns', rule)).toBe(
      'An error occurred (RuleNotFound) when calling the DescribeRules operation: One or more rules not found',
    )
  })
})
