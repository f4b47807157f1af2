import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Properties } from '../../../sandbox/pulumi/properties.ts'
import { useAwsPlugin } from './aws-plugin.ts'

const plugin = useAwsPlugin()
const { provider, written } = plugin

const roleArn = 'arn:aws:iam::123456789012:role/nodes'
const deployer = 'arn:aws:iam::123456789012:role/deployer'
let cluster: { id: string; state: Properties; inputs: Properties }

const clusterInputs = () => ({
  name: 'green',
  roleArn,
  version: '1.33',
  vpcConfig: { subnetIds: plugin.cloud.subnets, endpointPrivateAccess: true },
  accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: true },
})

beforeAll(async () => {
  const { wire, providerOptions } = plugin.cloud
  const { region, accessKey, secretKey } = providerOptions
  const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey }
  const iam = new IAMClient({ region, endpoint: wire.url, credentials })
  const AssumeRolePolicyDocument = '{"Version":"2012-10-17","Statement":[]}'
  await iam.send(new CreateRoleCommand({ RoleName: 'nodes', AssumeRolePolicyDocument }))
  iam.destroy()
  cluster = await (await provider('aws:eks/cluster:Cluster')).make(clusterInputs())
})
afterAll(async () => {
  const client = await provider('aws:eks/cluster:Cluster')
  await client.delete(cluster.id, cluster.state)
  client.close()
})

describe('a cluster', () => {
  test('is waited for, and tells where it is', async () => {
    const { id, state, inputs } = cluster
    expect(id).toBe('green')
    expect(state).toMatchObject({
      status: 'ACTIVE',
      version: '1.33',
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: true },
      vpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: true, vpcId: plugin.cloud.vpcId },
    })
    expect(state.endpoint).toMatch(/^https:/)
    expect(JSON.stringify(state.identities)).toContain('https://oidc.eks.ap-northeast-2.amazonaws.com/id/')
    const client = await provider('aws:eks/cluster:Cluster')
    expect(await client.diff(id, state, inputs)).toMatchObject({ changes: false })
    const read = await client.read(id, state, inputs)
    expect(read.state).toEqual(state)
    expect(await client.diff(id, read.state, read.inputs)).toMatchObject({ changes: false })
  })

  test('changes in place, one kind of change after the other', async () => {
    const client = await provider('aws:eks/cluster:Cluster')
    const { id, state, inputs } = cluster
    const wanted = {
      ...clusterInputs(),
      version: '1.34',
      deletionProtection: false,
      upgradePolicy: { supportType: 'STANDARD' },
      vpcConfig: { ...clusterInputs().vpcConfig, endpointPublicAccess: false },
      tags: { team: 'shop' },
    }
    const news = (await client.check(wanted, inputs)).inputs
    expect((await client.diff(id, state, news)).replaces).toEqual([])
    const updated = await client.update(id, state, news)
    expect(written().filter((operation) => operation.startsWith('Update'))).toEqual([
      'UpdateClusterVersion',
      'UpdateClusterConfig',
      'UpdateClusterConfig',
      'UpdateClusterConfig',
    ])
    expect(updated).toMatchObject({
      version: '1.34',
      tags: { team: 'shop' },
      upgradePolicy: { supportType: 'STANDARD' },
    })
    expect(await client.diff(id, updated, news)).toMatchObject({ changes: false })
    cluster = { id, state: updated, inputs: news }
  })

  test('is another one with another role, name or service range', async () => {
    const client = await provider('aws:eks/cluster:Cluster')
    const { id, state, inputs } = cluster
    const news = (await client.check({ ...inputs, roleArn: `${roleArn}2` }, inputs)).inputs
    expect((await client.diff(id, state, news)).replaces).toEqual(['roleArn'])
  })
})

describe('parts of a cluster', () => {
  test('a node group is waited for, scales in place, and is imported', async () => {
    const client = await provider('aws:eks/nodeGroup:NodeGroup')
    const news = {
      clusterName: 'green',
      nodeGroupName: 'main',
      nodeRoleArn: roleArn,
      subnetIds: plugin.cloud.subnets,
      scalingConfig: { desiredSize: 1, minSize: 1, maxSize: 3 },
      labels: { pool: 'main' },
    }
    const { id, state, inputs } = await client.make(news)
    expect(id).toBe('green:main')
    expect(state).toMatchObject({ status: 'ACTIVE', instanceTypes: ['t3.medium'] })
    expect(JSON.stringify(state.resources)).toContain('"autoscalingGroups":[{"name":"eks-main-')
    expect(await client.diff(id, state, inputs)).toMatchObject({ changes: false })
    const more = { ...news, scalingConfig: { desiredSize: 2, minSize: 1, maxSize: 3 }, labels: { pool: 'big' } }
    const checked = (await client.check(more, inputs)).inputs
    expect((await client.diff(id, state, checked)).detailed).toEqual({
      'labels.pool': 'update',
      'scalingConfig.desiredSize': 'update',
    })
    const updated = await client.update(id, state, checked)
    expect(updated).toMatchObject({ scalingConfig: { desiredSize: 2 }, labels: { pool: 'big' } })
    expect((await client.read(id)).inputs).toMatchObject({ clusterName: 'green', nodeGroupName: 'main' })
    await client.delete(id, updated)
    expect((await client.read(id, updated)).id).toBe('')
  })

  test('an add-on takes EKS’s version, and another one in place', async () => {
    const client = await provider('aws:eks/addon:Addon')
    const news = { clusterName: 'green', addonName: 'vpc-cni', resolveConflictsOnCreate: 'OVERWRITE' }
    const { id, state, inputs } = await client.make(news)
    expect(id).toBe('green:vpc-cni')
    expect(state.addonVersion).toMatch(/^v/)
    expect(await client.diff(id, state, inputs)).toMatchObject({ changes: false })
    const values = (await client.check({ ...news, configurationValues: '{"env":{"A":"1"}}' }, inputs)).inputs
    const updated = await client.update(id, state, values)
    expect(updated.configurationValues).toBe('{"env":{"A":"1"}}')
    await client.delete(id, updated)
  })

  test('an access entry and its policy', async () => {
    const entries = await provider('aws:eks/accessEntry:AccessEntry')
    const entry = await entries.make({ clusterName: 'green', principalArn: deployer, kubernetesGroups: ['deployers'] })
    expect(entry.state).toMatchObject({ type: 'STANDARD', kubernetesGroups: ['deployers'] })
    expect(await entries.diff(entry.id, entry.state, entry.inputs)).toMatchObject({ changes: false })
    const associations = await provider('aws:eks/accessPolicyAssociation:AccessPolicyAssociation')
    const policyArn = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy'
    const association = await associations.make({
      clusterName: 'green',
      principalArn: deployer,
      policyArn,
      accessScope: { type: 'namespace', namespaces: ['shop'] },
    })
    expect(association.id).toBe(`green#${deployer}#${policyArn}`)
    const { inputs } = await associations.read(association.id)
    expect(inputs).toMatchObject({ policyArn, accessScope: { type: 'namespace', namespaces: ['shop'] } })
    await associations.delete(association.id, association.state)
    await entries.delete(entry.id, entry.state)
    expect((await entries.read(entry.id, entry.state)).id).toBe('')
  })
})

describe('security groups and launch templates', () => {
  test('a group starts without rules, and rules are resources of their own', async () => {
    const groups = await provider('aws:ec2/securityGroup:SecurityGroup')
    const group = await groups.make({ vpcId: plugin.cloud.vpcId, revokeRulesOnDelete: true })
    expect(group.state).toMatchObject({ egress: [], ingress: [], description: 'Managed by Pulumi' })
    expect(await groups.diff(group.id, group.state, group.inputs)).toMatchObject({ changes: false })
    const rules = await provider('aws:ec2/securityGroupRule:SecurityGroupRule')
    const everywhere = { type: 'egress', protocol: '-1', fromPort: 0, toPort: 0, cidrBlocks: ['0.0.0.0/0'] }
    const egress = await rules.make({ ...everywhere, securityGroupId: group.id })
    expect(egress.id).toMatch(/^sgrule-\d+$/)
    expect(await rules.diff(egress.id, egress.state, egress.inputs)).toMatchObject({ changes: false })
    const seen = await groups.read(group.id, group.state, group.inputs)
    expect(JSON.stringify(seen.state.egress)).toContain('0.0.0.0/0')
    expect(await groups.diff(group.id, seen.state, seen.inputs)).toMatchObject({ changes: false })
    const members = await rules.make({
      type: 'ingress',
      protocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      self: true,
      securityGroupId: group.id,
    })
    expect((await rules.read(members.id, members.state)).id).toBe(members.id)
    await rules.delete(egress.id, egress.state)
    expect((await rules.read(egress.id, egress.state)).id).toBe('')
    const single = await provider('aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule')
    const rule = await single.make({ securityGroupId: group.id, ipProtocol: '-1', cidrIpv4: '10.0.0.0/8' })
    expect((await single.read(rule.id)).inputs).toMatchObject({ cidrIpv4: '10.0.0.0/8' })
    await groups.delete(group.id, group.state)
    expect((await groups.read(group.id, group.state)).id).toBe('')
  })

  test('a launch template gets a version with each change', async () => {
    const client = await provider('aws:ec2/launchTemplate:LaunchTemplate')
    const news = { metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 2, httpEndpoint: 'enabled' } }
    const { id, state, inputs } = await client.make(news)
    expect(state).toMatchObject({ latestVersion: 1, defaultVersion: 1, ...news })
    expect(await client.diff(id, state, inputs)).toMatchObject({ changes: false })
    const changed = (await client.check({ ...news, imageId: 'ami-0123456789abcdef0' }, inputs)).inputs
    expect(await client.update(id, state, changed)).toMatchObject({
      latestVersion: 2,
      imageId: 'ami-0123456789abcdef0',
    })
    await client.delete(id, state)
    expect((await client.read(id, state)).id).toBe('')
  })
})
