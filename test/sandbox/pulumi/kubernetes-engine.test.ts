import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as aws from '@pulumi/aws'
import * as kubernetes from '@pulumi/kubernetes'
import * as pulumi from '@pulumi/pulumi'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Clock } from '../../../sandbox/clock.ts'
import { startCluster, type Cluster } from '../../../sandbox/kubernetes/cluster.ts'
import { AddressBook } from '../../../sandbox/network/addresses.ts'
import { startPlugins, type Plugins } from '../../../sandbox/pulumi/plugins.ts'
import { startCloud, type TestCloud } from './cloud.ts'
import { collectSteps, createEngine, type Engine } from './engine.ts'

let clock: Clock
let cloud: TestCloud
let cluster: Cluster
let plugins: Plugins
let engine: Engine
let folder: string

beforeAll(async () => {
  clock = new Clock(1000)
  cloud = await startCloud()
  const { region, accessKey, secretKey } = cloud.providerOptions
  cluster = await startCluster({
    name: 'green',
    colour: 'green',
    version: '1.24',
    vpc: '10.0.32.0/20',
    addresses: new AddressBook(),
    clock,
    aws: { endpoint: cloud.wire.url, region, accessKeyId: accessKey, secretAccessKey: secretKey },
  })
  await cluster.installLoadBalancerController()
  folder = await mkdtemp(join(tmpdir(), 'plugins-'))
  plugins = await startPlugins({ folder })
  engine = await createEngine(plugins.folders)
})
afterAll(async () => {
  await plugins.stop()
  await engine.remove()
  await rm(folder, { recursive: true, force: true })
  await cluster.stop()
  await cloud.close()
  clock.stop()
})

describe('a real engine with both plugins', () => {
  test('binds a target group to a service on the cluster, and lets it go', async () => {
    let deleteUnreachable = false
    const stack = await engine.stack('bound', async () => {
      const provider = new aws.Provider('aws', cloud.providerOptions)
      const group = new aws.lb.TargetGroup(
        'green',
        { port: 80, protocol: 'HTTP', targetType: 'ip', vpcId: cloud.vpcId },
        { provider },
      )
      const options = { kubeconfig: cluster.kubeconfig, clusterIdentifier: 'green', deleteUnreachable }
      const green = { provider: new kubernetes.Provider('green', options) }
      const service = new kubernetes.core.v1.Service(
        'search',
        { metadata: { namespace: 'default' }, spec: { selector: { app: 'search' }, ports: [{ port: 80 }] } },
        green,
      )
      const stringData = { key: pulumi.secret('hunter2') }
      new kubernetes.core.v1.Secret('key', { metadata: { namespace: 'default' }, stringData }, green)
      new kubernetes.apiextensions.CustomResource(
        'search',
        {
          apiVersion: 'elbv2.k8s.aws/v1beta1',
          kind: 'TargetGroupBinding',
          metadata: { namespace: 'default' },
          spec: { serviceRef: { name: service.metadata.name, port: 80 }, targetGroupARN: group.arn, targetType: 'ip' },
        },
        green,
      )
    })
    const preview = await stack.preview()
    expect(preview.changeSummary).toEqual({ create: 7 })
    expect((await stack.up()).summary.resourceChanges).toEqual({ create: 7 })
    const { onEvent, steps } = collectSteps()
    expect((await stack.up({ onEvent })).summary.resourceChanges).toEqual({ same: 7 })
    expect(steps).toEqual([])
    expect((await stack.refresh()).summary.resourceChanges?.delete).toBeUndefined()

    const kept = await readFile(join(engine.folder, '.pulumi/stacks/plugins/bound.json'), 'utf8')
    expect(kept).not.toContain('hunter2')
    expect(kept).not.toContain(Buffer.from('hunter2').toString('base64'))

    await cluster.setReachable(false)
    await expect(
      stack.destroy({ target: ['**:kubernetes:core/v1:Service::*'], targetDependents: true }),
    ).rejects.toThrow('configured Kubernetes cluster is unreachable')
    deleteUnreachable = true
    await stack.up({ target: ['**:pulumi:providers:kubernetes::green'] })
    expect((await stack.destroy()).summary.resourceChanges).toEqual({ delete: 7 })
    await cluster.setReachable(true)
  })
})
