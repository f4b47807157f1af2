import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { document, yamlOf } from '../automation/document.ts'
import { states } from '../automation/fixture.ts'
import { TestApi } from './service.ts'

let api: TestApi
beforeAll(async () => void (api = await TestApi.start()))
afterAll(() => api.stop())

const yaml = { 'content-type': 'application/yaml' }
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

const put = (migration: string, body: object | string, headers = {}) =>
  api.send('PUT', `/v1/migrations/${migration}`, body, headers)

describe('PUT of an inventory', () => {
  it.each([
    ['YAML', 'put-yaml', (name: string) => put(name, yamlOf(document({ search: {} }, name)), yaml)],
    ['JSON', 'put-json', (name: string) => put(name, document({ search: {} }, name))],
  ])('as %s creates the migration, then replaces it', async (_form, name, send) => {
    const created = await send(name)
    expect(created.status).toBe(201)
    expect(created.json).toEqual({
      name,
      inventory: document({ search: {} }, name),
      createdAt: expect.stringMatching(instant),
      updatedAt: expect.stringMatching(instant),
    })
    const replaced = await send(name)
    expect(replaced.status).toBe(200)
    expect(replaced.json).toMatchObject({ name, createdAt: created.json['createdAt'] })
  })

  it.each(['application/yaml', 'application/x-yaml', 'text/yaml', 'application/yaml; charset=utf-8'])(
    'takes YAML as %s',
    async (type) =>
      expect((await put('types', yamlOf(document({}, 'types')), { 'content-type': type })).status).toBeLessThan(300),
  )

  it('says of each fault in YAML where it is', async () => {
    const text = yamlOf(document({ search: { bake: 'soon', weight: 10 } }, 'faulty'))
    const { status, type, json } = await put('faulty', text, yaml)
    expect([status, type]).toEqual([400, 'application/problem+json; charset=utf-8'])
    expect(json).toMatchObject({
      code: 'inventory-invalid',
      status: 400,
      type: 'urn:eks-cutover:error:inventory-invalid',
    })
    const line = text.split('\n').findIndex((one) => one.includes('weight:')) + 1
    expect(json['faults']).toEqual([
      { pointer: '/workloads/search/weight', message: 'this key is unknown here', line, column: 5 },
      {
        pointer: '/workloads/search/bake',
        message: expect.stringMatching(/pattern/),
        line: expect.any(Number),
        column: 5,
      },
    ])
  })

  it('says of each fault in JSON where it is, which no line would tell', async () => {
    const { status, json } = await put('faulty', document({ search: { kind: 'nlb' } }, 'faulty'))
    expect(status).toBe(400)
    expect(json['faults']).toEqual([
      {
        pointer: '/workloads/search/kind',
        message: 'there is no kind nlb; known are alb, ingress-dns, nlb-api-gateway, node-port',
      },
    ])
  })

  it.each([
    ['text that is no YAML', 'workloads: [\n', yaml, 'inventory-invalid'],
    ['nothing', '', yaml, 'inventory-invalid'],
    ['JSON cut short', '{"migration"', { 'content-type': 'application/json' }, 'bad-request'],
    ['a JSON text', '"migration"', { 'content-type': 'application/json' }, 'inventory-invalid'],
  ])('refuses %s', async (_what, body, headers, code) => {
    expect(await put('faulty', body, headers)).toMatchObject({ status: 400, json: { code } })
  })

  it('keeps nothing of an inventory that it refuses', async () => {
    expect((await api.get('/v1/migrations/faulty')).status).toBe(404)
  })

  it('refuses another migration than the path names', async () => {
    const { status, json } = await put('one', document({}, 'two'))
    expect(status).toBe(400)
    expect(json['faults']).toEqual([{ pointer: '/migration', message: 'is two, but the path says one' }])
  })

  it('refuses to drop or to rebuild what is under way', async () => {
    await api.apply('moving')
    await api.put('moving', 'search', { state: states.shifting })
    expect(await api.apply('moving', {})).toMatchObject({
      status: 409,
      json: { code: 'workload-under-way', workload: 'search', phase: 'shifting' },
    })
    const other = { ...document({ search: {} }, 'moving'), aws: { region: 'us-east-1' } }
    expect(await put('moving', other)).toMatchObject({ status: 409, json: { field: 'aws' } })
    expect((await api.get('/v1/migrations/moving')).json['inventory']['aws']['region']).toBe('eu-central-1')
  })
})

describe('migrations', () => {
  it('are told one by one', async () => {
    await api.apply('known')
    const { status, json } = await api.get('/v1/migrations/known')
    expect(status).toBe(200)
    expect(json).toMatchObject({ name: 'known', inventory: document({ search: {} }, 'known') })
  })

  it('that nobody applied are not there', async () => {
    expect(await api.get('/v1/migrations/nobody')).toMatchObject({
      status: 404,
      json: { code: 'not-found', detail: 'there is no migration nobody' },
    })
  })

  it('are told page by page, each once', async () => {
    for (const name of ['page-1', 'page-2', 'page-3', 'page-4', 'page-5']) await api.apply(name, {})
    const seen: string[] = []
    let next: string | null = 'page-0'
    while (next !== null) {
      const { status, json } = await api.get(`/v1/migrations?limit=2&cursor=${next}`)
      expect(status).toBe(200)
      expect(json['items'].length).toBeLessThanOrEqual(2)
      seen.push(...(json['items'] as { name: string }[]).map(({ name }) => name))
      next = json['next']
    }
    expect(seen.filter((name) => name.startsWith('page-'))).toEqual(['page-1', 'page-2', 'page-3', 'page-4', 'page-5'])
  })

  it.each(['limit=0', 'limit=201', 'limit=ten', 'limit=-1', `cursor=${'x'.repeat(101)}`, 'page=2'])(
    'are not told for ?%s',
    async (query) => {
      const { status, json } = await api.get(`/v1/migrations?${query}`)
      expect([status, json['code'], json['in']]).toEqual([400, 'bad-request', 'querystring'])
    },
  )

  it.each(['Prod', 'prod-', 'a.b', 'a'.repeat(41)])('are never called %s', async (name) => {
    const { status, json } = await api.get(`/v1/migrations/${name}`)
    expect([status, json['in']]).toEqual([400, 'params'])
  })
})
