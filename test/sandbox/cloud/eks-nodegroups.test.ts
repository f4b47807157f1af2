import {
  CreateAddonCommand,
  CreateNodegroupCommand,
  DeleteAddonCommand,
  DeleteClusterCommand,
  DeleteNodegroupCommand,
  DescribeAddonCommand,
  DescribeNodegroupCommand,
  DescribeUpdateCommand,
  ListAccessEntriesCommand,
  ListAddonsCommand,
  ListNodegroupsCommand,
  ListUpdatesCommand,
  TagResourceCommand,
  UpdateAddonCommand,
  UpdateNodegroupConfigCommand,
  UpdateNodegroupVersionCommand,
} from '@aws-sdk/client-eks'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TestEks } from './eks-fixture.ts'

const clusterName = 'shop-green'
const nodegroupName = 'general'
const addonName = 'coredns'
let setting: TestEks
beforeEach(async () => {
  setting = await TestEks.create()
  await setting.activeCluster(clusterName)
})
afterEach(() => setting.close())

const send = (command: any): Promise<any> => setting.eks.send(command)
const nodegroup = async () => (await send(new DescribeNodegroupCommand({ clusterName, nodegroupName }))).nodegroup
const addon = async () => (await send(new DescribeAddonCommand({ clusterName, addonName }))).addon
/** Longer than anything takes. */
const later = () => setting.clock.pass(3600)
const createNodegroup = (more: Partial<CreateNodegroupCommand['input']> = {}) =>
  new CreateNodegroupCommand({
    clusterName,
    nodegroupName,
    nodeRole: setting.roleArn,
    subnets: setting.subnetIds,
    ...more,
  })

describe('a node group', () => {
  test('is created with defaults, and its nodes are let in', async () => {
    const { nodegroup: created } = await send(createNodegroup({ tags: { a: 'b' } }))
    expect(created).toMatchObject({
      nodegroupName,
      clusterName,
      nodegroupArn: expect.stringMatching(/:nodegroup\/shop-green\/general\/[0-9a-f-]{36}$/),
      version: '1.33',
      status: 'CREATING',
      capacityType: 'ON_DEMAND',
      scalingConfig: { minSize: 1, maxSize: 2, desiredSize: 2 },
      instanceTypes: ['t3.medium'],
      amiType: 'AL2023_x86_64_STANDARD',
      diskSize: 20,
      resources: { autoScalingGroups: [{ name: expect.stringMatching(/^eks-general-/) }] },
      updateConfig: { maxUnavailable: 1 },
      tags: { a: 'b' },
    })
    later()
    expect((await nodegroup()).status).toBe('ACTIVE')
    expect(await send(new ListNodegroupsCommand({ clusterName }))).toMatchObject({ nodegroups: [nodegroupName] })
    const { accessEntries } = await send(new ListAccessEntriesCommand({ clusterName }))
    expect(accessEntries).toContain(setting.roleArn)
    await send(new TagResourceCommand({ resourceArn: created.nodegroupArn, tags: { c: 'd' } }))
    expect((await nodegroup()).tags).toEqual({ a: 'b', c: 'd' })
  })

  test.each([
    ['ResourceInUseException', 'already exists', {}],
    ['InvalidParameterException', "capacity 5 can't be greater than desired size 2", { minSize: 5, maxSize: 9 }],
    ['InvalidParameterException', "Desired capacity 2 can't be greater than max size 1", { maxSize: 1 }],
  ])('is refused: %s %s', async (name, message, sizes: object) => {
    if (name === 'ResourceInUseException') await send(createNodegroup())
    const scalingConfig =
      Object.keys(sizes).length > 0 ? { minSize: 1, maxSize: 2, desiredSize: 2, ...sizes } : undefined
    expect(await setting.refusal(createNodegroup({ scalingConfig }))).toMatchObject({
      name,
      message: expect.stringContaining(message),
    })
  })

  test.each([
    [{ version: '1.34' }, 'not compatible with cluster version 1.33'],
    [{ version: '1.29' }, 'not compatible with cluster version 1.33'],
    [{ subnets: [] }, 'Subnets are not specified'],
    [{ subnets: ['subnet-0'] }, "'subnet-0' does not exist"],
    [{ nodeRole: 'arn:aws:iam::123456789012:role/nobody' }, 'could not be assumed'],
    [{ nodegroupName: 'a b' }, "'a b' must have"],
  ])('with %o is refused', async (more, message) => {
    expect(await setting.refusal(createNodegroup(more))).toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(message),
    })
  })

  test('is scaled, labelled and tainted', async () => {
    await send(createNodegroup({ labels: { a: '1', b: '2' }, taints: [{ key: 'x', effect: 'NO_SCHEDULE' }] }))
    const early = new UpdateNodegroupConfigCommand({ clusterName, nodegroupName, scalingConfig: { desiredSize: 1 } })
    expect(await setting.refusal(early)).toMatchObject({ name: 'InvalidRequestException' })
    later()
    expect((await nodegroup()).status).toBe('ACTIVE')
    const { update } = await send(
      new UpdateNodegroupConfigCommand({
        clusterName,
        nodegroupName,
        scalingConfig: { maxSize: 9, desiredSize: 3 },
        labels: { addOrUpdateLabels: { c: '3' }, removeLabels: ['a'] },
        taints: {
          addOrUpdateTaints: [{ key: 'y', effect: 'NO_EXECUTE' }],
          removeTaints: [{ key: 'x', effect: 'NO_SCHEDULE' }],
        },
      }),
    )
    expect(update).toMatchObject({ type: 'ConfigUpdate', status: 'InProgress' })
    later()
    expect((await nodegroup()).status).toBe('ACTIVE')
    expect(await nodegroup()).toMatchObject({
      scalingConfig: { minSize: 1, maxSize: 9, desiredSize: 3 },
      labels: { b: '2', c: '3' },
      taints: [{ key: 'y', effect: 'NO_EXECUTE' }],
    })
    const scope = { name: clusterName, nodegroupName }
    expect(await send(new ListUpdatesCommand(scope))).toMatchObject({ updateIds: [update.id] })
    expect(await send(new ListUpdatesCommand({ name: clusterName }))).toMatchObject({ updateIds: [] })
    expect(await send(new DescribeUpdateCommand({ ...scope, updateId: update.id }))).toMatchObject({
      update: { status: 'Successful' },
    })
  })

  test('follows its cluster to a version', async () => {
    await send(createNodegroup({ version: '1.32' }))
    later()
    expect((await nodegroup()).status).toBe('ACTIVE')
    const { update } = await send(new UpdateNodegroupVersionCommand({ clusterName, nodegroupName }))
    expect(update.type).toBe('VersionUpdate')
    expect(await setting.refusal(new UpdateNodegroupVersionCommand({ clusterName, nodegroupName }))).toMatchObject({
      name: 'ResourceInUseException',
      message: `Cannot VersionUpdate because Nodegroup ${nodegroupName} currently has update ${update.id} in progress`,
    })
    later()
    expect((await nodegroup()).status).toBe('ACTIVE')
    expect(await nodegroup()).toMatchObject({ version: '1.33', releaseVersion: expect.stringMatching(/^1\.33\./) })
  })

  test('holds its cluster until it is gone', async () => {
    await send(createNodegroup())
    expect(await setting.refusal(new DeleteClusterCommand({ name: clusterName }))).toMatchObject({
      name: 'ResourceInUseException',
      message: 'Cluster has nodegroups attached',
    })
    expect(await send(new DeleteNodegroupCommand({ clusterName, nodegroupName }))).toMatchObject({
      nodegroup: { status: 'DELETING' },
    })
    later()
    expect(await setting.refusal(new DescribeNodegroupCommand({ clusterName, nodegroupName }))).toMatchObject({
      name: 'ResourceNotFoundException',
      message: `No node group found for name: ${nodegroupName}.`,
    })
    expect(await send(new DeleteClusterCommand({ name: clusterName }))).toMatchObject({
      cluster: { status: 'DELETING' },
    })
  })

  test('is not put into a cluster that is being made', async () => {
    await send(setting.createCommand('young'))
    expect(await setting.refusal(createNodegroup({ clusterName: 'young' }))).toMatchObject({
      name: 'InvalidRequestException',
      message: "Cluster 'young' is not in ACTIVE status, but CREATING",
    })
  })
})

describe('an add-on', () => {
  test('has the default version of its cluster, and is updated', async () => {
    expect(await send(new CreateAddonCommand({ clusterName, addonName }))).toMatchObject({
      addon: {
        addonName,
        clusterName,
        status: 'CREATING',
        addonVersion: 'v1.12.1-eksbuild.2',
        addonArn: expect.stringMatching(/:addon\/shop-green\/coredns\/[0-9a-f-]{36}$/),
      },
    })
    later()
    expect((await addon()).status).toBe('ACTIVE')
    expect(await send(new ListAddonsCommand({ clusterName }))).toMatchObject({ addons: [addonName] })
    const wanted = { addonVersion: 'v1.11.4-eksbuild.2', configurationValues: '{"replicaCount":3}' }
    const { update } = await send(new UpdateAddonCommand({ clusterName, addonName, ...wanted }))
    expect(update).toMatchObject({ type: 'AddonUpdate', status: 'InProgress' })
    later()
    expect((await addon()).status).toBe('ACTIVE')
    expect(await addon()).toMatchObject(wanted)
    expect(await send(new DescribeUpdateCommand({ name: clusterName, addonName, updateId: update.id }))).toMatchObject({
      update: { status: 'Successful' },
    })
  })

  test.each([
    [{ addonName: 'nonsense' }, 'Addon nonsense specified is not supported in 1.33 kubernetes version'],
    [{ addonVersion: 'v1.8.4-eksbuild.1' }, 'Addon version specified is not supported'],
    [{ configurationValues: '{' }, 'Json schema validation failed'],
  ])('with %o is refused', async (more, message) => {
    expect(await setting.refusal(new CreateAddonCommand({ clusterName, addonName, ...more }))).toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(message),
    })
  })

  test('is there once, and goes', async () => {
    await send(new CreateAddonCommand({ clusterName, addonName }))
    expect(await setting.refusal(new CreateAddonCommand({ clusterName, addonName }))).toMatchObject({
      name: 'ResourceInUseException',
      message: 'Addon already exists.',
      addonName,
    })
    expect(await send(new DeleteAddonCommand({ clusterName, addonName }))).toMatchObject({
      addon: { status: 'DELETING' },
    })
    later()
    expect(await setting.refusal(new DescribeAddonCommand({ clusterName, addonName }))).toMatchObject({
      name: 'ResourceNotFoundException',
      message: `No addon: ${addonName} found in cluster: ${clusterName}`,
    })
  })
})
