import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { states } from '../automation/fixture.ts'
import { TestApi } from './service.ts'

let api: TestApi
let count = 0
let migration: string
let path: string

beforeAll(async () => void (api = await TestApi.start()))
afterAll(() => api.stop())

/** Each test has a migration of its own; none is held. */
beforeEach(async () => {
  migration = `h${(count += 1)}`
  path = `/v1/migrations/${migration}`
  await api.apply(migration, { search: {}, tagging: {} })
  for (const { id } of (await api.get('/v1/holds')).json['items']) {
    const { migration: at, workload } = await holdOf(id)
    await api.write((work) => work.holds.remove({ migration: at, workload }, id))
  }
})

const holdOf = async (id: string) => (await api.store.read.holds.all()).find((hold) => hold.id === id) ?? noHold(id)
const noHold = (id: string): never => {
  throw new Error(`there is no hold ${id}`)
}
const adopt = (name: string) => api.put(migration, name, { state: states.adopted })
const advance = (name: string) => api.post(`${path}/workloads/${name}/advance`, {})
const sentenceOf = async (name: string) => (await api.get(`${path}/workloads/${name}`)).json['sentence']
const ids = ({ json }: { json: Record<string, any> }) => (json['items'] as { id: string }[]).map(({ id }) => id)
const soon = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()

describe('a hold on a migration', () => {
  it('keeps every workload of it from advancing, and says what it is on', async () => {
    const { status, json } = await api.post(`${path}/holds`, { name: 'audit', reason: 'the auditors are here' })
    expect([status, json]).toMatchObject([201, { migration, workload: null, name: 'audit', until: null, then: null }])
    for (const name of ['search', 'tagging']) {
      await adopt(name)
      const refused = await advance(name)
      expect([refused.status, refused.json['code']]).toEqual([409, 'held'])
      expect(refused.json['detail']).toContain(`audit by operator on ${migration} (the auditors are here)`)
      expect(await sentenceOf(name)).toBe(`held by operator (audit, on ${migration}): the auditors are here`)
    }
  })

  it('is removed where it was placed, and nowhere else', async () => {
    const { json } = await api.post(`${path}/holds`, { reason: 'because' })
    expect((await api.send('DELETE', `${path}/workloads/search/holds/${json['id']}`)).status).toBe(404)
    expect((await api.send('DELETE', `/v1/holds/${json['id']}`)).status).toBe(404)
    expect((await api.send('DELETE', `${path}/holds/${json['id']}`)).status).toBe(204)
    expect(ids(await api.get(`${path}/holds`))).toEqual([])
  })

  it('is refused on what is not there', async () => {
    const answer = await api.post('/v1/migrations/nobody/holds', { reason: 'because' })
    expect([answer.status, answer.json['detail']]).toEqual([404, 'there is no migration nobody'])
  })
})

describe('a hold on everything', () => {
  it('keeps workloads of every migration from advancing, and is no freeze', async () => {
    const { json } = await api.post('/v1/holds', { name: 'moving', reason: 'the office moves' })
    expect(json).toMatchObject({ migration: null, workload: null })
    expect(await sentenceOf('search')).toBe('held by operator (moving, on everything): the office moves')
    expect((await api.get('/v1/freeze')).json).toEqual({ frozen: false, hold: null })
  })
})

describe('lists of holds', () => {
  it('have what keeps that workload, any of that migration, or anything from advancing', async () => {
    const place = async (at: string) => String((await api.post(`${at}/holds`, { reason: 'because' })).json['id'])
    const all = await place('/v1')
    const ofMigration = await place(path)
    const ofSearch = await place(`${path}/workloads/search`)
    const ofTagging = await place(`${path}/workloads/tagging`)
    await api.apply(`${migration}x`)
    const ofOther = await place(`/v1/migrations/${migration}x`)
    expect(ids(await api.get('/v1/holds'))).toEqual([all, ofMigration, ofSearch, ofTagging, ofOther])
    expect(ids(await api.get(`${path}/holds`))).toEqual([all, ofMigration, ofSearch, ofTagging])
    expect(ids(await api.get(`${path}/workloads/search/holds`))).toEqual([all, ofMigration, ofSearch])
    expect((await api.get(`${path}/workloads/search`)).json['holds'].map(({ id }: { id: string }) => id)).toEqual([
      all,
      ofMigration,
      ofSearch,
    ])
  })
})

describe('a freeze', () => {
  it('is one, whoever asks for it and however often, and is as it was asked for last', async () => {
    const first = await api.post('/v1/freeze', { reason: 'Black Friday' })
    expect([first.status, first.json]).toMatchObject([201, { name: 'freeze', migration: null, until: null }])
    const until = soon(3600)
    const second = await api.post('/v1/freeze', { reason: 'Cyber Monday', until })
    expect(second.status).toBe(200)
    expect(second.json).toEqual({ ...first.json, reason: 'Cyber Monday', until, then: 'resume' })
    expect((await api.get('/v1/freeze')).json).toEqual({ frozen: true, hold: second.json })
    expect((await api.post('/v1/holds', { name: 'freeze', reason: 'once more' })).json).toMatchObject({
      id: first.json['id'],
      reason: 'once more',
    })
    expect((await api.send('DELETE', '/v1/freeze')).status).toBe(204)
    expect((await api.get('/v1/freeze')).json).toEqual({ frozen: false, hold: null })
    expect((await api.send('DELETE', '/v1/freeze')).status).toBe(404)
  })

  it('that two ask for at once is one', async () => {
    const answers = await Promise.all([1, 2, 3].map((n) => api.post('/v1/freeze', { reason: `${n}` })))
    expect(new Set(answers.map(({ json }) => json['id'])).size).toBe(1)
    expect(ids(await api.get('/v1/holds'))).toHaveLength(1)
  })

  it('refuses an advance and is counted', async () => {
    await api.post('/v1/freeze', { reason: 'Black Friday' })
    await adopt('search')
    expect((await advance('search')).json).toMatchObject({
      code: 'held',
      detail: 'held: freeze by operator on everything (Black Friday). Remove the holds to go on.',
    })
    const { text } = await api.get('/metrics')
    expect(text).toContain('cutover_frozen 1')
    expect(text).toContain('cutover_holds{scope="everything",migration=""} 1')
  })

  it('leaves a hold by its name on one workload alone', async () => {
    const { json } = await api.post(`${path}/workloads/search/holds`, { name: 'freeze', reason: 'because' })
    await api.post('/v1/freeze', { reason: 'Black Friday' })
    await api.send('DELETE', '/v1/freeze')
    expect(ids(await api.get('/v1/holds'))).toEqual([json['id']])
  })

  it('is on record, and told to whoever listens to any workload', async () => {
    const seq = await api.store.read.events.last()
    await api.post('/v1/freeze', { reason: 'Black Friday' })
    await api.send('DELETE', '/v1/freeze')
    const told = await api.store.read.events.after(seq, { migration, workload: 'search' }, 10)
    expect(told).toMatchObject([
      { type: 'hold-placed', migration: null, workload: null, data: { name: 'freeze' } },
      { type: 'hold-removed', migration: null, workload: null },
    ])
    const { json } = await api.get('/v1/audit?limit=2')
    expect(json['items']).toMatchObject([
      { action: 'thaw', migration: null, workload: null, by: 'operator' },
      { action: 'freeze', migration: null, reason: 'Black Friday', details: { hold: { name: 'freeze' } } },
    ])
  })
})

describe('an end', () => {
  it('is by default on the way home, and of a hold as of a freeze an instant to come', async () => {
    const until = soon(60)
    expect((await api.post(`${path}/holds`, { reason: 'p99', until })).json).toMatchObject({ until, then: 'rollback' })
    expect((await api.post(`${path}/holds`, { reason: 'p99', until, then: 'resume' })).json['then']).toBe('resume')
    expect(await sentenceOf('search')).toBe(`held by operator (hold, on ${migration}): p99; until ${until}, then home`)
    for (const at of [`${path}/holds`, '/v1/freeze']) {
      expect(await api.post(at, { reason: 'p99', until: soon(-1) })).toMatchObject({
        status: 422,
        json: { code: 'time-past' },
      })
    }
  })

  it.each([
    { until: 'tomorrow' },
    { then: 'resume' },
    { until: '2099-01-01T00:00:00Z', then: 'advance' },
    { until: 4102444800000 },
  ])('is refused: %j', async (term) => {
    const { status, json } = await api.post(`${path}/holds`, { reason: 'because', ...term })
    expect([status, json['code']]).toEqual([400, 'bad-request'])
  })
})
