import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestCluster, type TestCluster } from './fixture.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'

let it: TestCluster
beforeAll(async () => {
  it = await startTestCluster()
})
afterAll(() => it.stop())

const create = (name: string, body: object = {}) =>
  it.call('POST', configMaps, { body: { metadata: { name }, ...body } })

describe('an object', () => {
  test('is created with what the API server adds, and read back', async () => {
    const { status, body } = await create('created', { data: { a: 'b' } })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'created', namespace: 'default', uid: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      data: { a: 'b' },
    })
    expect((await it.call('GET', `${configMaps}/created`)).body).toEqual(body)
  })

  test('gets a name when it only says how the name begins', async () => {
    const { body } = await it.call('POST', configMaps, { body: { metadata: { generateName: 'made-' } } })
    expect(body.metadata.name).toMatch(/^made-[a-z0-9]{5}$/)
  })

  test('gets a new resourceVersion with every change and none without', async () => {
    const { body } = await create('versioned', { data: { a: 'b' } })
    const patch = { body: { data: { a: 'c' } }, type: 'application/merge-patch+json' }
    const changed = await it.call('PATCH', `${configMaps}/versioned`, patch)
    const same = await it.call('PATCH', `${configMaps}/versioned`, patch)
    expect(Number(changed.body.metadata.resourceVersion)).toBeGreaterThan(Number(body.metadata.resourceVersion))
    expect(same.body.metadata.resourceVersion).toBe(changed.body.metadata.resourceVersion)
  })

  test('counts its generation when what is wanted changes, not when metadata does', async () => {
    const path = '/apis/apps/v1/namespaces/default/deployments'
    const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } }
    const spec = { replicas: 0, selector: { matchLabels: { app: 'a' } }, template }
    expect(
      (await it.call('POST', path, { body: { metadata: { name: 'counted' }, spec } })).body.metadata.generation,
    ).toBe(1)
    const patch = (body: object) => it.call('PATCH', `${path}/counted`, { body, type: 'application/merge-patch+json' })
    expect((await patch({ metadata: { labels: { x: 'y' } } })).body.metadata.generation).toBe(1)
    expect((await patch({ spec: { minReadySeconds: 1 } })).body.metadata.generation).toBe(2)
    expect((await patch({ status: { replicas: 9 } })).body.metadata.generation).toBe(2)
  })

  test('is only tried out with dryRun', async () => {
    const { status, body } = await it.call('POST', `${configMaps}?dryRun=All`, {
      body: { metadata: { name: 'tried' } },
    })
    expect([status, body.metadata.name]).toEqual([201, 'tried'])
    expect((await it.call('GET', `${configMaps}/tried`)).status).toBe(404)
  })

  test('stays until its finalizers are gone', async () => {
    await create('held', { metadata: { name: 'held', finalizers: ['example.com/hold'] } })
    const deleted = await it.call('DELETE', `${configMaps}/held`)
    expect(deleted.body.metadata.deletionTimestamp).toBeDefined()
    expect((await it.call('GET', `${configMaps}/held`)).status).toBe(200)
    await it.call('PATCH', `${configMaps}/held`, {
      body: [{ op: 'remove', path: '/metadata/finalizers' }],
      type: 'application/json-patch+json',
    })
    expect((await it.call('GET', `${configMaps}/held`)).status).toBe(404)
  })

  test('answers its deletion with a Status that names it', async () => {
    const { body: created } = await create('deleted')
    const { status, body } = await it.call('DELETE', `${configMaps}/deleted`)
    expect([status, body]).toEqual([
      200,
      {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { name: 'deleted', kind: 'configmaps', uid: created.metadata.uid },
      },
    ])
  })
})

describe('a refusal is a Status in the words of the API server', () => {
  const refused = async (answer: Promise<{ status: number; body: any }>) => {
    const { status, body } = await answer
    expect(body).toMatchObject({ kind: 'Status', status: 'Failure', code: status })
    return [status, body.reason, body.message]
  }

  test('404 for what is not there', async () => {
    expect(await refused(it.call('GET', `${configMaps}/nothing`))).toEqual([
      404,
      'NotFound',
      'configmaps "nothing" not found',
    ])
    const inNowhere = it.call('POST', '/api/v1/namespaces/nowhere/configmaps', { body: { metadata: { name: 'x' } } })
    expect(await refused(inNowhere)).toEqual([404, 'NotFound', 'namespaces "nowhere" not found'])
    expect(await refused(it.call('GET', '/api/v1/namespaces/default/nonsense'))).toEqual([
      404,
      'NotFound',
      'the server could not find the requested resource',
    ])
  })

  test('plain text for a group that is not served, as for a custom resource without its definition', async () => {
    const { status, body } = await it.call('GET', '/apis/elbv2.k8s.aws/v1beta1/namespaces/default/targetgroupbindings')
    expect([status, body]).toEqual([404, '404 page not found\n'])
  })

  test('409 for a name that is taken and for a state that was overtaken', async () => {
    const { body } = await create('taken')
    expect(await refused(create('taken'))).toEqual([409, 'AlreadyExists', 'configmaps "taken" already exists'])
    await it.call('PUT', `${configMaps}/taken`, { body: { ...body, data: { first: '1' } } })
    expect(await refused(it.call('PUT', `${configMaps}/taken`, { body: { ...body, data: { second: '2' } } }))).toEqual([
      409,
      'Conflict',
      'Operation cannot be fulfilled on configmaps "taken": the object has been modified; please apply your changes to the latest version and try again',
    ])
  })

  test('409 for a deletion that means another object', async () => {
    await create('kept')
    const [status, , message] = await refused(
      it.call('DELETE', `${configMaps}/kept`, { body: { preconditions: { uid: 'another' } } }),
    )
    expect([status, message]).toEqual([
      409,
      expect.stringContaining('the UID in the precondition (another) does not match'),
    ])
  })

  test('422 for what is wrong with an object, one cause for each field', async () => {
    const { status, body } = await it.call('POST', '/apis/apps/v1/namespaces/default/deployments', {
      body: { metadata: { name: 'x' }, spec: { template: { spec: { containers: [{ name: 'a' }] } } } },
    })
    expect([status, body.reason]).toEqual([422, 'Invalid'])
    expect(body.details.causes.map(({ field }: any) => field)).toEqual([
      'spec.selector',
      'spec.template.metadata.labels',
      'spec.template.spec.containers[0].image',
    ])
    const selector = await refused(create('Not_A_Name'))
    expect(selector).toEqual([
      422,
      'Invalid',
      expect.stringContaining('a lowercase RFC 1123 subdomain must consist of'),
    ])
  })

  test('400 for a body of another kind, type or form', async () => {
    const secret = it.call('POST', configMaps, { body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } } })
    expect((await refused(secret)).slice(0, 2)).toEqual([400, 'BadRequest'])
    const text = it.call('POST', '/apis/apps/v1/namespaces/default/deployments', {
      body: { metadata: { name: 'x' }, spec: { replicas: 'three' } },
    })
    expect((await refused(text))[2]).toContain('json: cannot unmarshal string into Go struct field')
    expect((await refused(it.call('POST', configMaps, { body: '{' })))[0]).toBe(400)
  })

  test('405, 406, 413 and 415 for what the server does not do', async () => {
    expect((await refused(it.call('PUT', configMaps, { body: {} }))).slice(0, 2)).toEqual([405, 'MethodNotAllowed'])
    expect((await refused(it.call('GET', configMaps, { accept: 'text/html' })))[0]).toBe(406)
    expect((await refused(it.call('POST', configMaps, { body: 'x', type: 'text/plain' })))[0]).toBe(415)
    const large = { metadata: { name: 'large' }, data: { a: 'x'.repeat(4 * 1024 * 1024) } }
    expect((await refused(it.call('POST', configMaps, { body: large })))[0]).toBe(413)
  })

  test('401 for a wrong token, 403 without one', async () => {
    expect(await refused(it.call('GET', configMaps, { token: 'wrong' }))).toEqual([401, 'Unauthorized', 'Unauthorized'])
    expect(await refused(it.call('GET', configMaps, { token: null }))).toEqual([
      403,
      'Forbidden',
      'configmaps is forbidden: User "system:anonymous" cannot list resource "configmaps" in API group "" in the namespace "default"',
    ])
    const open = await Promise.all(
      ['/healthz', '/livez', '/readyz', '/version'].map((path) => it.call('GET', path, { token: null })),
    )
    expect(open.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  })
})

describe('a list', () => {
  beforeAll(async () => {
    await it.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'lists' } } })
    for (const [index, tier] of ['a', 'a', 'b', 'c', 'c'].entries()) {
      const body = { metadata: { name: `one-${index}`, labels: { tier, ...(index > 2 && { old: 'yes' }) } } }
      await it.call('POST', '/api/v1/namespaces/lists/secrets', { body })
    }
  })
  const list = async (query: string) => {
    const { body } = await it.call('GET', `/api/v1/namespaces/lists/secrets?${query}`)
    return { names: body.items.map(({ metadata }: any) => metadata.name), ...body.metadata }
  }

  test('is selected by labels and fields', async () => {
    const select = (selector: string) => list(`labelSelector=${encodeURIComponent(selector)}`)
    expect((await select('tier=a')).names).toEqual(['one-0', 'one-1'])
    expect((await select('tier!=a,!old')).names).toEqual(['one-2'])
    expect((await select('tier in (b, c),old')).names).toEqual(['one-3', 'one-4'])
    expect((await select('tier notin (a,b)')).names).toEqual(['one-3', 'one-4'])
    expect((await list('fieldSelector=metadata.name%3Done-3')).names).toEqual(['one-3'])
    expect((await list('fieldSelector=type%3DOpaque')).names).toHaveLength(5)
    const wrong = await it.call('GET', '/api/v1/pods?fieldSelector=spec.nonsense%3Dx')
    expect([wrong.status, wrong.body.message]).toEqual([400, 'field label not supported: spec.nonsense'])
  })

  test('comes in pages that belong together', async () => {
    const first = await list('limit=2')
    expect(first).toMatchObject({ names: ['one-0', 'one-1'], remainingItemCount: 3 })
    const second = await list(`limit=2&continue=${first.continue}`)
    expect(second).toMatchObject({ names: ['one-2', 'one-3'], resourceVersion: first.resourceVersion })
    const third = await list(`limit=2&continue=${second.continue}`)
    expect(third.names).toEqual(['one-4'])
    expect(third.continue).toBeUndefined()
  })

  test('cannot be continued once the store was compacted, nor be read from the future', async () => {
    const { continue: token } = await list('limit=2')
    await it.call('PATCH', '/api/v1/namespaces/lists/secrets/one-0', {
      body: { metadata: { labels: { changed: 'yes' } } },
      type: 'application/merge-patch+json',
    })
    it.cluster.store.compact()
    const late = await it.call('GET', `/api/v1/namespaces/lists/secrets?limit=2&continue=${token}`)
    expect([late.status, late.body.reason]).toEqual([410, 'Expired'])
    const early = await it.call('GET', '/api/v1/namespaces/lists/secrets?resourceVersion=999999999')
    expect([early.status, early.body.reason]).toEqual([504, 'Timeout'])
  })

  test('is shown as a table or as metadata to who asks for that', async () => {
    const table = await it.call('GET', '/api/v1/nodes', { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' })
    expect(table.body.kind).toBe('Table')
    expect(table.body.columnDefinitions.map(({ name }: any) => name).slice(0, 3)).toEqual(['Name', 'Status', 'Roles'])
    expect(table.body.rows.map(({ cells }: any) => cells[1])).toEqual(['Ready', 'Ready'])
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json'
    const metadata = await it.call('GET', '/api/v1/nodes', { accept })
    expect(metadata.body.kind).toBe('PartialObjectMetadataList')
    expect(metadata.body.items[0].spec).toBeUndefined()
  })

  test('can be deleted as a whole', async () => {
    await it.call('DELETE', '/api/v1/namespaces/lists/secrets?labelSelector=tier%3Da')
    expect((await list('')).names).toEqual(['one-2', 'one-3', 'one-4'])
  })
})

test('a service gets addresses of its own and keeps them', async () => {
  const services = '/api/v1/namespaces/default/services'
  const spec = { type: 'NodePort', ports: [{ port: 80 }] }
  const [a, b] = await Promise.all(
    ['a', 'b'].map((name) => it.call('POST', services, { body: { metadata: { name }, spec } })),
  )
  expect(a?.body.spec.clusterIP).toMatch(/^172\.20\./)
  expect(a?.body.spec.clusterIP).not.toBe(b?.body.spec.clusterIP)
  expect(a?.body.spec.ports[0].nodePort).not.toBe(b?.body.spec.ports[0].nodePort)
  const replaced = await it.call('PUT', `${services}/a`, { body: { metadata: { name: 'a' }, spec } })
  expect(replaced.body.spec).toMatchObject({ clusterIP: a?.body.spec.clusterIP, ports: a?.body.spec.ports })
  const taken = await it.call('POST', services, {
    body: {
      metadata: { name: 'c' },
      spec: { type: 'NodePort', ports: [{ port: 80, nodePort: a?.body.spec.ports[0].nodePort }] },
    },
  })
  expect([taken.status, taken.body.message]).toEqual([
    422,
    expect.stringContaining('provided port is already allocated'),
  ])
})
