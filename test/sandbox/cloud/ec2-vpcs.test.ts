import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteSubnetCommand,
  DeleteTagsCommand,
  DeleteVpcCommand,
  DescribeAccountAttributesCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEc2 } from '../../../sandbox/cloud/ec2/state.ts'
import { accountId, awsCli, hasAwsCli, region, startTestWire, type TestWire } from '../wire/fixture.ts'

let it: TestWire
let ec2: EC2Client
let vpcId: string
beforeEach(async () => {
  it = await startTestWire()
  ec2 = new EC2Client(it.client)
  vpcId = await createVpc('10.0.0.0/16', 'main')
})
afterEach(async () => {
  ec2.destroy()
  await it.close()
})

async function createVpc(CidrBlock: string, name: string): Promise<string> {
  const TagSpecifications = [{ ResourceType: 'vpc' as const, Tags: [{ Key: 'Name', Value: name }] }]
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock, TagSpecifications }))
  return Vpc?.VpcId ?? ''
}

async function createSubnet(CidrBlock: string, AvailabilityZone?: string): Promise<string> {
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock, AvailabilityZone }))
  return Subnet?.SubnetId ?? ''
}

const refusal = async (command: unknown): Promise<unknown> =>
  (ec2 as { send(command: unknown): Promise<unknown> }).send(command).catch((error: unknown) => error)

describe('a VPC', () => {
  test('is there with its tags and its default security group', async () => {
    expect(vpcId).toMatch(/^vpc-[0-9a-f]{17}$/)
    const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }))
    expect(Vpcs).toMatchObject([
      {
        VpcId: vpcId,
        CidrBlock: '10.0.0.0/16',
        State: 'available',
        IsDefault: false,
        OwnerId: accountId,
        Tags: [{ Key: 'Name', Value: 'main' }],
      },
    ])
    expect(Vpcs?.[0]).not.toHaveProperty('dnsSupport')
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({}))
    expect(SecurityGroups).toMatchObject([{ GroupName: 'default', VpcId: vpcId }])
  })

  test('has attributes', async () => {
    const hostnames = { VpcId: vpcId, Attribute: 'enableDnsHostnames' } as const
    expect(await ec2.send(new DescribeVpcAttributeCommand(hostnames))).toMatchObject({
      EnableDnsHostnames: { Value: false },
    })
    await ec2.send(new ModifyVpcAttributeCommand({ VpcId: vpcId, EnableDnsHostnames: { Value: true } }))
    expect(await ec2.send(new DescribeVpcAttributeCommand(hostnames))).toMatchObject({
      EnableDnsHostnames: { Value: true },
    })
    expect(
      await ec2.send(new DescribeVpcAttributeCommand({ VpcId: vpcId, Attribute: 'enableDnsSupport' })),
    ).toMatchObject({ EnableDnsSupport: { Value: true } })
  })

  test('goes when nothing is in it', async () => {
    const subnetId = await createSubnet('10.0.1.0/24')
    const deleteVpc = new DeleteVpcCommand({ VpcId: vpcId })
    expect(await refusal(deleteVpc)).toMatchObject({ name: 'DependencyViolation' })
    await ec2.send(new DeleteSubnetCommand({ SubnetId: subnetId }))
    await ec2.send(deleteVpc)
    expect(it.world.ec2).toEqual(createEc2())
  })
})

describe('a subnet', () => {
  test('lies in a zone of its VPC', async () => {
    const subnetId = await createSubnet('10.0.1.0/24', `${region}b`)
    await ec2.send(new ModifySubnetAttributeCommand({ SubnetId: subnetId, MapPublicIpOnLaunch: { Value: true } }))
    const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }))
    expect(Subnets).toMatchObject([
      {
        SubnetId: subnetId,
        SubnetArn: `arn:aws:ec2:${region}:${accountId}:subnet/${subnetId}`,
        VpcId: vpcId,
        AvailabilityZone: `${region}b`,
        AvailabilityZoneId: 'apne2-az2',
        AvailableIpAddressCount: 251,
        MapPublicIpOnLaunch: true,
        Tags: [],
      },
    ])
  })

  test.each([
    ['10.0.1.128/25', undefined, 'InvalidSubnet.Conflict', 'conflicts with another subnet'],
    ['10.1.0.0/24', undefined, 'InvalidSubnet.Range', "The CIDR '10.1.0.0/24' is invalid."],
    ['10.0.2.0', undefined, 'InvalidParameterValue', 'This is not a valid CIDR block.'],
    ['10.0.2.0/24', 'eu-west-1a', 'InvalidParameterValue', `following availability zones: ${region}a, ${region}b`],
  ])('is refused: %s %s', async (CidrBlock, AvailabilityZone, name, message) => {
    await createSubnet('10.0.1.0/24')
    const refused = await refusal(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock, AvailabilityZone }))
    expect(refused).toMatchObject({ name, message: expect.stringContaining(message) })
  })
})

describe('describing', () => {
  test('keeps the order of creation and answers in pages', async () => {
    const ids: string[] = []
    for (let third = 1; third <= 7; third++) ids.push(await createSubnet(`10.0.${third}.0/24`))
    const first = await ec2.send(new DescribeSubnetsCommand({ MaxResults: 5 }))
    const second = await ec2.send(new DescribeSubnetsCommand({ MaxResults: 5, NextToken: first.NextToken }))
    expect([...(first.Subnets ?? []), ...(second.Subnets ?? [])].map((subnet) => subnet.SubnetId)).toEqual(ids)
    expect(second.NextToken).toBeUndefined()
    expect(await refusal(new DescribeSubnetsCommand({ MaxResults: 2 }))).toMatchObject({
      name: 'InvalidParameterValue',
    })
    expect(await refusal(new DescribeSubnetsCommand({ NextToken: 'mine' }))).toMatchObject({
      name: 'InvalidParameterValue',
    })
    expect(await refusal(new DescribeSubnetsCommand({ MaxResults: 5, SubnetIds: ids }))).toMatchObject({
      name: 'InvalidParameterCombination',
    })
  })

  test.each([
    ['a value', [{ Name: 'cidr-block', Values: ['10.0.1.0/24'] }], ['one']],
    ['any of several values', [{ Name: 'cidr-block', Values: ['10.0.1.0/24', '10.0.2.0/24'] }], ['one', 'two']],
    ['a star', [{ Name: 'tag:Name', Values: ['t*'] }], ['two', 'three']],
    ['a question mark', [{ Name: 'tag:Name', Values: ['t?o'] }], ['two']],
    ['an escaped star', [{ Name: 'tag:Name', Values: ['t\\*'] }], []],
    ['plain punctuation', [{ Name: 'tag:Name', Values: ['t.o'] }], []],
    ['a tag key', [{ Name: 'tag-key', Values: ['odd'] }], ['one', 'three']],
    [
      'all of several filters',
      [
        { Name: 'tag-key', Values: ['odd'] },
        { Name: 'availability-zone', Values: [`${region}a`] },
      ],
      ['one'],
    ],
    ['a boolean', [{ Name: 'default-for-az', Values: ['true'] }], []],
    ['a VPC', [{ Name: 'vpc-id', Values: ['vpc-1'] }], []],
  ])('filters by %s', async (_what, Filters, expected) => {
    const tag = (Key: string, Value: string) => ({ Key, Value })
    const subnet = async (cidr: string, zone: string, tags: { Key: string; Value: string }[]) =>
      ec2.send(new CreateTagsCommand({ Resources: [await createSubnet(cidr, region + zone)], Tags: tags }))
    await subnet('10.0.1.0/24', 'a', [tag('Name', 'one'), tag('odd', '')])
    await subnet('10.0.2.0/24', 'b', [tag('Name', 'two')])
    await subnet('10.0.3.0/24', 'c', [tag('Name', 'three'), tag('odd', '')])
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }))
    expect(Subnets.map(({ Tags }) => Tags?.find(({ Key }) => Key === 'Name')?.Value)).toEqual(expected)
  })

  test.each([
    [new DescribeVpcsCommand({ VpcIds: ['vpc-0'] }), 'InvalidVpcID.NotFound', "The vpc ID 'vpc-0' does not exist"],
    [
      new DescribeVpcsCommand({ VpcIds: ['main'] }),
      'InvalidVpcId.Malformed',
      'Invalid id: "main" (expecting "vpc-...")',
    ],
    [new DescribeSubnetsCommand({ SubnetIds: ['subnet-0'] }), 'InvalidSubnetID.NotFound', "'subnet-0' does not exist"],
    [new DescribeVpcsCommand({ Filters: [{ Name: 'colour', Values: ['a'] }] }), 'InvalidParameterValue', "'colour' is"],
    [new DescribeVpcsCommand({ Filters: [{ Name: 'toString', Values: ['a'] }] }), 'InvalidParameterValue', 'toString'],
    [new DescribeVpcsCommand({ DryRun: true }), 'DryRunOperation', 'Request would have succeeded'],
    [new CreateVpcCommand({ CidrBlock: '10.0.0.0/8' }), 'InvalidVpc.Range', "The CIDR '10.0.0.0/8' is invalid."],
    [new DescribeInstancesCommand({ InstanceIds: ['i-0'] }), 'InvalidInstanceID.NotFound', "The instance ID 'i-0'"],
    [new DescribeAvailabilityZonesCommand({ ZoneNames: ['x'] }), 'InvalidParameterValue', 'Invalid availability zone'],
  ])('refuses %#', async (command, name, message) => {
    expect(await refusal(command)).toMatchObject({ name, message: expect.stringContaining(message) })
  })
})

describe('tags', () => {
  test('come, are described with what they are on, and go', async () => {
    const subnetId = await createSubnet('10.0.1.0/24')
    const Tags = [
      { Key: 'Name', Value: 'shop' },
      { Key: 'role', Value: 'elb' },
    ]
    await ec2.send(new CreateTagsCommand({ Resources: [vpcId, subnetId], Tags }))
    const described = await ec2.send(
      new DescribeTagsCommand({ Filters: [{ Name: 'resource-type', Values: ['subnet'] }] }),
    )
    expect(described.Tags).toEqual(Tags.map((tag) => ({ ...tag, ResourceId: subnetId, ResourceType: 'subnet' })))

    const removed = [{ Key: 'Name', Value: 'another' }, { Key: 'role' }]
    await ec2.send(new DeleteTagsCommand({ Resources: [vpcId], Tags: removed }))
    await ec2.send(new DeleteTagsCommand({ Resources: [subnetId] }))
    const left = await ec2.send(new DescribeTagsCommand({}))
    expect(left.Tags).toEqual([{ Key: 'Name', Value: 'shop', ResourceId: vpcId, ResourceType: 'vpc' }])
  })

  test('are refused as a whole', async () => {
    const add = (Resources: string[], Tags: { Key: string; Value: string }[]) =>
      refusal(new CreateTagsCommand({ Resources, Tags }))
    const many = Array.from({ length: 50 }, (_, index) => ({ Key: `key-${index}`, Value: '' }))
    expect(await add([vpcId, 'vpc-0'], [{ Key: 'a', Value: 'b' }])).toMatchObject({ name: 'InvalidVpcID.NotFound' })
    expect(await add(['nothing'], [{ Key: 'a', Value: 'b' }])).toMatchObject({ name: 'InvalidID' })
    expect(await add([vpcId], [{ Key: 'aws:a', Value: 'b' }])).toMatchObject({ name: 'InvalidParameterValue' })
    expect(await add([vpcId], many)).toMatchObject({ name: 'TagLimitExceeded' })
    const { Tags } = await ec2.send(new DescribeTagsCommand({}))
    expect(Tags).toHaveLength(1)
  })
})

test('zones, account attributes, and what there is none of', async () => {
  const { AvailabilityZones = [] } = await ec2.send(new DescribeAvailabilityZonesCommand({}))
  expect(AvailabilityZones.map(({ ZoneName, ZoneId }) => [ZoneName, ZoneId])).toEqual([
    [`${region}a`, 'apne2-az1'],
    [`${region}b`, 'apne2-az2'],
    [`${region}c`, 'apne2-az3'],
  ])
  const asked = new DescribeAccountAttributesCommand({ AttributeNames: ['default-vpc'] })
  expect((await ec2.send(asked)).AccountAttributes).toEqual([
    { AttributeName: 'default-vpc', AttributeValues: [{ AttributeValue: 'none' }] },
  ])
  expect(await ec2.send(new DescribeInstancesCommand({}))).toMatchObject({ Reservations: [] })
  expect(await ec2.send(new DescribeNetworkInterfacesCommand({}))).toMatchObject({ NetworkInterfaces: [] })
  expect(await refusal(new CreateSecurityGroupCommand({ GroupName: 'a', Description: 'b' }))).toMatchObject({
    name: 'VPCIdNotSpecified',
  })
})

describe.skipIf(!hasAwsCli)('the AWS CLI', { timeout: 60_000 }, () => {
  test('describes VPCs', async () => {
    const { output } = await awsCli(it.wire, 'ec2', 'describe-vpcs', '--filters', 'Name=tag:Name,Values=ma*')
    expect(output).toMatchObject({ Vpcs: [{ VpcId: vpcId, Tags: [{ Key: 'Name', Value: 'main' }] }] })
  })
})
