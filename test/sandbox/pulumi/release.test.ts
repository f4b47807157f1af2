import Fastify, { type FastifyInstance } from 'fastify'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as kubernetes from '@pulumi/kubernetes'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Clock } from '../../../sandbox/clock.ts'
import { addControllerRoutes } from '../../../sandbox/controllers.ts'
import { startCluster, type Cluster } from '../../../sandbox/kubernetes/cluster.ts'
import { AddressBook } from '../../../sandbox/network/addresses.ts'
import { startPlugins, type Plugins } from '../../../sandbox/pulumi/plugins.ts'
import { createEngine, type Engine } from './engine.ts'

let clock: Clock
let cluster: Cluster
let control: FastifyInstance
let plugins: Plugins
let engine: Engine
let folder: string

beforeAll(async () => {
  clock = new Clock(1000)
  cluster = await startCluster({
    name: 'green',
    colour: 'green',
    version: '1.29',
    vpc: '10.0.32.0/20',
    addresses: new AddressBook(),
    clock,
    aws: { endpoint: 'http://127.0.0.1:9', region: 'eu-west-1', accessKeyId: 'a', secretAccessKey: 'b' },
  })
  control = Fastify({ forceCloseConnections: true })
  addControllerRoutes(control, (server) => (server === cluster.url ? cluster : undefined))
  const CUTOVER_SANDBOX_CONTROL = await control.listen({ host: '127.0.0.1', port: 0 })
  folder = await mkdtemp(join(tmpdir(), 'plugins-'))
  plugins = await startPlugins({ folder, environment: { ...process.env, CUTOVER_SANDBOX_CONTROL } })
  engine = await createEngine(plugins.folders)
})
afterAll(async () => {
  await plugins.stop()
  await engine.remove()
  await control.close()
  await cluster.stop()
  clock.stop()
  await rm(folder, { recursive: true, force: true })
})

const program = (chart: string) => async () => {
  const provider = new kubernetes.Provider('green', { kubeconfig: cluster.kubeconfig })
  const release = new kubernetes.helm.v3.Release(
    'controller',
    {
      chart,
      version: '1.13.4',
      namespace: 'kube-system',
      repositoryOpts: { repo: 'https://aws.github.io/eks-charts' },
      values: { clusterName: 'green', region: 'eu-west-1', vpcId: 'vpc-1' },
    },
    { provider },
  )
  return { status: release.status }
}

const deployments = () => cluster.store.list('apps/deployments', 'kube-system').map(({ metadata }) => metadata.name)

test('a release installs the load-balancer controller, and takes it away', { timeout: 60_000 }, async () => {
  const stack = await engine.stack('release', program('aws-load-balancer-controller'))
  const { outputs } = await stack.up()
  expect(outputs.status?.value).toMatchObject({ namespace: 'kube-system', appVersion: '2.13.4', status: 'deployed' })
  expect(deployments()).toEqual(['aws-load-balancer-controller'])
  expect((await stack.preview()).changeSummary).toEqual({ same: 3 })
  expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: 3 })
  await stack.destroy()
  expect(deployments()).toEqual([])
})

test('a release of another chart is refused', { timeout: 60_000 }, async () => {
  const stack = await engine.stack('other', program('nginx'))
  await expect(stack.up()).rejects.toThrow('installs no chart but aws-load-balancer-controller')
})
