import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  UpdateSecurityGroupRuleDescriptionsEgressCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
  type EC2Client,
  type IpPermission,
  type SecurityGroupRuleRequest,
} from '@aws-sdk/client-ec2'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { accountId, region } from '../wire/fixture.ts'
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

test('rules are one for each source, and shown together for each port', async () => {
  const alb = await vpc.createGroup('alb')
  const TagSpecifications = [{ ResourceType: 'security-group-rule' as const, Tags: [{ Key: 'for', Value: 'green' }] }]
  const { SecurityGroupRules } = await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: pods,
      TagSpecifications,
      IpPermissions: [
        http(80, { ...fromVpc, Ipv6Ranges: [{ CidrIpv6: '::/0' }], UserIdGroupPairs: [{ GroupId: alb }] }),
        http(443, { IpRanges: [{ CidrIp: '10.1.2.3/8' }] }),
      ],
    }),
  )
  expect(SecurityGroupRules).toMatchObject([
    { FromPort: 80, CidrIpv4: '10.0.0.0/16', Description: 'the VPC', IsEgress: false },
    { FromPort: 80, CidrIpv6: '::/0' },
    { FromPort: 80, ReferencedGroupInfo: { GroupId: alb, UserId: accountId } },
    { FromPort: 443, CidrIpv4: '10.0.0.0/8', Tags: [{ Key: 'for', Value: 'green' }] },
  ])
  expect(await vpc.ingress()).toEqual([
    {
      IpProtocol: 'tcp',
      FromPort: 80,
      ToPort: 80,
      IpRanges: [{ CidrIp: '10.0.0.0/16', Description: 'the VPC' }],
      Ipv6Ranges: [{ CidrIpv6: '::/0' }],
      PrefixListIds: [],
      UserIdGroupPairs: [{ GroupId: alb, UserId: accountId }],
    },
    {
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      IpRanges: [{ CidrIp: '10.0.0.0/8' }],
      Ipv6Ranges: [],
      PrefixListIds: [],
      UserIdGroupPairs: [],
    },
  ])
})

test('rules are described by id and by group', async () => {
  const [ruleId = ''] = await vpc.allow([http(80, fromVpc)])
  const byId = await ec2.send(new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [ruleId] }))
  expect(byId.SecurityGroupRules).toEqual([
    {
      SecurityGroupRuleId: ruleId,
      SecurityGroupRuleArn: `arn:aws:ec2:${region}:${accountId}:security-group-rule/${ruleId}`,
      GroupId: pods,
      GroupOwnerId: accountId,
      IsEgress: false,
      IpProtocol: 'tcp',
      FromPort: 80,
      ToPort: 80,
      CidrIpv4: '10.0.0.0/16',
      Description: 'the VPC',
      Tags: [],
    },
  ])
  const Filters = [{ Name: 'group-id', Values: [pods] }]
  const { SecurityGroupRules } = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }))
  expect(SecurityGroupRules?.map(({ IsEgress }) => IsEgress)).toEqual([true, false])
})

test('rules are modified as a whole and keep their ids', async () => {
  const [ruleId = ''] = await vpc.allow([http(80, fromVpc)])
  const alb = await vpc.createGroup('alb')
  const modify = (SecurityGroupRule: SecurityGroupRuleRequest) =>
    new ModifySecurityGroupRulesCommand({
      GroupId: pods,
      SecurityGroupRules: [{ SecurityGroupRuleId: ruleId, SecurityGroupRule }],
    })
  await ec2.send(modify({ IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, ReferencedGroupId: alb }))
  const { SecurityGroupRules } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [ruleId] }),
  )
  expect(SecurityGroupRules).toMatchObject([{ FromPort: 8080, ReferencedGroupInfo: { GroupId: alb } }])
  expect(SecurityGroupRules?.[0]).not.toHaveProperty('CidrIpv4')
  expect(SecurityGroupRules?.[0]).not.toHaveProperty('Description')

  await vpc.allow([http(9090, fromVpc)])
  const taken = { IpProtocol: 'tcp', FromPort: 9090, ToPort: 9090, CidrIpv4: '10.0.0.0/16' }
  expect(await vpc.refusal(modify(taken))).toMatchObject({ name: 'InvalidPermission.Duplicate' })
  expect(await vpc.refusal(modify({ ...taken, CidrIpv6: '::/0' }))).toMatchObject({
    name: 'InvalidParameterCombination',
  })
})

test('rules are described anew, by id and by what they allow', async () => {
  const [ruleId = ''] = await vpc.allow([http(80, fromVpc), http(443, fromVpc)])
  const SecurityGroupRuleDescriptions = [{ SecurityGroupRuleId: ruleId, Description: 'plain' }]
  const byId = { GroupId: pods, SecurityGroupRuleDescriptions }
  const byPermission = { GroupId: pods, IpPermissions: [http(443, { IpRanges: [{ CidrIp: '10.0.0.0/16' }] })] }
  await ec2.send(new UpdateSecurityGroupRuleDescriptionsIngressCommand(byId))
  await ec2.send(new UpdateSecurityGroupRuleDescriptionsIngressCommand(byPermission))
  const ranges = (await vpc.ingress())?.map(({ IpRanges }) => IpRanges)
  expect(ranges).toEqual([[{ CidrIp: '10.0.0.0/16', Description: 'plain' }], [{ CidrIp: '10.0.0.0/16' }]])
  expect(await vpc.refusal(new UpdateSecurityGroupRuleDescriptionsEgressCommand(byPermission))).toMatchObject({
    name: 'InvalidPermission.NotFound',
  })
})

test('rules are revoked by id and by what they allow', async () => {
  const [, second = ''] = await vpc.allow([http(80, fromVpc), http(443, fromVpc)])
  const byId = new RevokeSecurityGroupIngressCommand({ GroupId: pods, SecurityGroupRuleIds: [second] })
  expect(await ec2.send(byId)).toMatchObject({
    Return: true,
    RevokedSecurityGroupRules: [{ SecurityGroupRuleId: second, FromPort: 443 }],
  })
  expect(await vpc.refusal(byId)).toMatchObject({
    name: 'InvalidSecurityGroupRuleId.NotFound',
    message: `The security group rule ID '${second}' does not exist`,
  })
  const byPermission = new RevokeSecurityGroupIngressCommand({ GroupId: pods, IpPermissions: [http(80, fromVpc)] })
  await ec2.send(byPermission)
  expect(await vpc.ingress()).toEqual([])
  expect(await vpc.refusal(byPermission)).toMatchObject({
    name: 'InvalidPermission.NotFound',
    message: 'The specified rule does not exist in this security group.',
  })
})

test('rules outwards are apart from those inwards', async () => {
  const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }
  await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: pods, IpPermissions: [everything] }))
  await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: pods, IpPermissions: [http(443, fromVpc)] }))
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [pods] }))
  expect(SecurityGroups).toMatchObject([{ IpPermissions: [], IpPermissionsEgress: [{ FromPort: 443 }] }])
  const [ingressRule = ''] = await vpc.allow([http(443, fromVpc)])
  const wrongWay = new RevokeSecurityGroupEgressCommand({ GroupId: pods, SecurityGroupRuleIds: [ingressRule] })
  expect(await vpc.refusal(wrongWay)).toMatchObject({ name: 'InvalidSecurityGroupRuleId.NotFound' })
})

test.each<[string, IpPermission[], string, string]>([
  [
    'there already',
    [http(80, fromVpc)],
    'InvalidPermission.Duplicate',
    'the specified rule "peer: 10.0.0.0/16, TCP, from port: 80, to port: 80, ALLOW" already exists',
  ],
  ['twice the same', [http(81, fromVpc), http(81, fromVpc)], 'InvalidParameterValue', 'must not appear multiple times'],
  ['without a source', [http(81, {})], 'MissingParameter', 'Source group ID missing.'],
  ['without ports', [{ IpProtocol: 'tcp', ...fromVpc }], 'MissingParameter', 'the parameter fromPort'],
  ['for a strange protocol', [{ IpProtocol: 'ipx', ...fromVpc }], 'InvalidParameterValue', "'ipx' for IP protocol"],
  ['for no port', [http(70_000, fromVpc)], 'InvalidParameterValue', "'70000' for portRange"],
  ['the wrong way round', [{ ...http(90, fromVpc), ToPort: 80 }], 'InvalidParameterValue', 'TCP port range (90,80)'],
  ['from no block', [http(81, { IpRanges: [{ CidrIp: '10.0.0.300/8' }] })], 'InvalidParameterValue', 'is malformed'],
  [
    'from no group',
    [http(81, { UserIdGroupPairs: [{ GroupId: 'sg-0' }] })],
    'InvalidGroup.NotFound',
    "'sg-0' does not",
  ],
  ['from no id', [http(81, { UserIdGroupPairs: [{ GroupId: 'web' }] })], 'InvalidGroupId.Malformed', 'expecting "sg-'],
  [
    'more than fit',
    Array.from({ length: 60 }, (_, index) => http(1000 + index, fromVpc)),
    'RulesPerSecurityGroupLimitExceeded',
    'The maximum number of rules per security group has been reached.',
  ],
])('rules are refused, all of them: %s', async (_what, permissions, name, message) => {
  await vpc.allow([http(80, fromVpc)])
  const fine = http(8443, fromVpc)
  const refused = await vpc.refusal(
    new AuthorizeSecurityGroupIngressCommand({ GroupId: pods, IpPermissions: [fine, ...permissions] }),
  )
  expect(refused).toMatchObject({ name, message: expect.stringContaining(message) })
  expect(await vpc.ingress()).toMatchObject([{ FromPort: 80 }])
})

test('rules are refused from a group of another VPC', async () => {
  const elsewhere = await vpc.createGroup('elsewhere', await vpc.createVpc())
  const IpPermissions = [http(80, { UserIdGroupPairs: [{ GroupId: elsewhere }] })]
  expect(await vpc.refusal(new AuthorizeSecurityGroupIngressCommand({ GroupId: pods, IpPermissions }))).toMatchObject({
    name: 'InvalidGroup.NotFound',
    message: 'You have specified two resources that belong to different networks.',
  })
})

test('rules take the older, flat form inwards', async () => {
  const flat = { IpProtocol: '6', FromPort: 80, ToPort: 81, CidrIp: '10.0.0.0/24' }
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: pods, ...flat }))
  expect(await vpc.ingress()).toMatchObject([{ IpProtocol: 'tcp', FromPort: 80, ToPort: 81 }])
})

test('rules name a group by its id only', async () => {
  const byName = new AuthorizeSecurityGroupIngressCommand({ GroupName: 'pods', IpPermissions: [http(80, fromVpc)] })
  expect(await vpc.refusal(byName)).toMatchObject({
    name: 'InvalidParameterValue',
    message: expect.stringContaining('You may not reference Amazon VPC security groups by name.'),
  })
})
