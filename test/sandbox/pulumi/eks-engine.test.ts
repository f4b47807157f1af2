import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as aws from '@pulumi/aws'
import * as eks from '@pulumi/eks'
import * as pulumi from '@pulumi/pulumi'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPlugins, type Plugins } from '../../../sandbox/pulumi/plugins.ts'
import { startCloud, type TestCloud } from './cloud.ts'
import { collectSteps, createEngine, type Engine } from './engine.ts'

let cloud: TestCloud
let plugins: Plugins
let engine: Engine
let folder: string

beforeAll(async () => {
  cloud = await startCloud()
  folder = await mkdtemp(join(tmpdir(), 'plugins-'))
  plugins = await startPlugins({ folder })
  engine = await createEngine(plugins.folders)
})
afterAll(async () => {
  await plugins.stop()
  await engine.remove()
  await rm(folder, { recursive: true, force: true })
  await cloud.close()
})

const trust = (service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }],
  })

/** A cluster with everything that access entries, managed nodes and roles of service accounts need. */
const program = (pool: string) => async () => {
  const provider = new aws.Provider('aws', cloud.providerOptions)
  const options = { providers: [provider] }
  const nodes = new aws.iam.Role('nodes', { assumeRolePolicy: trust('ec2.amazonaws.com') }, { provider })
  const cluster = new eks.Cluster(
    'green',
    {
      name: 'shop-green',
      version: '1.33',
      vpcId: cloud.vpcId,
      subnetIds: cloud.subnets,
      authenticationMode: 'API',
      skipDefaultNodeGroup: true,
      skipDefaultSecurityGroups: true,
      createOidcProvider: true,
      endpointPrivateAccess: true,
      accessEntries: {
        deployer: {
          principalArn: 'arn:aws:iam::123456789012:role/deployer',
          accessPolicies: {
            admin: {
              policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy',
              accessScope: { type: 'cluster' },
            },
          },
        },
      },
      tags: { team: 'shop' },
    },
    options,
  )
  const group = new eks.ManagedNodeGroup(
    'main',
    {
      cluster,
      nodeRole: nodes,
      operatingSystem: 'AL2023',
      scalingConfig: { desiredSize: 1, minSize: 1, maxSize: 2 },
      labels: { pool },
    },
    options,
  )
  new eks.Addon('pod-identity', { cluster, addonName: 'eks-pod-identity-agent' }, { ...options, dependsOn: [group] })
  return {
    name: cluster.eksCluster.name,
    issuer: cluster.oidcIssuer,
    issuerArn: cluster.oidcProviderArn,
    issuerUrl: cluster.oidcProviderUrl,
    security: cluster.clusterSecurityGroupId,
    kubeconfig: cluster.kubeconfig,
    kubeconfigJson: cluster.kubeconfigJson,
    other: cluster.getKubeconfig({ profileName: 'ops' }).result,
    version: cluster.core.cluster.version,
    // Not `nodeGroup.resources`: that is a method of every output.
    autoScalingGroup: group.nodeGroup
      .apply((nodeGroup) => nodeGroup.resources)
      .apply(([resource]) => resource?.autoscalingGroups[0]?.name),
    region: pulumi.output(aws.getRegion({}, { provider })).name,
  }
}

describe('a real engine with the stand-in eks plugin', () => {
  test('builds a cluster, changes nodes in place, and takes it down', { timeout: 120_000 }, async () => {
    const stack = await engine.stack('cluster', program('blue'))
    const preview = await stack.preview()
    expect(preview.changeSummary).toEqual({ create: 19 })
    const made = collectSteps()
    const up = await stack.up({ onEvent: made.onEvent })
    expect(up.summary.resourceChanges).toEqual({ create: 19 })
    expect(
      made.steps
        .map(({ type }) => type)
        .filter((type) => type.startsWith('eks:'))
        .sort(),
    ).toEqual([
      'eks:index:Addon',
      'eks:index:Cluster',
      'eks:index:ManagedNodeGroup',
      'eks:index:ServiceRole',
      'eks:index:VpcCniAddon',
    ])
    const outputs = Object.fromEntries(Object.entries(up.outputs).map(([name, { value }]) => [name, value as unknown]))
    expect(outputs).toMatchObject({ name: 'shop-green', version: '1.33', region: 'ap-northeast-2' })
    expect(outputs.issuerUrl).toBe(`https://${String(outputs.issuer)}`)
    expect(outputs.issuerArn).toBe(`arn:aws:iam::123456789012:oidc-provider/${String(outputs.issuer)}`)
    expect(outputs.security).toMatch(/^sg-/)
    expect(outputs.autoScalingGroup).toMatch(/^eks-main-/)
    expect(JSON.parse(String(outputs.kubeconfigJson))).toEqual(outputs.kubeconfig)
    expect(String(outputs.other)).toContain('AWS_PROFILE')

    expect((await stack.preview()).changeSummary).toEqual({ same: 19 })
    expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: 19 })

    const changed = collectSteps()
    const next = await engine.stack('cluster', program('green'))
    await next.up({ onEvent: changed.onEvent })
    expect(changed.steps.filter(({ type }) => !type.startsWith('eks:'))).toEqual([
      { op: 'update', type: 'aws:eks/nodeGroup:NodeGroup', diffs: ['labels'], detailed: { 'labels.pool': 'update' } },
    ])
    expect((await next.destroy()).summary.resourceChanges).toEqual({ delete: 19 })
  })
})
