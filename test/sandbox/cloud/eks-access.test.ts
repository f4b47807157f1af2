import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  DeleteAccessEntryCommand,
  DescribeAccessEntryCommand,
  DisassociateAccessPolicyCommand,
  EKSClient,
  ListAccessEntriesCommand,
  ListAccessPoliciesCommand,
  ListAssociatedAccessPoliciesCommand,
  UpdateAccessEntryCommand,
} from '@aws-sdk/client-eks'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { accountId } from '../wire/fixture.ts'
import { TestEks } from './eks-fixture.ts'

const clusterName = 'shop-green'
const operator = `arn:aws:iam::${accountId}:user/operator`
const principalArn = `arn:aws:iam::${accountId}:role/teams/shop`
const viewer = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy'
const admin = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy'

let setting: TestEks
beforeEach(async () => {
  setting = await TestEks.create()
  await setting.activeCluster(clusterName)
})
afterEach(() => setting.close())

const send = (command: any): Promise<any> => setting.eks.send(command)
const entriesOf = async (name: string) =>
  (await send(new ListAccessEntriesCommand({ clusterName: name }))).accessEntries

describe('who creates a cluster', () => {
  test('administers it', async () => {
    expect(await entriesOf(clusterName)).toEqual([operator])
    const about = { clusterName, principalArn: operator }
    expect(await send(new ListAssociatedAccessPoliciesCommand(about))).toMatchObject({
      associatedAccessPolicies: [{ policyArn: admin, accessScope: { type: 'cluster' } }],
    })
  })

  test('does so as the role, when it is a session of one', async () => {
    const sts = new STSClient(setting.it.client)
    const assume = new AssumeRoleCommand({ RoleArn: setting.roleArn, RoleSessionName: 'deploy' })
    const { Credentials } = await sts.send(assume)
    sts.destroy()
    const credentials = { accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: 'secret' }
    const session = new EKSClient({ ...setting.it.client, credentials })
    await session.send(setting.createCommand('by-session'))
    session.destroy()
    expect(await entriesOf('by-session')).toEqual([setting.roleArn])
  })

  test('does not, when it did not want to', async () => {
    const accessConfig = { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false } as const
    await send(setting.createCommand('bare', { accessConfig }))
    expect(await entriesOf('bare')).toEqual([])
  })
})

test('an entry is made, changed and deleted', async () => {
  const kubernetesGroups = ['viewers']
  const { accessEntry } = await send(new CreateAccessEntryCommand({ clusterName, principalArn, kubernetesGroups }))
  expect(accessEntry).toMatchObject({
    clusterName,
    principalArn,
    kubernetesGroups,
    accessEntryArn: expect.stringMatching(/:access-entry\/shop-green\/role\/123456789012\/shop\/[0-9a-f-]{36}$/),
    username: `arn:aws:sts::${accountId}:assumed-role/shop/{{SessionName}}`,
    type: 'STANDARD',
    tags: {},
  })
  await send(new UpdateAccessEntryCommand({ clusterName, principalArn, kubernetesGroups: [], username: 'shop' }))
  expect(await send(new DescribeAccessEntryCommand({ clusterName, principalArn }))).toMatchObject({
    accessEntry: { kubernetesGroups: [], username: 'shop' },
  })
  await send(new DeleteAccessEntryCommand({ clusterName, principalArn }))
  expect(await setting.refusal(new DescribeAccessEntryCommand({ clusterName, principalArn }))).toMatchObject({
    name: 'ResourceNotFoundException',
    message: expect.stringContaining('The specified principalArn could not be found'),
  })
})

test('policies are associated for the cluster or for namespaces', async () => {
  const about = { clusterName, principalArn }
  await send(new CreateAccessEntryCommand(about))
  const accessScope = { type: 'namespace', namespaces: ['shop'] } as const
  const associate = (policyArn: string, scope: object) =>
    new AssociateAccessPolicyCommand({ ...about, policyArn, accessScope: scope })
  expect(await send(associate(viewer, accessScope))).toMatchObject({
    ...about,
    associatedAccessPolicy: { policyArn: viewer, accessScope },
  })
  await send(associate(viewer, { type: 'cluster' }))
  expect(await send(new ListAssociatedAccessPoliciesCommand(about))).toMatchObject({
    associatedAccessPolicies: [{ policyArn: viewer, accessScope: { type: 'cluster', namespaces: [] } }],
  })
  const having = new ListAccessEntriesCommand({ clusterName, associatedPolicyArn: viewer })
  expect(await send(having)).toMatchObject({ accessEntries: [principalArn] })
  for (const [policyArn, scope] of [
    ['arn:aws:iam::aws:policy/ReadOnlyAccess', { type: 'cluster' }],
    [viewer, { type: 'namespace' }],
    [viewer, { type: 'cluster', namespaces: ['shop'] }],
  ] as const) {
    expect(await setting.refusal(associate(policyArn, scope))).toMatchObject({ name: 'InvalidParameterException' })
  }
  await send(new DisassociateAccessPolicyCommand({ ...about, policyArn: viewer }))
  expect(await setting.refusal(new DisassociateAccessPolicyCommand({ ...about, policyArn: viewer }))).toMatchObject({
    name: 'ResourceNotFoundException',
  })
  const { accessPolicies } = await send(new ListAccessPoliciesCommand())
  expect(accessPolicies).toContainEqual({ name: 'AmazonEKSViewPolicy', arn: viewer })
})

describe('an entry is refused', () => {
  test.each([
    [{ principalArn: 'operator' }, 'InvalidParameterException', 'The specified principalArn is invalid'],
    [{ type: 'NONSENSE' }, 'InvalidParameterException', 'The specified type is invalid'],
    [{ type: 'EC2_LINUX', username: 'a' }, 'InvalidParameterException', 'does not accept'],
    [{ kubernetesGroups: ['system:masters'] }, 'InvalidParameterException', 'cannot start with system:'],
    [{ principalArn: operator }, 'ResourceInUseException', 'already in use on this cluster'],
  ])('%o', async (more, name, message) => {
    const command = new CreateAccessEntryCommand({ clusterName, principalArn, ...more })
    expect(await setting.refusal(command)).toMatchObject({ name, message: expect.stringContaining(message) })
  })

  test('by a cluster that reads a ConfigMap alone', async () => {
    await send(setting.createCommand('old', { accessConfig: undefined }))
    for (const command of [
      new ListAccessEntriesCommand({ clusterName: 'old' }),
      new CreateAccessEntryCommand({ clusterName: 'old', principalArn }),
    ]) {
      expect(await setting.refusal(command)).toMatchObject({
        name: 'InvalidRequestException',
        message: expect.stringContaining('must be set to one of [API, API_AND_CONFIG_MAP]'),
      })
    }
  })

  test('of nodes has no policies and is not changed', async () => {
    const about = { clusterName, principalArn }
    await send(new CreateAccessEntryCommand({ ...about, type: 'EC2_LINUX' }))
    expect(await send(new DescribeAccessEntryCommand(about))).toMatchObject({
      accessEntry: { kubernetesGroups: ['system:nodes'], username: 'system:node:{{EC2PrivateDNSName}}' },
    })
    const policy = { ...about, policyArn: viewer, accessScope: { type: 'cluster' } } as const
    for (const command of [new AssociateAccessPolicyCommand(policy), new UpdateAccessEntryCommand(about)]) {
      expect(await setting.refusal(command)).toMatchObject({ name: 'InvalidRequestException' })
    }
  })
})
