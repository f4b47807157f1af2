import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Clock } from '../../../sandbox/clock.ts'
import { startCluster, type Cluster } from '../../../sandbox/kubernetes/cluster.ts'
import { AddressBook } from '../../../sandbox/network/addresses.ts'
import { KubernetesProvider } from '../../../sandbox/pulumi/kubernetes/provider.ts'
import { secret, UNKNOWN, type Properties } from '../../../sandbox/pulumi/properties.ts'
import { addProviderService } from '../../../sandbox/pulumi/provider-service.ts'
import { listen, type Listener } from '../../../sandbox/pulumi/server.ts'
import { initFailure, ProviderClient } from './provider-client.ts'

let clock: Clock
let cluster: Cluster
let plugin: Listener
let clients: ProviderClient[]

beforeAll(async () => {
  clock = new Clock(1000)
  const aws = { endpoint: 'http://127.0.0.1:1', region: 'eu-west-1', accessKeyId: 'a', secretAccessKey: 'b' }
  const addresses = new AddressBook()
  cluster = await startCluster({
    name: 'green',
    colour: 'green',
    version: '1.24',
    vpc: '10.1.0.0/16',
    addresses,
    clock,
    aws,
  })
  plugin = await listen(0, (server, gateway) =>
    addProviderService(server, gateway, () => new KubernetesProvider({}), '4.34.2'),
  )
})
afterAll(async () => {
  await plugin.close()
  await cluster.stop()
  clock.stop()
})
beforeEach(() => {
  clients = []
})
afterEach(async () => {
  for (const client of clients) client.close()
  await cluster.setReachable(true)
})

async function provider(token: string, options: Properties = {}, name = 'thing'): Promise<ProviderClient> {
  const client = new ProviderClient(plugin.port, token, name)
  clients.push(client)
  await client.configure({ kubeconfig: cluster.kubeconfig, ...options })
  return client
}

const configMaps = 'kubernetes:core/v1:ConfigMap'
const services = 'kubernetes:core/v1:Service'
const bindings = 'kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding'

const configMap = (data: Properties, metadata: Properties = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata,
  data,
})
const service = (name: string, port: Properties[string], annotations: Properties = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, annotations },
  spec: { selector: { app: name }, ports: [{ port, targetPort: 8080 }] },
})

describe('an object', () => {
  test('is named, made, left alone, changed in place and deleted', async () => {
    const client = await provider(services, {}, 'search')
    const { name: _, ...unnamed } = service('x', 80).metadata
    const made = await client.make({ ...service('x', 80), metadata: unnamed })
    expect(made.id).toMatch(/^default\/search-[0-9a-f]{8}$/)
    expect(made.inputs).toMatchObject({ metadata: { annotations: { 'pulumi.com/autonamed': 'true' } } })
    expect(made.state).toMatchObject({ __initialApiVersion: 'v1', kind: 'Service', spec: { type: 'ClusterIP' } })
    expect(made.state.__inputs).toMatchObject({ spec: { ports: [{ port: 80 }] } })
    expect(await client.diff(made.id, made.state, made.inputs)).toMatchObject({ changes: false })

    const { inputs } = await client.check({ ...service('x', 81), metadata: unnamed }, made.inputs)
    expect((await client.diff(made.id, made.state, inputs)).detailed).toEqual({ 'spec.ports[0].port': 'update' })
    const updated = await client.update(made.id, made.state, inputs)
    expect(updated).toMatchObject({ spec: { ports: [{ port: 81 }] } })
    expect((updated as any).spec.ports).toHaveLength(1)
    const { inputs: third } = await client.check({ ...service('x', 82), metadata: unnamed }, inputs)
    const again = await client.update(made.id, updated, third)
    expect(again).toMatchObject({
      spec: { ports: [{ port: 82 }] },
      __fieldManager: updated.__fieldManager,
    } as Properties)
    await client.delete(made.id, again)
    await client.delete(made.id, again)
    expect(await client.read(made.id, again, third)).toMatchObject({ id: '' })
  })

  test('that exists is not taken over, unless the provider may', async () => {
    const news = configMap({ a: '1' }, { name: 'taken' })
    const made = await (await provider(configMaps)).make(news)
    const client = await provider(configMaps)
    await expect(client.make(news)).rejects.toThrow(
      /resource ".*" was not successfully created by the Kubernetes API server: .*"taken" already exists/,
    )
    const upserting = await provider(configMaps, { upsertExistingObjects: 'true' })
    const taken = configMap({ b: '2' }, { name: 'taken', annotations: { 'pulumi.com/patchForce': 'true' } })
    expect((await upserting.make(taken)).state).toMatchObject({ data: { a: '1', b: '2' } })
    await client.delete(made.id, made.state)
  })

  test('is replaced when its identity changes, and when it counts as immutable', async () => {
    const client = await provider(configMaps)
    const made = await client.make(configMap({ a: '1' }, { name: 'settings' }))
    const diff = async (news: Properties, options: Properties = {}) =>
      (await provider(configMaps, options)).diff(made.id, made.state, news)
    expect(await diff(configMap({ a: '2' }, { name: 'settings' }))).toMatchObject({
      detailed: { 'data.a': 'update-replace' },
      deleteBeforeReplace: true,
    })
    expect(await diff(configMap({ a: '2' }, { name: 'settings' }), { enableConfigMapMutable: 'true' })).toMatchObject({
      detailed: { 'data.a': 'update' },
    })
    expect(await diff(configMap({ a: '1' }, { name: 'other' }))).toMatchObject({
      detailed: { 'metadata.name': 'update-replace' },
      deleteBeforeReplace: false,
    })
    expect(await diff(configMap({ a: '1' }, { name: 'settings', namespace: 'kube-system' }))).toMatchObject({
      detailed: { 'metadata.namespace': 'update-replace' },
    })
    expect(await diff(configMap({ a: '1' }, { name: 'settings', namespace: 'default' }))).toMatchObject({
      changes: false,
    })
    await client.delete(made.id, made.state)
  })

  test('keeps secrets secret, a Secret as a whole', async () => {
    const client = await provider('kubernetes:core/v1:Secret')
    const news = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'credentials' },
      stringData: { password: 'hunter2' },
    }
    const made = await client.make(news)
    const encoded = { password: Buffer.from('hunter2').toString('base64') }
    expect(made.inputs).toMatchObject({ data: secret(encoded) })
    expect(made.state).toMatchObject({ data: secret(encoded), type: 'Opaque' })
    expect(await client.diff(made.id, made.state, made.inputs)).toMatchObject({ changes: false })
    await client.delete(made.id, made.state)

    const maps = await provider(configMaps)
    const marked = await maps.make(configMap({ a: secret('x'), b: 'y' }, { name: 'half' }))
    expect(marked.state).toMatchObject({ data: { a: secret('x'), b: 'y' } })
    await maps.delete(marked.id, marked.state)
  })

  test('lands in the namespace of the provider when it names none', async () => {
    const client = await provider(configMaps, { namespace: 'kube-public' })
    const { id, state } = await client.make(configMap({}, { name: 'placed' }))
    expect(id).toBe('kube-public/placed')
    await client.delete(id, state)
  })

  test('is known by its id alone', async () => {
    const client = await provider(configMaps)
    const made = await client.make(configMap({ a: '1' }, { name: 'found' }))
    const found = await client.read('default/found')
    expect(found.inputs).toMatchObject(configMap({ a: '1' }, { name: 'found', namespace: 'default' }))
    expect(found.inputs.metadata).not.toHaveProperty('uid')
    expect(await client.diff(made.id, found.state, found.inputs)).toMatchObject({ changes: false })
    expect(await client.read('default/never-was')).toMatchObject({ id: '' })
    await client.delete(made.id, made.state)
  })

  test('leaves ignored fields to whoever has them', async () => {
    const client = await provider(services)
    const made = await client.make(service('ignored', 80))
    const news = {
      ...service('ignored', 81),
      spec: { selector: { app: 'other' }, ports: [{ port: 81, targetPort: 8080 }] },
    }
    const ignore = ['spec.selector']
    expect((await client.diff(made.id, made.state, news, ignore)).detailed).toEqual({ 'spec.ports[0].port': 'update' })
    const updated = await client.update(made.id, made.state, news, { ignore })
    expect(updated).toMatchObject({ spec: { selector: { app: 'ignored' }, ports: [{ port: 81 }] } })
    await client.delete(made.id, updated)
  })
})

describe('a preview', () => {
  test('is what the API server says it would do, and changes nothing', async () => {
    const client = await provider(services)
    const { state } = await client.create(service('previewed', 80), { preview: true })
    expect(state).toMatchObject({ spec: { type: 'ClusterIP' } })
    expect(state).not.toHaveProperty('status')
    expect(await client.read('default/previewed')).toMatchObject({ id: '' })
    await expect(client.create(service('previewed', 700_000), { preview: true })).rejects.toThrow(/previewed/)
  })

  test('shows the inputs where something is unknown, or the kind is not there yet', async () => {
    const news = service('previewed', UNKNOWN)
    expect((await (await provider(services)).create(news, { preview: true })).state).toEqual(news)
    const gadget = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'x' } }
    const client = await provider('kubernetes:example.com/v1:Gadget')
    expect((await client.create(gadget, { preview: true })).state).toEqual(gadget)
  })
})

describe('waiting', () => {
  const waiting = (waitFor: string, data: Properties = {}) =>
    configMap(data, { name: 'waited-for', annotations: { 'pulumi.com/waitFor': waitFor } })

  test('for what an annotation names, and keeping what never became it', async () => {
    const client = await provider(configMaps)
    const done = await client.make(waiting('jsonpath={.data.phase}=ready', { phase: 'ready' }))
    await client.delete(done.id, done.state)
    const { inputs } = await client.check(waiting('["jsonpath={.data.phase}", "condition=Ready"]', { phase: 'x' }))
    const failure = await client.create(inputs, { timeoutSeconds: 1 }).then(() => undefined, initFailure)
    expect(failure?.id).toBe('default/waited-for')
    expect(failure?.reasons.join()).toContain('Waiting for condition "Ready" to be "True"')
    await client.delete('default/waited-for', failure?.state ?? {})
  })

  test('for a deployment to roll out, unless it is to be skipped', async () => {
    const client = await provider('kubernetes:apps/v1:Deployment')
    const labels = { app: 'web' }
    const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } }
    const deployment = (annotations: Properties) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', annotations },
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
    })
    const made = await client.make(deployment({}))
    expect(made.state).toMatchObject({ status: { availableReplicas: 1 } })
    await client.delete(made.id, made.state)
    const skipped = await client.make(deployment({ 'pulumi.com/skipAwait': 'true' }))
    await client.delete(skipped.id, skipped.state)
  })

  test('until a deleted object is gone, finalizers and all, as long as the time-out allows', async () => {
    const client = await provider(configMaps)
    const made = await client.make(configMap({}, { name: 'held', finalizers: ['example.com/hold'] }))
    const failure = await client.delete(made.id, made.state, 1).then(() => undefined, initFailure)
    expect(failure?.reasons.join()).toContain('timed out waiting for the condition')
    const deleted = client.delete(made.id, made.state)
    const { state } = await client.read(made.id, made.state, made.inputs)
    const freed = configMap({}, { name: 'held', finalizers: [] })
    await client.update(made.id, state, freed)
    await deleted
    expect(await client.read(made.id)).toMatchObject({ id: '' })
  })

  test('ends when the update is cancelled', async () => {
    const client = await provider(configMaps)
    const never = configMap({}, { name: 'never', annotations: { 'pulumi.com/waitFor': 'condition=Ready' } })
    const failure = client.create(never).then(() => undefined, initFailure)
    const reader = await provider(configMaps)
    await expect.poll(async () => (await reader.read('default/never')).id, { timeout: 10_000 }).toBe('default/never')
    await client.cancel()
    expect((await failure)?.reasons.join()).toContain('Resource operation was cancelled')
    const { id, state } = await reader.read('default/never')
    await reader.delete(id, state)
  })
})

describe('a custom resource', () => {
  test('comes and goes with its definition', async () => {
    const { name, spec } = {
      name: 'gadgets.example.com',
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { kind: 'Gadget', plural: 'gadgets', singular: 'gadget', listKind: 'GadgetList' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    }
    const gadgets = await provider('kubernetes:example.com/v1:Gadget')
    const gadget = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'g' }, spec: { size: 1 } }
    const early = gadgets.make(gadget)
    const definitions = await provider('kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition')
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name },
      spec,
    }
    const defined = await definitions.make(definition)
    const made = await early
    expect(made.id).toBe('default/g')
    const bigger = { ...gadget, spec: { size: 2 } }
    expect((await gadgets.diff(made.id, made.state, bigger)).detailed).toEqual({ 'spec.size': 'update' })
    expect(await gadgets.update(made.id, made.state, bigger)).toMatchObject({ spec: { size: 2 } })
    await definitions.delete(defined.id, defined.state)
    expect(await (await provider('kubernetes:example.com/v1:Gadget')).read(made.id, made.state)).toMatchObject({
      id: '',
    })
  })

  test('of a kind that never comes says so', async () => {
    const client = await provider('kubernetes:example.com/v1:Nothing')
    const nothing = { apiVersion: 'example.com/v1', kind: 'Nothing', metadata: { name: 'x' } }
    await expect(client.create(nothing, { timeoutSeconds: 1 })).rejects.toThrow(
      'no matches for kind "Nothing" in version "example.com/v1"',
    )
  })
})

describe('a cluster that does not answer', () => {
  test('can be previewed against, but not written to', async () => {
    const made = await (await provider(configMaps)).make(configMap({ a: '1' }, { name: 'stranded' }))
    await cluster.setReachable(false)
    const client = await provider(configMaps)
    const news = configMap({ a: '1' }, { name: 'new' })
    expect((await client.create(news, { preview: true })).state).toEqual(news)
    await expect(client.create(news)).rejects.toThrow('configured Kubernetes cluster is unreachable')
    await expect(client.read(made.id, made.state, made.inputs)).rejects.toThrow('PULUMI_K8S_DELETE_UNREACHABLE')
    await expect(client.delete(made.id, made.state)).rejects.toThrow('configured Kubernetes cluster is unreachable')

    const skipping = await provider(configMaps, { skipUpdateUnreachable: 'true' })
    expect((await skipping.check(news, made.inputs)).inputs).toEqual(made.inputs)
    expect(await skipping.read(made.id, made.state, made.inputs)).toMatchObject({ id: made.id })
    const dropping = await provider(configMaps, { deleteUnreachable: 'true' })
    await dropping.delete(made.id, made.state)
    expect(await dropping.read(made.id, made.state, made.inputs)).toMatchObject({ id: '' })

    await cluster.setReachable(true)
    const back = await provider(configMaps)
    expect(await back.read(made.id)).toMatchObject({ id: made.id })
    await back.delete(made.id, made.state)
  })

  test('as a provider is another one only when its identifier or, without one, its address is', async () => {
    const client = await provider(bindings)
    const { kubeconfig } = cluster
    const elsewhere = kubeconfig.replace(/https:\/\/127\.0\.0\.1:\d+/, 'https://127.0.0.1:1')
    const replaced = async (olds: Properties, news: Properties) => (await client.diffConfig(olds, news)).replaces
    expect(await replaced({ kubeconfig }, { kubeconfig: elsewhere })).toEqual(['kubeconfig'])
    expect(await replaced({ kubeconfig }, { kubeconfig: `${kubeconfig}\n` })).toEqual([])
    expect(await replaced({ kubeconfig }, { kubeconfig: UNKNOWN })).toEqual(['kubeconfig'])
    const green = { clusterIdentifier: 'green' }
    expect(await replaced({ kubeconfig, ...green }, { kubeconfig: elsewhere, ...green })).toEqual([])
    expect(await replaced({ kubeconfig, ...green }, { kubeconfig, clusterIdentifier: 'blue' })).toEqual([
      'clusterIdentifier',
    ])
  })

  test('for want of a kubeconfig is unreachable too', async () => {
    const client = await provider(configMaps, { kubeconfig: 'no: kubeconfig' })
    await expect(client.make(configMap({}, { name: 'x' }))).rejects.toThrow(
      'configured Kubernetes cluster is unreachable',
    )
  })
})

test('what the stand-in does not do is refused by name', async () => {
  await expect((await provider('kubernetes:core/v1:ServicePatch')).check({})).rejects.toThrow(
    'ServicePatch is not supported',
  )
  await expect((await provider('kubernetes:helm.sh/v3:Release')).check({})).rejects.toThrow('not supported')
})
