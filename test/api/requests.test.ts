import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fingerprint } from '../../api/plugins/idempotency.ts'
import { document } from '../automation/document.ts'
import { TestApi } from './service.ts'

let api: TestApi
let keys = 0
let key: { 'idempotency-key': string }
const path = '/v1/migrations/prod/workloads/search'

beforeAll(async () => {
  api = await TestApi.start()
  await api.apply('prod')
})
afterAll(() => api.stop())
beforeEach(() => void (key = { 'idempotency-key': `key-${(keys += 1)}` }))

const json = { 'content-type': 'application/json' }
const reason = { reason: 'because' }
const holds = async () => (await api.get(path)).json['holds'].length as number

describe('a body', () => {
  it.each([
    ['an unknown key', '/rollback', { reason: 'x', forced: true }, '/forced', 'this key is unknown here'],
    ['a missing key', '/rollback', {}, '/reason', 'this key is missing'],
    ['an empty reason', '/rollback', { reason: '' }, '/reason', 'must NOT have fewer than 1 characters'],
    ['a long reason', '/rollback', { reason: 'x'.repeat(1001) }, '/reason', 'must NOT have more than 1000 characters'],
    ['a number for a text', '/holds', { reason: 7 }, '/reason', 'must be string'],
    ['a text for a boolean', '/rollback', { reason: 'x', force: 'true' }, '/force', 'must be boolean'],
    ['a list', '/rollback', [], '', 'must be object'],
    ['a key where none is known', '/plan', { step: 10 }, '/step', 'this key is unknown here'],
    ['a step of one’s own choice', '/advance', { step: 50 }, '/step', 'this key is unknown here'],
    ['a hold without a fit name', '/holds', { reason: 'x', name: 'Big Freeze' }, '/name', /pattern/],
  ])('is taken as it is or not at all: %s', async (_what, route, body, pointer, message) => {
    const { status, type, json } = await api.post(path + route, body)
    expect([status, type]).toEqual([400, 'application/problem+json; charset=utf-8'])
    expect(json).toMatchObject({ code: 'bad-request', in: 'body' })
    expect(json['errors']).toEqual([
      { pointer, message: typeof message === 'string' ? message : expect.stringMatching(message) },
    ])
  })

  it('has all of its faults told at once', async () => {
    const { json } = await api.post(`${path}/rollback`, { force: 'yes', why: 'x' })
    expect(json['errors'].map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/force',
      '/reason',
      '/why',
    ])
  })

  it.each([
    ['cut short', '{"reason": "x'],
    ['poisoned', '{"reason": "x", "__proto__": {"force": true}}'],
    ['empty', ''],
  ])('that is no JSON is refused: %s', async (_what, text) => {
    expect(await api.send('POST', `${path}/rollback`, text, json)).toMatchObject({
      status: 400,
      type: 'application/problem+json; charset=utf-8',
      json: { code: 'bad-request' },
    })
  })

  it.each(['text/plain', 'application/yaml', 'application/xml', 'application/x-www-form-urlencoded'])(
    'of type %s is refused',
    async (type) => {
      const answer = await api.send('POST', `${path}/rollback`, 'reason: x', { 'content-type': type })
      expect([answer.status, answer.json['code']]).toEqual([415, 'unsupported-media-type'])
    },
  )

  it('of more than 1 MiB is refused', async () => {
    const text = JSON.stringify({ reason: 'x'.repeat(1024 * 1024) })
    const answer = await api.send('POST', `${path}/rollback`, text, json)
    expect([answer.status, answer.json['code']]).toEqual([413, 'body-too-large'])
    const inventory = await api.send('PUT', '/v1/migrations/prod', 'x'.repeat(1024 * 1024 + 1), {
      'content-type': 'text/yaml',
    })
    expect(inventory.status).toBe(413)
  })

  it.each(['plan', 'advance'])('may be left out where nothing in it is required: %s', async (action) => {
    // AWS is not there to be read, but the request was understood
    expect((await api.post(`${path}/${action}`)).json['code']).not.toBe('bad-request')
  })
})

describe('what the journal could not store', () => {
  const withPath = (kubeconfig: string) =>
    JSON.stringify({ ...document({}, 'odd'), blue: { cluster: 'a', kubeconfig } })

  it.each([
    ['NUL in a cursor', () => api.get('/v1/migrations?cursor=%00')],
    ['NUL in an operation', () => api.get('/v1/operations/%00')],
    ['NUL in a reason', () => api.post(`${path}/holds`, { reason: 'a\u0000b' })],
    ['NUL in an inventory', () => api.send('PUT', '/v1/migrations/odd', withPath('/a\u0000'), json)],
    ['half a character', () => api.send('PUT', '/v1/migrations/odd', withPath('/\ud800'), json)],
    ['a cursor out of all range', () => api.get(`${path}/history?cursor=${'9'.repeat(30)}`)],
    ['a cursor that is none', () => api.get(`${path}/history?cursor=yesterday`)],
  ])('is refused: %s', async (_what, send) => {
    const { status, type, json } = await send()
    expect([status, type]).toEqual([400, 'application/problem+json; charset=utf-8'])
    expect(json['code']).toMatch(/^(bad-request|inventory-invalid)$/)
  })
})

describe('an inventory in YAML', () => {
  const ten = (item: string) => `[${Array(11).fill(item).join(', ')}]`

  it.each([
    ['an alias to an anchor that is not there', 'migration: *nowhere\n'],
    ['aliases of aliases, a thousandfold', `a: &a ${ten('x')}\nb: &b ${ten('*a')}\nc: ${ten('*b')}\n`],
  ])('is refused for %s', async (_what, text) => {
    const answer = await api.send('PUT', '/v1/migrations/prod', text, { 'content-type': 'application/yaml' })
    expect([answer.status, answer.json['code']]).toEqual([400, 'inventory-invalid'])
  })
})

describe('what is not there', () => {
  it.each([
    ['GET', '/'],
    ['GET', '/v1'],
    ['GET', '/v1/migration'],
    ['POST', `${path}/promote`],
  ] as const)('%s %s is a problem like any other', async (method, url) => {
    const { status, type, json } = await api.send(method, url)
    expect([status, type, json['code']]).toEqual([404, 'application/problem+json; charset=utf-8', 'no-such-route'])
    expect(json['detail']).toBe(`there is no ${method} ${url}`)
  })

  it.each([
    ['DELETE', '/v1/migrations/prod', 'GET, HEAD, PUT'],
    ['PUT', path, 'GET, HEAD'],
    ['TRACE', '/v1/holds?migration=prod', 'GET, HEAD, POST'],
    ['QUERY', '/v1/tokens/token-1', 'DELETE'],
    ['OPTIONS', '/healthz', 'GET, HEAD'],
  ] as const)('%s %s is there for other methods', async (method, url, allow) => {
    const { statusCode, headers, json } = await api.app.inject({ method: method as 'PUT', url })
    expect([statusCode, headers.allow]).toEqual([405, allow])
    expect(json()).toMatchObject({ code: 'method-not-allowed', status: 405 })
  })

  it('is told to nobody who is not known', async () => {
    const guarded = await TestApi.start({ issuers: [] })
    try {
      expect((await guarded.send('PUT', '/v1/holds')).status).toBe(401)
      expect((await guarded.get('/v1/nothing')).status).toBe(401)
      expect((await guarded.send('PUT', '/healthz')).status).toBe(405)
    } finally {
      await guarded.stop()
    }
  })

  it.each([
    ['a path that is no URL', '/v1/migrations/%E0%A4%A', 400],
    ['a name of 300 characters', `/v1/migrations/${'a'.repeat(300)}`, 414],
  ])('is a problem like any other: %s', async (_what, url, expected) => {
    const { status, type } = await api.get(url)
    expect([status, type]).toEqual([expected, 'application/problem+json; charset=utf-8'])
  })

  it('is told without its query', async () => {
    expect((await api.get('/nothing?token=secret')).text).not.toContain('secret')
  })
})

describe('an Idempotency-Key', () => {
  it('gives the same answer to the same request, which is carried out once', async () => {
    const before = await holds()
    const first = await api.post(`${path}/holds`, reason, key)
    const again = await api.post(`${path}/holds`, reason, key)
    expect(first.status).toBe(201)
    expect(again).toMatchObject({ status: 201, text: first.text, type: first.type })
    expect(await holds()).toBe(before + 1)
  })

  it('gives the same place of the same operation', async () => {
    await api.apply('keyed')
    const url = '/v1/migrations/keyed/workloads/search/abandon'
    const first = await api.post(url, reason, key)
    await api.ended(String(first.json['id']))
    const again = await api.post(url, reason, key)
    expect([again.status, again.text]).toEqual([202, first.text])
    expect(again.headers['location']).toBe(first.headers['location'])
    expect((await api.post(url, reason)).status).toBe(409)
  })

  it('gives the same refusal, whatever has happened since', async () => {
    const first = await api.post(`${path}/rollback`, reason, key)
    const again = await api.post(`${path}/rollback`, reason, key)
    expect([first.status, again.text, again.type]).toEqual([409, first.text, first.type])
  })

  it('is refused with another body, and at another place', async () => {
    await api.post(`${path}/holds`, reason, key)
    for (const [route, body] of [
      ['/holds', { reason: 'another' }],
      ['/rollback', reason],
    ] as const) {
      const { status, json } = await api.post(path + route, body, key)
      expect([status, json['code']]).toEqual([422, 'idempotency-mismatch'])
    }
  })

  it('may be used again when the request could not be answered', async () => {
    api.cutover.accept(false)
    const first = await api.post(`${path}/rollback`, reason, key)
    api.cutover.accept(true)
    const again = await api.post(`${path}/rollback`, reason, key)
    expect([first.status, again.status]).toEqual([503, 409])
  })

  it('stands for the operation that its request became, though whoever accepted it died before the answer', async () => {
    const workload = '/v1/migrations/died/workloads/search'
    await api.apply('died')
    await api.post(`${workload}/abandon`, reason, key)
    const url = `${workload}/rollback`
    const text = key['idempotency-key']
    await api.store.idempotency.take(`of ${text}`, fingerprint({ method: 'POST', url, body: reason }), 'a dead replica')
    const { id } = await api.write(async (work) => {
      const [before] = await work.operations.history('died', 'search', null, 1)
      if (!before) throw new Error('nothing was abandoned')
      return work.operations.add({
        ...before,
        action: 'rollback',
        requestedAt: Date.now(),
        idempotencyKey: `of ${text}`,
      })
    })
    await api.write((work) => work.operations.cancel(id, {}))
    const again = () => api.post(url, reason, { 'idempotency-key': `of ${text}` })
    const first = await again()
    expect([first.status, first.json['id'], first.json['state']]).toEqual([202, id, 'cancelled'])
    expect(first.headers['location']).toBe(`/v1/operations/${id}`)
    expect((await again()).text).toBe(first.text)
  })

  it('is not spent on a request that was not understood', async () => {
    expect((await api.post(`${path}/holds`, { reason: 7 }, key)).status).toBe(400)
    expect((await api.post(`${path}/holds`, reason, key)).status).toBe(201)
  })

  it('lets one of two at once through', async () => {
    const before = await holds()
    const answers = await Promise.all([api.post(`${path}/holds`, reason, key), api.post(`${path}/holds`, reason, key)])
    expect(answers.map(({ status }) => status).filter((status) => status === 201).length).toBeGreaterThanOrEqual(1)
    for (const { status } of answers) expect([201, 409]).toContain(status)
    expect(await holds()).toBe(before + 1)
  })

  it.each(['', 'x'.repeat(201)])('has 1 to 200 characters', async (value) => {
    const answer = await api.post(`${path}/holds`, reason, { 'idempotency-key': value })
    expect([answer.status, answer.json['code']]).toEqual([400, 'bad-request'])
  })

  it('is nothing to a request that only reads', async () => {
    await api.post(`${path}/holds`, reason, key)
    expect((await api.get(path, key)).status).toBe(200)
  })
})
