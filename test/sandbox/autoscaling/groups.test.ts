import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { until } from '../network/fixture.ts'
import { addGroup, healthOf } from '../elbv2/fixture.ts'
import { addAutoScalingGroup, createAccount, inService, membersOf, type Account } from './fixture.ts'

let account: Account

beforeEach(async () => {
  account = await createAccount(3000)
})

afterEach(() => account.world.clock.stop())

const described = async (name = 'blue') =>
  (await account.aws('DescribeAutoScalingGroups', { AutoScalingGroupNames: [name] })).AutoScalingGroups[0]

const running = (count: number, name = 'blue') =>
  until(`${count} instances of ${name} are in service`, () => inService(account, name).length === count)

describe('a group', () => {
  test('launches instances, spread over its zones', async () => {
    await addAutoScalingGroup(account, 'blue', 3, {
      Tags: [
        { Key: 'kubernetes.io/cluster/shop-blue', Value: 'owned', PropagateAtLaunch: true },
        { Key: 'cost', Value: '1', PropagateAtLaunch: false },
      ],
    })
    expect(membersOf(account, 'blue')).toEqual({})
    await running(3)
    const { Instances, ...group } = await described()
    expect(group).toMatchObject({
      MinSize: 3,
      DesiredCapacity: 3,
      HealthCheckType: 'EC2',
      AvailabilityZones: ['ap-northeast-2a', 'ap-northeast-2b'],
      LaunchTemplate: { LaunchTemplateName: 'node', Version: '$Default' },
    })
    expect(Instances.map(({ AvailabilityZone }: any) => AvailabilityZone).sort()).toEqual([
      'ap-northeast-2a',
      'ap-northeast-2a',
      'ap-northeast-2b',
    ])
    const { Reservations } = await account.aws('DescribeInstances', { InstanceIds: [Instances[0].InstanceId] })
    expect(Reservations[0].Instances[0]).toMatchObject({
      State: { Name: 'running' },
      InstanceType: 'm6i.large',
      PrivateIpAddress: '10.0.15.254',
      PrivateDnsName: 'ip-10-0-15-254.ap-northeast-2.compute.internal',
      SecurityGroups: [{ GroupName: 'nodes' }],
      Tags: [
        { Key: 'kubernetes.io/cluster/shop-blue', Value: 'owned' },
        { Key: 'aws:autoscaling:groupName', Value: 'blue' },
      ],
    })
    const { Activities } = await account.aws('DescribeScalingActivities', { AutoScalingGroupName: 'blue' })
    expect(Activities.map(({ StatusCode }: any) => StatusCode)).toEqual(['Successful', 'Successful', 'Successful'])
    expect(Activities[0].Cause).toMatch(/increasing the capacity from 0 to 3\.$/)
  })

  test('follows its desired capacity both ways', async () => {
    await addAutoScalingGroup(account, 'blue', 1)
    await running(1)
    const [first] = inService(account, 'blue')
    await account.aws('SetDesiredCapacity', { AutoScalingGroupName: 'blue', DesiredCapacity: 3 })
    await running(3)
    await account.aws('SetDesiredCapacity', { AutoScalingGroupName: 'blue', DesiredCapacity: 1 })
    await until('two are gone', () => Object.keys(membersOf(account, 'blue')).length === 1)
    expect(inService(account, 'blue')).not.toContain(first)
    expect(await account.refusal('SetDesiredCapacity', { AutoScalingGroupName: 'blue', DesiredCapacity: 9 })).toBe(
      'ValidationError: New SetDesiredCapacity value 9 is above max value 4 for the AutoScalingGroup.',
    )
  })

  test('replaces an instance that somebody terminated', async () => {
    await addAutoScalingGroup(account, 'blue', 1)
    await running(1)
    const [lost] = inService(account, 'blue')
    await account.aws('TerminateInstances', { InstanceIds: [lost] })
    await until('another is in service', () => inService(account, 'blue').some((id) => id !== lost))
    const { Activities } = await account.aws('DescribeScalingActivities', { AutoScalingGroupName: 'blue' })
    expect(Activities.map(({ Cause }: any) => Cause).join()).toContain('EC2 health check indicating')
  })

  test('launches nothing while that is suspended', async () => {
    await addAutoScalingGroup(account, 'blue', 1)
    await running(1)
    await account.aws('SuspendProcesses', { AutoScalingGroupName: 'blue', ScalingProcesses: ['Launch'] })
    const [lost] = inService(account, 'blue')
    await account.aws('TerminateInstanceInAutoScalingGroup', {
      InstanceId: lost,
      ShouldDecrementDesiredCapacity: false,
    })
    await until('it is gone', () => Object.keys(membersOf(account, 'blue')).length === 0)
    expect((await described()).SuspendedProcesses).toMatchObject([{ ProcessName: 'Launch' }])
    await account.aws('ResumeProcesses', { AutoScalingGroupName: 'blue' })
    await running(1)
  })

  test('replaces an instance that somebody calls unhealthy, but not within its grace period', async () => {
    await addAutoScalingGroup(account, 'blue', 1)
    await addAutoScalingGroup(account, 'green', 1, { HealthCheckGracePeriod: 36_000 })
    await running(1)
    await running(1, 'green')
    const [sick = ''] = inService(account, 'blue')
    const [young = ''] = inService(account, 'green')
    for (const InstanceId of [sick, young]) {
      await account.aws('SetInstanceHealth', { InstanceId, HealthStatus: 'Unhealthy' })
    }
    await until('another is in service', () => inService(account, 'blue').some((id) => id !== sick))
    expect(membersOf(account, 'green')).toEqual({ [young]: 'InService Healthy' })
    const { AutoScalingInstances } = await account.aws('DescribeAutoScalingInstances', { InstanceIds: [young] })
    expect(AutoScalingInstances).toMatchObject([
      { InstanceId: young, AutoScalingGroupName: 'green', LifecycleState: 'InService', HealthStatus: 'HEALTHY' },
    ])
  })

  test('keeps protected instances when it shrinks', async () => {
    await addAutoScalingGroup(account, 'blue', 1, { NewInstancesProtectedFromScaleIn: true, DesiredCapacity: 2 })
    await running(2)
    const kept = inService(account, 'blue')
    const update = { AutoScalingGroupName: 'blue', NewInstancesProtectedFromScaleIn: false, DesiredCapacity: 3 }
    await account.aws('UpdateAutoScalingGroup', update)
    await running(3)
    await account.aws('SetDesiredCapacity', { AutoScalingGroupName: 'blue', DesiredCapacity: 1 })
    await until('the unprotected one is gone', () => Object.keys(membersOf(account, 'blue')).length === 2)
    expect(inService(account, 'blue')).toEqual(kept)
  })

  test('takes one out for good when its place goes with it', async () => {
    await addAutoScalingGroup(account, 'blue', 1, { DesiredCapacity: 2 })
    await running(2)
    const [first, second] = inService(account, 'blue')
    const takeOut = (InstanceId: string | undefined) => ({ InstanceId, ShouldDecrementDesiredCapacity: true })
    const { Activity } = await account.aws('TerminateInstanceInAutoScalingGroup', takeOut(first))
    expect(Activity).toMatchObject({ Description: `Terminating EC2 instance: ${first}`, StatusCode: 'InProgress' })
    await until('it is gone', () => Object.keys(membersOf(account, 'blue')).length === 1)
    expect(await described()).toMatchObject({ DesiredCapacity: 1, Instances: [{ InstanceId: second }] })
    expect(await account.refusal('TerminateInstanceInAutoScalingGroup', takeOut(second))).toMatch(
      /^ValidationError: Currently, desiredSize equals minSize \(1\)\./,
    )
  })

  test('is deleted when it is empty, or by force with all that it has', async () => {
    await addAutoScalingGroup(account, 'blue', 2)
    await running(2)
    expect(await account.refusal('DeleteAutoScalingGroup', { AutoScalingGroupName: 'blue' })).toMatch(
      /^ResourceInUse: /,
    )
    await account.aws('DeleteAutoScalingGroup', { AutoScalingGroupName: 'blue', ForceDelete: true })
    expect(await described()).toMatchObject({ Status: 'Delete in progress' })
    await until('it is gone', () => !account.world.autoscaling.groups.has('blue'))
    expect([...account.world.ec2.instances.values()].map(({ state }) => state)).toEqual(['terminated', 'terminated'])
  })

  test.each([
    [{ LaunchTemplate: undefined }, /^ValidationError: Valid requests must contain either LaunchTemplate, /],
    [
      { LaunchTemplate: { LaunchTemplateName: 'no' } },
      /^ValidationError: You must use a valid fully-formed launch template/,
    ],
    [{ VPCZoneIdentifier: 'subnet-1' }, /^ValidationError: The subnet ID 'subnet-1' does not exist/],
    [{ MaxSize: 0 }, /^ValidationError: Max bound, 0, must be greater than or equal to min bound, 1/],
    [
      { DesiredCapacity: 7 },
      /^ValidationError: Desired capacity:7 must be between the specified min size:1 and max size:4/,
    ],
    [{ TargetGroupARNs: ['arn'] }, /^ValidationError: Provided Target Groups may not be valid/],
  ])('is refused with %j', async (more, message) => {
    const input = {
      AutoScalingGroupName: 'blue',
      LaunchTemplate: { LaunchTemplateName: 'node' },
      MinSize: 1,
      MaxSize: 4,
      VPCZoneIdentifier: account.subnets.join(','),
      ...more,
    }
    expect(await account.refusal('CreateAutoScalingGroup', input)).toMatch(message)
    expect(await described()).toBeUndefined()
  })
})

describe('tags', () => {
  test('are written, found and deleted', async () => {
    await addAutoScalingGroup(account, 'blue', 0)
    const tag = { ResourceId: 'blue', ResourceType: 'auto-scaling-group', Key: 'team' }
    await account.aws('CreateOrUpdateTags', { Tags: [{ ...tag, Value: 'shop', PropagateAtLaunch: true }] })
    const filter = (Values: string[]) => ({ Filters: [{ Name: 'tag:team', Values }] })
    const names = async (values: string[]) =>
      (await account.aws('DescribeAutoScalingGroups', filter(values))).AutoScalingGroups.map(
        (group: any) => group.AutoScalingGroupName,
      )
    expect(await names(['shop'])).toEqual(['blue'])
    expect(await names(['other'])).toEqual([])
    await account.aws('DeleteTags', { Tags: [tag] })
    expect((await described()).Tags).toEqual([])
  })
})

describe('instance targets', () => {
  test('are running instances of the VPC', async () => {
    const group = await addGroup(account, 'nodes', { TargetType: 'instance', Port: 30080 })
    const run = { ImageId: 'ami-1', MinCount: 1, MaxCount: 1, SubnetId: account.subnets[0] }
    const { Instances } = await account.aws('RunInstances', run)
    const [{ InstanceId: Id }] = Instances
    const register = { TargetGroupArn: group, Targets: [{ Id }] }
    expect(await account.refusal('RegisterTargets', register)).toBe(
      `InvalidTarget: The following targets are not in a running state and cannot be registered: '${Id}'`,
    )
    await until('it runs', () => account.world.ec2.instances.get(Id)?.state === 'running')
    await account.aws('RegisterTargets', register)
    expect(await healthOf(account.world, group)).toEqual({ [`${Id}:30080`]: 'unused Target.NotInUse' })
    await account.aws('TerminateInstances', { InstanceIds: [Id] })
    expect(await healthOf(account.world, group)).toEqual({ [`${Id}:30080`]: 'unused Target.InvalidState' })
    await until('it is forgotten', async () => Object.keys(await healthOf(account.world, group)).length === 0)
  })
})
