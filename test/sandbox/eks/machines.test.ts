import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling'
import { CreateLaunchTemplateCommand, CreateSecurityGroupCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  CreateNodegroupCommand,
  DeleteNodegroupCommand,
  DescribeNodegroupCommand,
  UpdateNodegroupConfigCommand,
  UpdateNodegroupVersionCommand,
  type Nodegroup,
} from '@aws-sdk/client-eks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestEks } from '../cloud/eks-fixture.ts'

const clusterName = 'shop-green'
const nodegroupName = 'general'
let setting: TestEks
let clusterGroup: string
let autoScaling: AutoScalingClient
let ec2: EC2Client
beforeEach(async () => {
  setting = await TestEks.create()
  const { resourcesVpcConfig } = await setting.activeCluster(clusterName)
  clusterGroup = resourcesVpcConfig?.clusterSecurityGroupId ?? ''
  autoScaling = new AutoScalingClient(setting.it.client)
  ec2 = new EC2Client(setting.it.client)
})
afterEach(async () => {
  autoScaling.destroy()
  ec2.destroy()
  await setting.close()
})

const send = (command: any): Promise<any> => setting.eks.send(command)
const create = async (more: Partial<CreateNodegroupCommand['input']> = {}): Promise<Nodegroup> => {
  const nodes = { clusterName, nodegroupName, nodeRole: setting.roleArn, subnets: setting.subnetIds }
  const { nodegroup } = await send(new CreateNodegroupCommand({ ...nodes, ...more }))
  setting.clock.pass(180)
  return nodegroup
}
const groupOf = async ({ resources }: Nodegroup) => {
  const AutoScalingGroupNames = [resources?.autoScalingGroups?.[0]?.name ?? '']
  const { AutoScalingGroups } = await autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames }))
  return AutoScalingGroups?.[0]
}
const machines = (states: readonly string[] = ['running']) =>
  [...setting.it.world.ec2.instances.values()].filter(({ state }) => states.includes(state))
const tagsOf = (id: string) => Object.fromEntries(setting.it.world.ec2.tags.get(id) ?? [])

test('a node group starts machines in a group of its own, with the security group of the cluster', async () => {
  const made = await create({ instanceTypes: ['m6i.large'], scalingConfig: { minSize: 2, maxSize: 5, desiredSize: 3 } })
  const group = await groupOf(made)
  expect(group).toMatchObject({
    AutoScalingGroupName: expect.stringMatching(/^eks-general-[0-9a-f-]{36}$/),
    MinSize: 2,
    MaxSize: 5,
    DesiredCapacity: 3,
    VPCZoneIdentifier: setting.subnetIds.join(','),
    LaunchTemplate: { LaunchTemplateName: `eks-${group?.AutoScalingGroupName?.slice(-36)}` },
  })
  expect(machines()).toHaveLength(3)
  for (const { InstanceId, InstanceType, securityGroups } of machines()) {
    expect({ InstanceType, securityGroups }).toEqual({ InstanceType: 'm6i.large', securityGroups: [clusterGroup] })
    expect(tagsOf(InstanceId)).toMatchObject({
      'kubernetes.io/cluster/shop-green': 'owned',
      'eks:cluster-name': clusterName,
      'eks:nodegroup-name': nodegroupName,
    })
  }
})

test('another size is the group’s size', async () => {
  const made = await create()
  const sizes = { minSize: 1, maxSize: 4, desiredSize: 4 }
  await send(new UpdateNodegroupConfigCommand({ clusterName, nodegroupName, scalingConfig: sizes }))
  setting.clock.pass(60)
  expect(await groupOf(made)).toMatchObject({ MinSize: 1, MaxSize: 4, DesiredCapacity: 4 })
  expect(machines()).toHaveLength(4)
})

test('the security groups of the node group’s own launch template, of which EKS makes a copy', async () => {
  const { GroupId = '' } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'own', Description: 'own', VpcId: setting.vpcId }),
  )
  const LaunchTemplateData = { SecurityGroupIds: [GroupId], InstanceType: 'c6i.large' as const }
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'own', LaunchTemplateData }))
  const made = await create({ launchTemplate: { name: 'own' } })
  expect(made.launchTemplate).toEqual({ id: expect.stringMatching(/^lt-/), name: 'own', version: '1' })
  expect(machines().map(({ securityGroups, InstanceType }) => [securityGroups, InstanceType])).toEqual(
    machines().map(() => [[GroupId], 'c6i.large']),
  )
  const both = { clusterName, nodegroupName: 'both', nodeRole: setting.roleArn, subnets: setting.subnetIds }
  expect(
    await setting.refusal(new CreateNodegroupCommand({ ...both, launchTemplate: { name: 'own' }, diskSize: 30 })),
  ).toMatchObject({
    name: 'InvalidParameterException',
    message: 'Disk size must be specified within the launch template.',
  })
  expect(
    await setting.refusal(new CreateNodegroupCommand({ ...both, launchTemplate: { name: 'none' } })),
  ).toMatchObject({ name: 'InvalidParameterException', message: expect.stringContaining('does not exist') })
})

test('a security group for SSH, when the node group lets people in', async () => {
  const made = await create({ remoteAccess: { ec2SshKey: 'team' } })
  const group = made.resources?.remoteAccessSecurityGroup ?? ''
  expect(machines().map(({ securityGroups }) => securityGroups)).toEqual(machines().map(() => [clusterGroup, group]))
  const rules = [...setting.it.world.ec2.securityGroupRules.values()].filter(
    ({ GroupId, IsEgress }) => GroupId === group && !IsEgress,
  )
  expect(rules).toMatchObject([{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' }])
  await send(new DeleteNodegroupCommand({ clusterName, nodegroupName }))
  setting.clock.pass(600)
  expect(setting.it.world.ec2.securityGroups.has(group)).toBe(false)
})

test('an update of the version replaces every machine', async () => {
  await create()
  const before = machines().map(({ InstanceId }) => InstanceId)
  expect(before).toHaveLength(2)
  await send(new UpdateNodegroupVersionCommand({ clusterName, nodegroupName }))
  setting.clock.pass(1200)
  const after = machines().map(({ InstanceId }) => InstanceId)
  expect(after).toHaveLength(2)
  expect(after.filter((id) => before.includes(id))).toEqual([])
})

test('a node group takes its machines, its group and its launch template with it', async () => {
  const made = await create()
  await send(new DeleteNodegroupCommand({ clusterName, nodegroupName }))
  setting.clock.pass(30)
  expect(machines(['running', 'pending'])).toEqual([])
  const { nodegroup } = await send(new DescribeNodegroupCommand({ clusterName, nodegroupName }))
  expect(nodegroup.status).toBe('DELETING')
  setting.clock.pass(600)
  expect(await groupOf(made)).toBeUndefined()
  expect(setting.it.world.ec2.launchTemplates.size).toBe(0)
  expect(await setting.refusal(new DescribeNodegroupCommand({ clusterName, nodegroupName }))).toMatchObject({
    name: 'ResourceNotFoundException',
  })
})
