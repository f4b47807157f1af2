import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyChain, type AuditEntry } from '../../automation/audit.ts'
import { accepted } from '../../api/accepts.ts'
import { states } from '../automation/fixture.ts'
import { TestApi } from './service.ts'

let api: TestApi
const path = '/v1/migrations/prod/workloads/search'

beforeAll(async () => {
  api = await TestApi.start()
  await api.apply('prod')
})
afterAll(() => api.stop())

const newest = async (): Promise<AuditEntry> => (await api.get('/v1/audit?limit=1')).json['items'][0]
const count = async (): Promise<number> => (await newest()).seq

describe('on record', () => {
  it('is an inventory with who applied it, by its digest', async () => {
    expect(await newest()).toMatchObject({
      seq: 1,
      action: 'inventory',
      outcome: 'accepted',
      migration: 'prod',
      workload: null,
      by: 'operator',
      address: '127.0.0.1',
      details: { workloads: ['search'], digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
  })

  it('is a hold, from when to when', async () => {
    const { json } = await api.post(`${path}/holds`, { reason: 'Black Friday', name: 'freeze' })
    expect(await newest()).toMatchObject({
      action: 'hold',
      reason: 'Black Friday',
      details: { hold: { id: json['id'] } },
    })
    await api.send('DELETE', `${path}/holds/${json['id']}`)
    expect(await newest()).toMatchObject({ action: 'unhold', details: { hold: { name: 'freeze' } } })
  })

  it('is a confirmation', async () => {
    await api.put('prod', 'search', { state: states.soaking })
    await api.post(`${path}/confirm`, { reason: 'looked at it' })
    expect(await newest()).toMatchObject({ action: 'confirm', by: 'operator', reason: 'looked at it' })
    await api.put('prod', 'search', { state: states.registered })
  })

  it.each([
    ['rollback', `${path}/rollback`, { reason: 'x' }, 'wrong-phase', 'search'],
    ['abandon', `${path}/release`, { reason: 'x' }, 'wrong-phase', 'search'],
    ['confirm', `${path}/confirm`, { reason: 'x' }, 'wrong-phase', 'search'],
    ['cluster-up', '/v1/migrations/prod/cluster/up', {}, 'cluster-given', null],
  ])('is %s that was not let through', async (_what, url, body, code, workload) => {
    const answer = await api.post(url, body)
    expect([answer.status, answer.json['code']]).toEqual([409, code])
    const entry = await newest()
    expect(entry).toMatchObject({ outcome: 'refused', workload, migration: 'prod', details: { code } })
    expect(entry.action).toBe(url.endsWith('/up') ? 'cluster-up' : url.split('/').at(-1))
    expect(entry.details['detail']).toBe(answer.json['detail'])
  })

  it('is nothing that was only read, not understood, or not there', async () => {
    const before = await count()
    await api.get('/v1/migrations/none')
    await api.post(`${path}/rollback`, {})
    await api.post('/v1/migrations/none/workloads/search/rollback', { reason: 'x' })
    expect(await count()).toBe(before)
  })

  it('is one refusal of a request that is sent again with its key', async () => {
    const before = await count()
    const key = { 'idempotency-key': 'once' }
    const [first, second] = [
      await api.post(`${path}/rollback`, { reason: 'x' }, key),
      await api.post(`${path}/rollback`, { reason: 'x' }, key),
    ]
    expect(second.json).toEqual(first.json)
    expect(await count()).toBe(before + 1)
  })
})

it('is exported as the chain that it is', async () => {
  const { text, type } = await api.get('/v1/audit', { accept: 'application/x-ndjson' })
  expect(type).toBe('application/x-ndjson')
  const entries = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditEntry)
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, at) => at + 1))
  expect((await verifyChain(entries)).broken).toBeNull()
  const { json } = await api.get('/v1/audit?limit=200')
  expect(json['items']).toEqual(entries.toReversed())
})

it.each([
  ['since=yesterday', 400],
  ['since=2016-12-31T23:59:60Z', 400],
  ['since=2026-01-01T00:00:00%2B01:00', 200],
  ['limit=0', 400],
  ['cursor=x', 400],
  ['who=me', 400],
])('a question %s is answered %i', async (query, status) => {
  expect((await api.get(`/v1/audit?${query}`)).status).toBe(status)
})

it.each([
  [undefined, 'application/json'],
  ['*/*', 'application/json'],
  ['text/markdown', 'text/markdown'],
  ['text/*', 'text/markdown'],
  ['text/html, text/markdown;q=0.9, */*;q=0.1', 'text/markdown'],
  ['application/json;q=0, */*', 'application/json'],
])('Accept %s takes %s', (header, type) => {
  expect(accepted(header, ['application/json', 'text/markdown'])).toBe(type)
})

it('an Accept that takes nothing of what there is is 406', async () => {
  expect(() => accepted('text/html', ['application/json'])).toThrow('this route answers application/json')
  expect(await api.get(`${path}/report`, { accept: 'text/html' })).toMatchObject({
    status: 406,
    json: { code: 'not-acceptable' },
  })
})
