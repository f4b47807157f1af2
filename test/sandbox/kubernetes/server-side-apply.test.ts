import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestCluster, type TestCluster } from './fixture.ts'

const deployments = '/apis/apps/v1/namespaces/default/deployments'
const configMaps = '/api/v1/namespaces/default/configmaps'

let it: TestCluster
beforeAll(async () => {
  it = await startTestCluster()
})
afterAll(() => it.stop())

const kinds: Record<string, object> = {
  [deployments]: { apiVersion: 'apps/v1', kind: 'Deployment' },
  [configMaps]: { apiVersion: 'v1', kind: 'ConfigMap' },
}

/** Server-side apply by a manager, as kubectl and Pulumi's plugin do it. */
function apply(path: string, manager: string, name: string, body: object, query = '') {
  return it.call('PATCH', `${path}/${name}?fieldManager=${manager}${query}`, {
    body: { ...kinds[path], metadata: { name }, ...body },
    type: 'application/apply-patch+yaml',
  })
}

const ownedBy = (body: any, manager: string) =>
  body.metadata.managedFields.find((entry: any) => entry.manager === manager)?.fieldsV1

const container = (name: string, more: object = {}) => ({ name, image: `${name}:1`, ...more })
const spec = (containers: object[], more: object = {}) => ({
  spec: {
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers } },
    ...more,
  },
})

describe('apply', () => {
  test('creates, and writes down exactly what was applied', async () => {
    const { status, body } = await apply(configMaps, 'one', 'new', { data: { a: '1' } })
    expect(status).toBe(201)
    expect(body.metadata.managedFields).toMatchObject([
      {
        manager: 'one',
        operation: 'Apply',
        apiVersion: 'v1',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:a': {} } },
      },
    ])
  })

  test('changes nothing the second time', async () => {
    const first = await apply(configMaps, 'one', 'same', { data: { a: '1' } })
    const second = await apply(configMaps, 'one', 'same', { data: { a: '1' } })
    expect([second.status, second.body]).toEqual([200, first.body])
  })

  test('takes away what the manager no longer applies and nobody else has', async () => {
    await apply(configMaps, 'one', 'less', { data: { a: '1', b: '2', c: '3' } })
    await apply(configMaps, 'two', 'less', { data: { b: '2' } })
    const { body } = await apply(configMaps, 'one', 'less', { data: { a: '1' } })
    expect(body.data).toEqual({ a: '1', b: '2' })
  })

  test('is refused where it would change what another manager owns, and says what', async () => {
    await apply(configMaps, 'one', 'contested', { data: { a: '1', b: '2' } })
    const single = await apply(configMaps, 'two', 'contested', { data: { a: 'x' } })
    expect([single.status, single.body.message]).toEqual([
      409,
      'Apply failed with 1 conflict: conflict with "one": .data.a',
    ])
    const both = await apply(configMaps, 'two', 'contested', { data: { a: 'x', b: 'y' } })
    expect(both.body.message).toBe('Apply failed with 2 conflicts: conflicts with "one":\n- .data.a\n- .data.b')
    expect(both.body.details.causes).toEqual([
      { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.a' },
      { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.b' },
    ])
  })

  test('takes over by force', async () => {
    await apply(configMaps, 'one', 'forced', { data: { a: '1', b: '2' } })
    const { body } = await apply(configMaps, 'two', 'forced', { data: { a: 'x' } }, '&force=true')
    expect(body.data).toEqual({ a: 'x', b: '2' })
    expect(ownedBy(body, 'one')).toEqual({ 'f:data': { 'f:b': {} } })
    expect(ownedBy(body, 'two')).toEqual({ 'f:data': { 'f:a': {} } })
  })

  test('meets an update as another manager', async () => {
    await apply(configMaps, 'one', 'updated', { data: { a: '1' } })
    const type = 'application/merge-patch+json'
    await it.call('PATCH', `${configMaps}/updated?fieldManager=editor`, { body: { data: { a: '2' } }, type })
    const { body } = await apply(configMaps, 'one', 'updated', { data: { a: '1' } })
    expect(body.message).toBe('Apply failed with 1 conflict: conflict with "editor" using v1: .data.a')
  })

  test('only tries with dryRun', async () => {
    const { status } = await apply(configMaps, 'one', 'dry', { data: { a: '1' } }, '&dryRun=All')
    expect(status).toBe(201)
    expect((await it.call('GET', `${configMaps}/dry`)).status).toBe(404)
  })

  test('refuses what it does not know whatever the field validation, and wants a manager', async () => {
    const unknown = await apply(configMaps, 'one', 'wrong', { dta: {} }, '&fieldValidation=Ignore')
    expect([unknown.status, unknown.body.message]).toEqual([
      500,
      'failed to create typed patch object (/wrong; /v1, Kind=ConfigMap): .dta: field not declared in schema',
    ])
    const mistyped = await apply(deployments, 'one', 'wrong', { spec: { replicas: 'three' } })
    expect(mistyped.body.message).toContain('.spec.replicas: expected numeric (int or float), got string')
    const nobody = await apply(configMaps, '', 'wrong', {})
    expect([nobody.status, nobody.body.message]).toEqual([422, expect.stringContaining('fieldManager: Required value')])
  })
})

describe('lists under keys', () => {
  test('belong to their managers item by item', async () => {
    await apply(deployments, 'one', 'lists', spec([container('a')]))
    await apply(deployments, 'two', 'lists', { spec: { template: { spec: { containers: [container('b')] } } } })
    const { body } = await apply(deployments, 'one', 'lists', spec([container('a', { image: 'a:2' })]))
    const containers = body.spec.template.spec.containers
    expect(containers.map(({ name, image }: any) => [name, image])).toEqual([
      ['a', 'a:2'],
      ['b', 'b:1'],
    ])
    const items = ownedBy(body, 'two')['f:spec']['f:template']['f:spec']['f:containers']
    expect(items).toEqual({ 'k:{"name":"b"}': { '.': {}, 'f:image': {}, 'f:name': {} } })
  })

  test('keep an item whose key has a default that was left out', async () => {
    const withPort = (extra: object) => spec([container('a', { ports: [{ containerPort: 80, ...extra }] })])
    await apply(deployments, 'one', 'ports', withPort({}))
    const { body } = await apply(deployments, 'one', 'ports', withPort({ name: 'http' }))
    expect(body.spec.template.spec.containers[0].ports).toEqual([{ containerPort: 80, name: 'http', protocol: 'TCP' }])
  })

  test('lose an item, defaults and all, with its last manager', async () => {
    await apply(deployments, 'one', 'shrinking', spec([container('a'), container('b')]))
    const { body } = await apply(deployments, 'one', 'shrinking', spec([container('a')]))
    expect(body.spec.template.spec.containers.map(({ name }: any) => name)).toEqual(['a'])
  })
})

test('defaults belong to nobody, so another manager may set them', async () => {
  const { body } = await apply(deployments, 'one', 'defaults', spec([container('a')]))
  expect(body.spec.replicas).toBe(1)
  const { status } = await apply(deployments, 'scaler', 'defaults', { spec: { replicas: 0 } })
  expect(status).toBe(200)
})

test('status is not applied through the main door', async () => {
  const { body } = await apply(deployments, 'one', 'status', { ...spec([container('a')]), status: { replicas: 7 } })
  expect(body.status.replicas).toBeUndefined()
  expect(ownedBy(body, 'one')['f:status']).toBeUndefined()
})

test('an object without managers belongs to "before-first-apply"', async () => {
  const type = 'application/merge-patch+json'
  await it.call('POST', configMaps, { body: { metadata: { name: 'old' }, data: { a: '1' } } })
  await it.call('PATCH', `${configMaps}/old`, { body: { metadata: { managedFields: [{}] } }, type })
  const { body } = await apply(configMaps, 'one', 'old', { data: { a: '2' } })
  expect(body.message).toContain('conflict with "before-first-apply" using v1: .data.a')
})
