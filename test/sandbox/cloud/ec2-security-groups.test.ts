import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  RevokeSecurityGroupIngressCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2'
import {
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { accountId, awsCli, hasAwsCli, region } from '../wire/fixture.ts'
import { fromVpc, http, TestVpc } from './ec2-fixture.ts'

let vpc: TestVpc
let ec2: EC2Client
let pods: string
beforeEach(async () => {
  vpc = await TestVpc.create()
  ec2 = vpc.ec2
  pods = vpc.pods
})
afterEach(() => vpc.close())

describe('a group', () => {
  test('lets everything out at first and nothing in', async () => {
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [pods] }))
    expect(SecurityGroups).toEqual([
      {
        GroupId: pods,
        SecurityGroupArn: `arn:aws:ec2:${region}:${accountId}:security-group/${pods}`,
        GroupName: 'pods',
        Description: 'pods',
        VpcId: vpc.vpcId,
        OwnerId: accountId,
        Tags: [],
        IpPermissions: [],
        IpPermissionsEgress: [
          {
            IpProtocol: '-1',
            IpRanges: [{ CidrIp: '0.0.0.0/0' }],
            Ipv6Ranges: [],
            PrefixListIds: [],
            UserIdGroupPairs: [],
          },
        ],
      },
    ])
  })

  test('is found by the rules in it', async () => {
    await vpc.allow([http(80, fromVpc)])
    await vpc.createGroup('others')
    const byPort = [{ Name: 'ip-permission.from-port', Values: ['80'] }]
    const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: byPort }))
    expect(SecurityGroups.map(({ GroupId }) => GroupId)).toEqual([pods])
  })

  test('goes, and its rules with it', async () => {
    const [ruleId = ''] = await vpc.allow([http(80, fromVpc)])
    expect(await ec2.send(new DeleteSecurityGroupCommand({ GroupId: pods }))).toMatchObject({
      Return: true,
      GroupId: pods,
    })
    expect(await vpc.refusal(new DescribeSecurityGroupsCommand({ GroupIds: [pods] }))).toMatchObject({
      name: 'InvalidGroup.NotFound',
      message: `The security group '${pods}' does not exist`,
    })
    expect(await vpc.refusal(new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [ruleId] }))).toMatchObject({
      name: 'InvalidSecurityGroupRuleId.NotFound',
    })
  })

  test('does not go while a rule of another names it, or a load balancer has it', async () => {
    const alb = await vpc.createGroup('alb')
    const pair = { UserIdGroupPairs: [{ GroupId: alb }] }
    const deleteAlb = new DeleteSecurityGroupCommand({ GroupId: alb })
    const dependency = { name: 'DependencyViolation', message: `resource ${alb} has a dependent object` }
    await vpc.allow([http(80, pair)])
    expect(await vpc.refusal(deleteAlb)).toMatchObject(dependency)
    await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: pods, IpPermissions: [http(80, pair)] }))

    const Subnets: string[] = []
    for (const [zone, cidr] of Object.entries({ a: '10.0.1.0/24', b: '10.0.2.0/24' })) {
      const create = new CreateSubnetCommand({ VpcId: vpc.vpcId, CidrBlock: cidr, AvailabilityZone: region + zone })
      Subnets.push((await ec2.send(create)).Subnet?.SubnetId ?? '')
    }
    const elb = new ElasticLoadBalancingV2Client(vpc.it.client)
    const create = new CreateLoadBalancerCommand({ Name: 'shop', Subnets, SecurityGroups: [alb], Scheme: 'internal' })
    const { LoadBalancers } = await elb.send(create)
    expect(await vpc.refusal(deleteAlb)).toMatchObject(dependency)
    await elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn }))
    await ec2.send(deleteAlb)
  })

  test.each([
    [
      'a name that is taken',
      { GroupName: 'pods' },
      'InvalidGroup.Duplicate',
      "The security group 'pods' already exists",
    ],
    ['a name like an id', { GroupName: 'sg-1' }, 'InvalidParameterValue', 'may not be in the format sg-*'],
    [
      'an odd description',
      { Description: '<b>' },
      'InvalidParameterValue',
      'for parameter groupDescription is invalid',
    ],
    ['an unknown VPC', { VpcId: 'vpc-0' }, 'InvalidVpcID.NotFound', "The vpc ID 'vpc-0' does not exist"],
    [
      'tags for something else',
      { TagSpecifications: [{ ResourceType: 'vpc' as const, Tags: [] }] },
      'InvalidParameterValue',
      "'vpc' is not a valid taggable resource type for this operation.",
    ],
  ])('is refused for %s', async (_what, other, name, message) => {
    const refused = await vpc.refusal(
      new CreateSecurityGroupCommand({ GroupName: 'new', Description: 'new', VpcId: vpc.vpcId, ...other }),
    )
    expect(refused).toMatchObject({ name, message: expect.stringContaining(message) })
  })

  test('of the VPC itself stays', async () => {
    const named = [{ Name: 'group-name', Values: ['default'] }]
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: named }))
    const GroupId = SecurityGroups?.[0]?.GroupId
    expect(SecurityGroups?.[0]?.IpPermissions).toMatchObject([{ UserIdGroupPairs: [{ GroupId, UserId: accountId }] }])
    expect(await vpc.refusal(new DeleteSecurityGroupCommand({ GroupId }))).toMatchObject({ name: 'CannotDelete' })
  })
})

describe.skipIf(!hasAwsCli)('the AWS CLI', { timeout: 60_000 }, () => {
  test('makes, opens, closes and deletes a group', async () => {
    const named = ['--group-name', 'web', '--description', 'web', '--vpc-id', vpc.vpcId]
    const created = await awsCli(vpc.it.wire, 'ec2', 'create-security-group', ...named)
    const { GroupId } = created.output as { GroupId: string }
    const group = ['--group-id', GroupId]
    const rule = ['--protocol', 'tcp', '--port', '80', '--cidr', '10.0.0.0/16']

    const opened = await awsCli(vpc.it.wire, 'ec2', 'authorize-security-group-ingress', ...group, ...rule)
    expect(opened.output).toMatchObject({ Return: true, SecurityGroupRules: [{ GroupId, FromPort: 80 }] })
    const again = await awsCli(vpc.it.wire, 'ec2', 'authorize-security-group-ingress', ...group, ...rule)
    expect(again.error).toContain('An error occurred (InvalidPermission.Duplicate)')

    const filter = ['--filters', `Name=group-id,Values=${GroupId}`]
    const described = await awsCli(vpc.it.wire, 'ec2', 'describe-security-group-rules', ...filter)
    expect(described.output).toMatchObject({ SecurityGroupRules: [{ IsEgress: true }, { CidrIpv4: '10.0.0.0/16' }] })

    const closed = await awsCli(vpc.it.wire, 'ec2', 'revoke-security-group-ingress', ...group, ...rule)
    expect(closed).toMatchObject({ error: '', output: { Return: true } })
    expect(await awsCli(vpc.it.wire, 'ec2', 'delete-security-group', ...group)).toMatchObject({ error: '' })
    const gone = await awsCli(vpc.it.wire, 'ec2', 'describe-security-groups', '--group-ids', GroupId)
    expect(gone.error).toContain('An error occurred (InvalidGroup.NotFound)')
  })
})
