import {
  DeleteClusterCommand,
  DescribeClusterCommand,
  DescribeInsightCommand,
  DescribeUpdateCommand,
  ListClustersCommand,
  ListInsightsCommand,
  ListTagsForResourceCommand,
  ListUpdatesCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateClusterConfigCommand,
  UpdateClusterVersionCommand,
} from '@aws-sdk/client-eks'
import { DescribeSecurityGroupsCommand, DeleteSecurityGroupCommand, EC2Client } from '@aws-sdk/client-ec2'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ControlPlaneRequest } from '../../../sandbox/cloud/eks/control-planes.ts'
import { accountId, region } from '../wire/fixture.ts'
import { december2022, TestEks } from './eks-fixture.ts'

const name = 'shop-green'
let setting: TestEks
let ec2: EC2Client
beforeEach(async () => {
  setting = await TestEks.create()
  ec2 = new EC2Client(setting.it.client)
})
afterEach(async () => {
  ec2.destroy()
  await setting.close()
})

const send = (command: any): Promise<any> => setting.eks.send(command)
/** Longer than anything takes. */
const later = () => setting.clock.pass(3600)
const gone = () => expect(setting.it.world.eks.clusters.has(name)).toBe(false)

test('a cluster is created, and has an endpoint and an issuer when it is active', async () => {
  const { cluster } = await send(setting.createCommand(name, { tags: { colour: 'green' } }))
  expect(cluster).toMatchObject({
    name,
    arn: `arn:aws:eks:${region}:${accountId}:cluster/${name}`,
    version: '1.33',
    status: 'CREATING',
    roleArn: setting.roleArn,
    resourcesVpcConfig: {
      subnetIds: setting.subnetIds,
      securityGroupIds: [],
      clusterSecurityGroupId: expect.stringMatching(/^sg-/),
      vpcId: setting.vpcId,
      endpointPublicAccess: true,
      endpointPrivateAccess: false,
      publicAccessCidrs: ['0.0.0.0/0'],
    },
    kubernetesNetworkConfig: { serviceIpv4Cidr: '172.20.0.0/16', ipFamily: 'ipv4' },
    accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: true },
    upgradePolicy: { supportType: 'EXTENDED' },
    deletionProtection: false,
    tags: { colour: 'green' },
  })
  expect(cluster).not.toHaveProperty('endpoint')
  expect(cluster).not.toHaveProperty('identity')

  setting.clock.pass(599)
  expect((await setting.describe(name)).status).toBe('CREATING')
  setting.clock.pass(1)
  const active = await setting.describe(name)
  expect(active.status).toBe('ACTIVE')
  const id = /https:\/\/([0-9A-F]{32})\.gr7\./.exec(active.endpoint ?? '')?.[1]
  expect(active).toMatchObject({
    endpoint: `https://${id}.gr7.${region}.eks.amazonaws.com`,
    certificateAuthority: { data: expect.stringMatching(/^[\w+/]+=*$/) },
    identity: { oidc: { issuer: `https://oidc.eks.${region}.amazonaws.com/id/${id}` } },
  })
  expect(await send(new ListClustersCommand())).toMatchObject({ clusters: [name] })
})

test('a cluster is active when its API server is there, and its API server goes with it', async () => {
  const told: unknown[] = []
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
  await setting.close()
  setting = await TestEks.create({
    controlPlanes: {
      async start(request: ControlPlaneRequest) {
        told.push(request)
        if (request.name === 'broken') throw new Error('no room')
        await arrived
        return { endpoint: 'https://127.0.0.1:6443', certificateAuthority: 'PEM' }
      },
      stop: async (stopped) => void told.push(stopped),
    },
  })
  await send(setting.createCommand(name))
  later()
  expect(told).toEqual([{ name, version: '1.33', endpoint: expect.stringMatching(/^https:.*\.eks\.amazonaws\.com$/) }])
  expect((await setting.describe(name)).status).toBe('CREATING')
  arrive()
  expect(await setting.describe(name)).toMatchObject({
    status: 'ACTIVE',
    endpoint: 'https://127.0.0.1:6443',
    certificateAuthority: { data: 'UEVN' },
  })
  await send(new DeleteClusterCommand({ name }))
  later()
  gone()
  expect(told.slice(1)).toEqual([name])

  await send(setting.createCommand('broken'))
  later()
  expect((await setting.describe('broken')).status).toBe('FAILED')
  expect((await setting.describe('broken')).health?.issues?.[0]?.message).toContain('no room')
})

test('the security group that EKS makes lets its members in, is in use, and goes with the cluster', async () => {
  const cluster = await setting.activeCluster(name)
  const GroupId = cluster.resourcesVpcConfig?.clusterSecurityGroupId ?? ''
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }))
  expect(SecurityGroups).toMatchObject([
    {
      GroupName: expect.stringMatching(/^eks-cluster-sg-shop-green-/),
      IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }],
      Tags: expect.arrayContaining([{ Key: 'kubernetes.io/cluster/shop-green', Value: 'owned' }]),
    },
  ])
  await expect(ec2.send(new DeleteSecurityGroupCommand({ GroupId }))).rejects.toMatchObject({
    name: 'DependencyViolation',
  })
  await send(new DeleteClusterCommand({ name }))
  later()
  gone()
  await expect(ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }))).rejects.toMatchObject({
    name: 'InvalidGroup.NotFound',
  })
})

describe('a creation is refused', () => {
  test.each([
    ['InvalidParameterException', 'unsupported Kubernetes version', { version: '1.24' }],
    ['InvalidParameterException', 'unsupported Kubernetes version', { version: '1.99' }],
    ['InvalidParameterException', "The name '-' must", { name: '-' }],
    ['InvalidParameterException', 'could not be assumed', { roleArn: 'arn:aws:iam::123456789012:role/nobody' }],
    ['InvalidParameterException', 'Subnets are not specified', { resourcesVpcConfig: {} }],
    ['InvalidParameterException', "'subnet-0' does not exist", { resourcesVpcConfig: { subnetIds: ['subnet-0'] } }],
  ])('%s: %s', async (code, message, more) => {
    expect(await setting.refusal(setting.createCommand(name, more))).toMatchObject({
      name: code,
      message: expect.stringContaining(message),
      $metadata: { httpStatusCode: 400 },
    })
    expect(setting.it.world.eks.clusters.size).toBe(0)
    expect([...setting.it.world.ec2.securityGroups.values()].map((group) => group.GroupName)).toEqual(['default'])
  })

  test('of one zone alone, of strange security groups, and without an endpoint', async () => {
    const subnetIds = setting.subnetIds.slice(0, 1)
    expect(await setting.refusal(setting.createCommand(name, { resourcesVpcConfig: { subnetIds } }))).toMatchObject({
      message: 'Subnets specified must be in at least two different AZs',
    })
    const strange = { subnetIds: setting.subnetIds, securityGroupIds: ['sg-0'] }
    expect(await setting.refusal(setting.createCommand(name, { resourcesVpcConfig: strange }))).toMatchObject({
      message: expect.stringContaining("'sg-0' does not exist"),
    })
    const closed = { subnetIds: setting.subnetIds, endpointPublicAccess: false }
    expect(await setting.refusal(setting.createCommand(name, { resourcesVpcConfig: closed }))).toMatchObject({
      message: 'Private and public endpoint access cannot be false',
    })
  })

  test('of a name that is taken, unless it is the same request again', async () => {
    const command = setting.createCommand(name, { clientRequestToken: 'once' })
    const { cluster } = await send(command)
    expect(await send(command)).toMatchObject({ cluster: { createdAt: cluster.createdAt } })
    expect(await setting.refusal(setting.createCommand(name))).toMatchObject({
      name: 'ResourceInUseException',
      message: `Cluster already exists with name: ${name}`,
      clusterName: name,
      $metadata: { httpStatusCode: 409 },
    })
  })
})

test('in December 2022 a cluster gets the versions of that time', async () => {
  await setting.close()
  setting = await TestEks.create({ today: december2022 })
  expect(await send(setting.createCommand('blue', { version: '1.21' }))).toMatchObject({ cluster: { version: '1.21' } })
  expect(await send(setting.createCommand('newest', { version: undefined }))).toMatchObject({
    cluster: { version: '1.24' },
  })
  expect(await setting.refusal(setting.createCommand(name, { version: '1.33' }))).toMatchObject({
    message: 'unsupported Kubernetes version',
  })
})

test('what is not there is said to be not there', async () => {
  expect(await setting.refusal(new DescribeClusterCommand({ name }))).toMatchObject({
    name: 'ResourceNotFoundException',
    message: `No cluster found for name: ${name}.`,
    $metadata: { httpStatusCode: 404 },
  })
})

describe('an update', () => {
  beforeEach(() => setting.activeCluster(name).then(() => undefined))

  const finish = async (updateId: string) => {
    later()
    expect(await send(new DescribeUpdateCommand({ name, updateId }))).toMatchObject({
      update: { status: 'Successful' },
    })
  }

  test('of the endpoint is under way, then made', async () => {
    const resourcesVpcConfig = { endpointPrivateAccess: true, publicAccessCidrs: ['203.0.113.0/24'] }
    const { update } = await send(new UpdateClusterConfigCommand({ name, resourcesVpcConfig }))
    expect(update).toMatchObject({ type: 'EndpointAccessUpdate', status: 'InProgress', errors: [] })
    expect(update.params).toContainEqual({ type: 'PublicAccessCidrs', value: '["203.0.113.0/24"]' })
    expect((await setting.describe(name)).status).toBe('UPDATING')
    const second = new UpdateClusterConfigCommand({ name, deletionProtection: true })
    expect(await setting.refusal(second)).toMatchObject({
      name: 'ResourceInUseException',
      message: `Cannot DeletionProtectionUpdate because cluster ${name} currently has update ${update.id} in progress`,
    })
    await finish(update.id)
    expect(await setting.describe(name)).toMatchObject({ status: 'ACTIVE', resourcesVpcConfig })
    expect(await send(new ListUpdatesCommand({ name }))).toMatchObject({ updateIds: [update.id] })
  })

  test.each([
    ['LoggingUpdate', { logging: { clusterLogging: [{ types: ['audit'], enabled: true }] } }, undefined],
    [
      'AccessConfigUpdate',
      { accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' } },
      'Unsupported authentication',
    ],
    ['UpgradePolicyUpdate', { upgradePolicy: { supportType: 'STANDARD' } }, undefined],
    ['ZonalShiftConfigUpdate', { zonalShiftConfig: { enabled: true } }, undefined],
    ['DeletionProtectionUpdate', { deletionProtection: true }, undefined],
  ])('%s', async (type, wanted: object, refused) => {
    const command = new UpdateClusterConfigCommand({ name, ...wanted })
    if (refused) {
      expect(await setting.refusal(command)).toMatchObject({ message: expect.stringContaining(refused) })
      return
    }
    const { update } = await send(command)
    expect(update.type).toBe(type)
    await finish(update.id)
    expect(await setting.describe(name)).toMatchObject(
      type === 'LoggingUpdate'
        ? {
            logging: {
              clusterLogging: [
                { types: ['audit'], enabled: true },
                { types: ['api', 'authenticator', 'controllerManager', 'scheduler'], enabled: false },
              ],
            },
          }
        : wanted,
    )
    expect(await setting.refusal(command)).toMatchObject({
      message: expect.stringMatching(/^No changes needed for the/),
    })
  })

  test('of two things at once, or of none, is refused', async () => {
    const both = { deletionProtection: true, upgradePolicy: { supportType: 'STANDARD' } } as const
    expect(await setting.refusal(new UpdateClusterConfigCommand({ name, ...both }))).toMatchObject({
      message: 'Only one type of update can be allowed.',
    })
    expect(await setting.refusal(new UpdateClusterConfigCommand({ name }))).toMatchObject({
      name: 'InvalidParameterException',
    })
  })

  test('of the version goes one minor version up', async () => {
    expect(await setting.refusal(new UpdateClusterVersionCommand({ name, version: '1.35' }))).toMatchObject({
      message: 'Unsupported Kubernetes minor version update from 1.33 to 1.35',
    })
    const { update } = await send(new UpdateClusterVersionCommand({ name, version: '1.34' }))
    expect(update.type).toBe('VersionUpdate')
    await finish(update.id)
    expect(await setting.describe(name)).toMatchObject({ status: 'ACTIVE', version: '1.34' })
    const { insights } = await send(new ListInsightsCommand({ clusterName: name }))
    expect(new Set(insights.map((insight: any) => insight.kubernetesVersion))).toEqual(new Set(['1.35']))
  })

  test('that is unknown', async () => {
    expect(await setting.refusal(new DescribeUpdateCommand({ name, updateId: 'none' }))).toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'No update found for ID: none',
    })
  })
})

test('a protected cluster is not deleted, nor one that is being made', async () => {
  await send(setting.createCommand(name, { deletionProtection: true }))
  await send(setting.createCommand('young'))
  expect(await setting.refusal(new DeleteClusterCommand({ name }))).toMatchObject({
    name: 'InvalidRequestException',
    message: expect.stringContaining('deletion protection'),
  })
  expect(await setting.refusal(new DeleteClusterCommand({ name: 'young' }))).toMatchObject({
    name: 'ResourceInUseException',
  })
  later()
  await send(new UpdateClusterConfigCommand({ name, deletionProtection: false }))
  later()
  expect(await send(new DeleteClusterCommand({ name }))).toMatchObject({ cluster: { status: 'DELETING' } })
  later()
  gone()
})

test('insights are listed by what they are about, and a scenario may write them', async () => {
  await setting.activeCluster(name, { version: '1.31' })
  const list = async (filter?: object) => (await send(new ListInsightsCommand({ clusterName: name, filter }))).insights
  expect(await list()).toContainEqual(
    expect.objectContaining({
      name: 'Deprecated APIs removed in Kubernetes v1.32',
      category: 'UPGRADE_READINESS',
      kubernetesVersion: '1.32',
      insightStatus: expect.objectContaining({ status: 'PASSING' }),
    }),
  )
  expect(await list({ statuses: ['ERROR'] })).toEqual([])
  const [kubelet] = setting.it.world.eks.clusters.get(name)?.insights ?? []
  if (kubelet) kubelet.insightStatus = { status: 'ERROR', reason: 'old kubelets' }
  expect(await list({ statuses: ['ERROR'], categories: ['UPGRADE_READINESS'] })).toHaveLength(1)
  expect(await send(new DescribeInsightCommand({ clusterName: name, id: kubelet?.id }))).toMatchObject({
    insight: { id: kubelet?.id, recommendation: '', categorySpecificSummary: { deprecationDetails: [] } },
  })
  expect(await setting.refusal(new DescribeInsightCommand({ clusterName: name, id: 'none' }))).toMatchObject({
    name: 'ResourceNotFoundException',
  })
})

test('tags come and go', async () => {
  const { cluster } = await send(setting.createCommand(name, { tags: { a: 'b' } }))
  const resourceArn = cluster.arn
  await send(new TagResourceCommand({ resourceArn, tags: { c: 'd', 'e/f': 'g' } }))
  await send(new UntagResourceCommand({ resourceArn, tagKeys: ['a', 'e/f'] }))
  expect(await send(new ListTagsForResourceCommand({ resourceArn }))).toMatchObject({ tags: { c: 'd' } })
  expect((await setting.describe(name)).tags).toEqual({ c: 'd' })
  expect(await setting.refusal(new TagResourceCommand({ resourceArn, tags: { 'aws:x': 'y' } }))).toMatchObject({
    name: 'BadRequestException',
  })
  const nobody = resourceArn.replace(name, 'nobody')
  expect(await setting.refusal(new ListTagsForResourceCommand({ resourceArn: nobody }))).toMatchObject({
    name: 'NotFoundException',
    $metadata: { httpStatusCode: 404 },
  })
})

test('lists come in pages', async () => {
  for (const each of ['c', 'a', 'b']) await send(setting.createCommand(each))
  const first = await send(new ListClustersCommand({ maxResults: 2 }))
  expect(first.clusters).toEqual(['a', 'b'])
  expect(await send(new ListClustersCommand({ nextToken: first.nextToken }))).toMatchObject({ clusters: ['c'] })
  for (const wrong of [{ nextToken: 'x' }, { maxResults: 101 }]) {
    expect(await setting.refusal(new ListClustersCommand(wrong))).toMatchObject({ name: 'InvalidParameterException' })
  }
})
