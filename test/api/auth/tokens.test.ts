import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { states } from '../../automation/fixture.ts'
import { TestApi, type Answer } from '../service.ts'

let api: TestApi
let admin: { authorization: string }
const log: string[] = []

beforeAll(async () => {
  api = await TestApi.start({ issuers: [], logLevel: 'trace', logTo: { write: (line) => void log.push(line) } })
  admin = (await api.bearer({ subject: 'root', role: 'admin' })).headers
})
afterAll(() => api.stop())

const make = (body: object, headers: Record<string, string> = {}): Promise<Answer> =>
  api.post('/v1/tokens', body, { ...admin, ...headers })

const with_ = (token: unknown) => ({ authorization: `Bearer ${String(token)}` })

const codeOf = async (answer: Promise<Answer>): Promise<unknown> => (await answer).json['code']

describe('a token', () => {
  it('is told once, and the journal has its digest alone', async () => {
    const { status, json } = await make({ subject: 'ci', role: 'operator' })
    expect(status).toBe(201)
    expect(json).toMatchObject({ subject: 'ci', role: 'operator', scope: null, createdBy: 'root', expiresAt: null })
    const token = String(json['token'])
    expect(token).toMatch(/^cut_[A-Za-z0-9_-]{43}$/)
    const { items } = (await api.get('/v1/tokens', admin)).json
    const listed = items.find(({ id }: { id: string }) => id === json['id'])
    expect(listed).toMatchObject({ prefix: token.slice(0, 12), lastUsedAt: null, revokedAt: null })
    expect(JSON.stringify(items)).not.toContain(token)
    const kept = await api.store.read.tokens.get(String(json['id']))
    expect(kept?.digest).toBe(createHash('sha256').update(token).digest('hex'))
    expect(JSON.stringify(kept)).not.toContain(token.slice(12))
    expect((await api.get('/v1/migrations', with_(token))).status).toBe(200)
  })

  it('is not in the answer that an Idempotency-Key repeats, nor kept for it', async () => {
    const key = { 'idempotency-key': 'once' }
    const first = await make({ subject: 'ci', role: 'viewer' }, key)
    const again = await make({ subject: 'ci', role: 'viewer' }, key)
    expect([again.status, again.json]).toEqual([201, { ...first.json, token: null }])
  })

  it('opens nothing once it is revoked, however often that is asked for', async () => {
    const { id, headers } = await api.bearer()
    expect((await api.get('/v1/migrations', headers)).status).toBe(200)
    for (let i = 0; i < 2; i += 1)
      expect((await api.send('DELETE', `/v1/tokens/${id}`, undefined, admin)).status).toBe(204)
    expect(await codeOf(api.get('/v1/migrations', headers))).toBe('unauthenticated')
    expect(await api.store.read.tokens.get(id)).toMatchObject({ revokedBy: 'root' })
    expect(await codeOf(api.send('DELETE', '/v1/tokens/token-nobody', undefined, admin))).toBe('not-found')
  })

  it('is on record when it is made and when it is revoked, once each, without a part of it', async () => {
    const { json } = await make({ subject: 'ci', role: 'operator', scope: ['prod'] })
    const { id, token } = json as { id: string; token: string }
    for (let i = 0; i < 2; i += 1) await api.send('DELETE', `/v1/tokens/${id}`, undefined, admin)
    const entries = (await api.store.read.audit.page({ by: 'root' }, null, 50)).filter(
      ({ details }) => details['token'] === id,
    )
    expect(entries.map(({ action, outcome, by, address }) => [action, outcome, by, address])).toEqual([
      ['token-revoke', 'accepted', 'root', '127.0.0.1'],
      ['token', 'accepted', 'root', '127.0.0.1'],
    ])
    const details = { token: id, subject: 'ci', role: 'operator', scope: ['prod'], expiresAt: null }
    for (const entry of entries) expect(entry.details).toEqual(details)
    expect(JSON.stringify(entries)).not.toContain(token.slice(4, 12))
  })

  it('is on record when somebody wanted one and was not let through', async () => {
    const { headers } = await api.bearer({ subject: 'eve', role: 'operator' })
    expect(await codeOf(make({ subject: 'eve', role: 'admin' }, headers))).toBe('forbidden')
    expect(await codeOf(api.send('DELETE', '/v1/tokens/token-0', undefined, headers))).toBe('forbidden')
    const entries = await api.store.read.audit.page({ by: 'eve' }, null, 50)
    expect(entries.map(({ action, outcome }) => [action, outcome])).toEqual([
      ['token-revoke', 'refused'],
      ['token', 'refused'],
    ])
  })

  it('opens nothing once it has expired', async () => {
    const { headers } = await api.bearer({ expiresAt: Date.now() - 1 })
    expect(await codeOf(api.get('/v1/migrations', headers))).toBe('unauthenticated')
    expect(await codeOf(make({ subject: 'ci', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' }))).toBe('time-past')
  })

  it('is refused with the same words whether it never was, or is no more', async () => {
    const { id, headers } = await api.bearer()
    await api.store.read.tokens.revoke(id, 'root')
    const expired = (await api.bearer({ expiresAt: 1 })).headers
    const others = [`cut_${'A'.repeat(43)}`, 'cut_', 'cut_short', `${headers.authorization.slice(7, -1)}!`].map(with_)
    const said = await Promise.all([headers, expired, ...others].map((one) => api.get('/v1/migrations', one)))
    expect(new Set(said.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
  })

  it.each(['', 'Basic cm9vdDpyb290', 'Bearer', 'bearer  ', 'Token cut_x', 'Bearer a b'])(
    'is wanted: %j is none',
    async (authorization) => {
      expect(await codeOf(api.get('/v1/migrations', { authorization }))).toBe('unauthenticated')
    },
  )

  it('remembers its last use, once a minute at most', async () => {
    const { id, headers } = await api.bearer()
    await api.get('/v1/migrations', headers)
    const used = (await api.store.read.tokens.get(id))?.lastUsedAt ?? 0
    expect(Math.abs(Date.now() - used)).toBeLessThan(60_000)
    await sleep(2)
    await api.get('/v1/migrations', headers)
    const token = await api.store.read.tokens.get(id)
    expect(token?.lastUsedAt).toBe(used)
    if (token) await api.store.read.tokens.used(token, used + 60_000)
    expect((await api.store.read.tokens.get(id))?.lastUsedAt).toBe(used + 60_000)
  })

  it.each(['operator', 'recovery', 'eks-cutover', 'guard green-targets', '', 'with space'])(
    'is for nobody called %j',
    async (subject) => expect(await codeOf(make({ subject, role: 'viewer' }))).toBe('bad-request'),
  )

  it.each([
    { role: 'root' },
    { scope: [] },
    { scope: ['a/b/c'] },
    { scope: ['A'] },
    { expiresAt: 'tomorrow' },
    { x: 1 },
  ])('is not made of %j', async (odd) =>
    expect(await codeOf(make({ subject: 'ci', role: 'viewer', ...odd }))).toBe('bad-request'),
  )
})

describe('a scope', () => {
  const scoped = async (scope: readonly string[], role = 'operator' as const) =>
    (await api.bearer({ role, scope })).headers
  const url = '/v1/migrations/one/workloads'

  beforeAll(async () => {
    for (const migration of ['one', 'two']) {
      const { yamlOf, document } = await import('../../automation/document.ts')
      const text = yamlOf(document({ search: {}, tagging: {} }, migration))
      await api.send('PUT', `/v1/migrations/${migration}`, text, { ...admin, 'content-type': 'application/yaml' })
    }
  })

  it('of a workload is good for that and no other', async () => {
    const headers = await scoped(['one/search'])
    expect((await api.get(`${url}/search`, headers)).status).toBe(200)
    expect((await api.post(`${url}/search/holds`, { reason: 'x' }, headers)).status).toBe(201)
    for (const other of [
      `${url}/tagging`,
      '/v1/migrations/two/workloads/search',
      '/v1/migrations/one',
      '/v1/migrations/one/cluster',
    ])
      expect(await codeOf(api.get(other, headers)), other).toBe('forbidden')
    expect(await codeOf(api.post(`${url}/tagging/rollback`, { reason: 'x' }, headers))).toBe('forbidden')
    expect(await codeOf(api.send('PUT', '/v1/migrations/one', {}, headers))).toBe('forbidden')
  })

  it('leaves out of lists what it does not cover', async () => {
    const names = async (path: string, headers: Record<string, string>) =>
      ((await api.get(path, headers)).json['items'] as { name: string }[]).map(({ name }) => name)
    expect(await names(url, await scoped(['one/search']))).toEqual(['search'])
    expect(await names(url, await scoped(['one']))).toEqual(['search', 'tagging'])
    expect(await codeOf(api.get(url, await scoped(['two'])))).toBe('forbidden')
    expect(await names('/v1/migrations', await scoped(['two', 'one/search']))).toEqual(['two'])
    expect(await names('/v1/migrations', admin)).toEqual(['one', 'two'])
  })

  it('covers the operations of what it covers', async () => {
    const { json } = await api.post(`${url}/search/abandon`, { reason: 'x' }, await scoped(['one']))
    const operation = `/v1/operations/${json['id']}`
    expect((await api.get(operation, await scoped(['one/search']))).status).toBe(200)
    expect(await codeOf(api.get(operation, await scoped(['two'])))).toBe('forbidden')
    expect(json['requestedBy']).toBe('ada')
  })

  it('keeps an admin from the tokens: they are nobody’s migration', async () => {
    const { headers } = await api.bearer({ role: 'admin', scope: ['one'] })
    expect(await codeOf(api.post('/v1/tokens', { subject: 'me', role: 'admin' }, headers))).toBe('forbidden')
    expect((await api.get('/v1/migrations/one', headers)).status).toBe(200)
  })
})

describe('the step out of soaking', () => {
  const url = '/v1/migrations/one/workloads/tagging'

  it('takes an approver; any other step an operator', async () => {
    const operator = (await api.bearer({ role: 'operator' })).headers
    await api.put('one', 'tagging', { state: states.soaking })
    const { status, json } = await api.post(`${url}/advance`, {}, operator)
    expect([status, json]).toMatchObject([403, { code: 'forbidden', right: 'retire', needed: 'approver' }])
    await api.put('one', 'tagging', { state: states.retired })
    expect(await codeOf(api.post(`${url}/advance`, {}, operator))).toBe('wrong-phase')
  })
})

it('an Idempotency-Key is its owner’s own', async () => {
  const [ada, bob] = [await api.bearer({ role: 'operator' }), await api.bearer({ role: 'operator', subject: 'bob' })]
  const hold = (who: { headers: { authorization: string } }) =>
    api.post('/v1/migrations/one/workloads/search/holds', { reason: 'x' }, { ...who.headers, 'idempotency-key': 'k' })
  const [first, again, other] = [await hold(ada), await hold(ada), await hold(bob)]
  expect(again.json).toEqual(first.json)
  expect(other.json).toMatchObject({ by: 'bob' })
  expect(other.json['id']).not.toBe(first.json['id'])
})

it('no line of the log has a token, nor the query of a request', async () => {
  const { headers } = await api.bearer()
  const [, token = ''] = headers.authorization.split(' ')
  await api.get('/v1/migrations', headers)
  await api.get(`/v1/migrations?access_token=${token}`, headers)
  await api.get('/v1/nothing', headers)
  await api.send('PUT', '/v1/migrations/one', { migration: 'one' }, headers)
  expect(log.join('')).toContain('/v1/migrations')
  expect(log.filter((line) => line.includes('cut_'))).toEqual([])
})
