import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, startTestCluster, type TestCluster } from './fixture.ts'

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const widgets = '/apis/example.com/v1/namespaces/default/widgets'

const definition = {
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget', shortNames: ['wi'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                properties: {
                  size: { type: 'integer', minimum: 1 },
                  mode: { type: 'string', enum: ['fast', 'safe'], default: 'safe' },
                  port: { 'x-kubernetes-int-or-string': true },
                },
              },
              status: { type: 'object', properties: { ready: { type: 'boolean' } } },
            },
          },
        },
      },
      {
        name: 'v1beta1',
        served: true,
        storage: false,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
}

let it: TestCluster
beforeAll(async () => {
  it = await startTestCluster()
})
afterAll(() => it.stop())

const create = (name: string, more: object) =>
  it.call('POST', widgets, { body: { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name }, ...more } })

test('a definition makes its resource served, in discovery, OpenAPI and tables', async () => {
  expect((await it.call('GET', widgets)).status).toBe(404)
  expect((await it.call('POST', definitions, { body: definition })).status).toBe(201)
  const established = await eventually(async () => {
    const { body } = await it.call('GET', `${definitions}/widgets.example.com`)
    return body.status.conditions?.find(({ type }: any) => type === 'Established')
  })
  expect(established.status).toBe('True')
  const { body: found } = await it.call('GET', '/apis/example.com/v1')
  expect(found.resources.map(({ name }: any) => name)).toEqual(['widgets', 'widgets/status'])
  const { body: group } = await it.call('GET', '/apis/example.com')
  expect(group.preferredVersion.version).toBe('v1')
  const { body: document } = await it.call('GET', '/openapi/v3/apis/example.com/v1')
  expect(document.components.schemas['com.example.v1.Widget'].properties.spec.required).toEqual(['size'])
})

test('its objects are pruned, completed and checked by their schema', async () => {
  const { status, body } = await create('good', {
    spec: { size: 3, port: 'http', unknown: true },
    status: { ready: true },
  })
  expect([status, body.spec, body.status, body.metadata.generation]).toEqual([
    201,
    { size: 3, port: 'http', mode: 'safe' },
    undefined,
    1,
  ])
  const bad = await create('bad', { spec: { size: 0, mode: 'other', port: 1.5 } })
  expect([bad.status, bad.body.message]).toEqual([
    422,
    'Widget.example.com "bad" is invalid: [spec.mode: Unsupported value: "other": supported values: "fast", "safe", spec.port: Invalid value: "number": spec.port in body must be of type integer or string: "number", spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1]',
  ])
  expect((await create('missing', { spec: {} })).body.details.causes).toEqual([
    { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.size' },
  ])
})

test('its status is written through its own door', async () => {
  const patch = { body: { spec: { size: 99 }, status: { ready: true } }, type: 'application/merge-patch+json' }
  const { body } = await it.call('PATCH', `${widgets}/good/status`, patch)
  expect([body.spec.size, body.status, body.metadata.generation]).toEqual([3, { ready: true }, 1])
})

test('its objects are seen in every served version', async () => {
  const { body } = await it.call('GET', '/apis/example.com/v1beta1/namespaces/default/widgets/good')
  expect([body.apiVersion, body.spec.size]).toEqual(['example.com/v1beta1', 3])
})

test('a replacement has to say which state it replaces, and no strategic merge is possible', async () => {
  const body = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'good' }, spec: { size: 4 } }
  const { status, body: refusal } = await it.call('PUT', `${widgets}/good`, { body })
  expect([status, refusal.message]).toEqual([422, expect.stringContaining('must be specified for an update')])
  const strategic = { body: { spec: { size: 4 } }, type: 'application/strategic-merge-patch+json' }
  expect((await it.call('PATCH', `${widgets}/good`, strategic)).status).toBe(415)
})

test('a wrong definition is refused', async () => {
  const { status, body } = await it.call('POST', definitions, {
    body: { ...definition, metadata: { name: 'other.example.com' } },
  })
  expect([status, body.message]).toEqual([422, expect.stringContaining('must be spec.names.plural+"."+spec.group')])
  expect((await it.call('POST', definitions, { body: { metadata: { name: 'x.y' }, spec: {} } })).status).toBe(422)
})

test('a definition goes after its objects, which wait for their finalizers', async () => {
  const finalize = (finalizers: string[] | null) =>
    it.call('PATCH', `${widgets}/good`, { body: { metadata: { finalizers } }, type: 'application/merge-patch+json' })
  await finalize(['example.com/hold'])
  await it.call('DELETE', `${definitions}/widgets.example.com`)
  await eventually(async () => (await it.call('GET', `${widgets}/good`)).body.metadata?.deletionTimestamp)
  expect((await it.call('GET', `${definitions}/widgets.example.com`)).status).toBe(200)
  await finalize(null)
  await eventually(async () => (await it.call('GET', `${definitions}/widgets.example.com`)).status === 404)
  expect((await it.call('GET', widgets)).status).toBe(404)
})
