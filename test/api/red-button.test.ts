import { afterAll, beforeAll, expect, it } from 'vitest'
import { document } from '../automation/document.ts'
import { found, states } from '../automation/fixture.ts'
import { elsewhere, TestApi } from './service.ts'

let api: TestApi
const path = '/v1/migrations/prod'
const headers: Record<string, { authorization: string }> = {}

beforeAll(async () => {
  api = await TestApi.start({ issuers: [] })
  headers['operator'] = (await api.bearer({ subject: 'ada', role: 'operator' })).headers
  headers['scoped'] = (await api.bearer({ subject: 'ci', role: 'operator', scope: ['prod'] })).headers
  headers['narrow'] = (await api.bearer({ subject: 'job', role: 'operator', scope: ['prod/search'] })).headers
  const names = ['adopted', 'moving', 'prepared', 'retired', 'search', 'soaking']
  const inventory = document(Object.fromEntries(names.map((name) => [name, {}])), 'prod')
  expect((await api.send('PUT', path, inventory, headers['operator'])).status).toBe(201)
  await api.put('prod', 'adopted', { state: states.adopted, found })
  await api.put('prod', 'moving', { state: states.prepared, found })
  await api.put('prod', 'prepared', { state: states.prepared, found })
  await api.put('prod', 'retired', { state: states.retired, found })
  await api.put('prod', 'search', { state: { ...states.shifting, since: 2 }, found })
  await api.put('prod', 'soaking', { state: { ...states.soaking, since: 1 }, found })
  const advance = {
    migration: 'prod',
    workload: 'moving',
    action: 'advance',
    from: 'prepared',
    to: 'shifting',
  } as const
  const asked = { reason: null, requestedBy: 'ada', requestedAt: 0, request: {} }
  await api.write((work) => work.operations.add({ ...advance, ...asked }, null, elsewhere))
})
afterAll(() => api.stop())

const press = (who = 'operator', query = '') =>
  api.post(`${path}/rollback${query}`, { reason: 'the checkout is down' }, headers[who])
const histories = async () =>
  (await api.store.read.operations.active()).map(({ workload, action }) => [workload, action])

it('takes a credential that is good for all of the migration', async () => {
  expect((await press('narrow')).json['code']).toBe('forbidden')
  expect(await histories()).toEqual([['moving', 'advance']])
})

it('brings home what has or may get traffic on green, leaves the rest, and says of each where it is', async () => {
  await api.post('/v1/freeze', { reason: 'Black Friday' }, headers['operator'])
  const { status, json } = await press('scoped')
  expect(status).toBe(202)
  expect(json['workloads']).toMatchObject([
    { workload: 'moving', outcome: 'going' },
    { workload: 'search', outcome: 'going', since: null, refusal: null },
    { workload: 'soaking', outcome: 'going', since: null },
    { workload: 'adopted', outcome: 'home', since: null, operation: null },
    { workload: 'prepared', outcome: 'home', operation: null },
    { workload: 'retired', outcome: 'refused', refusal: { code: 'past-point-of-no-return' }, operation: null },
  ])
  expect((await histories()).sort()).toEqual([
    ['moving', 'rollback'],
    ['search', 'rollback'],
    ['soaking', 'rollback'],
  ])
})

it('is on record once for the decision and once for each workload', async () => {
  const { json } = await api.get('/v1/audit?migration=prod&by=ci', headers['operator'])
  const entries = (json['items'] as any[]).filter(({ outcome }) => ['accepted', 'refused'].includes(outcome))
  expect(entries.map(({ action, workload, outcome }) => [action, workload, outcome]).sort()).toEqual([
    ['rollback', 'moving', 'accepted'],
    ['rollback', 'retired', 'refused'],
    ['rollback', 'search', 'accepted'],
    ['rollback', 'soaking', 'accepted'],
    ['rollback-all', null, 'accepted'],
  ])
  expect(entries.every(({ reason }) => reason === 'the checkout is down')).toBe(true)
})

it('is the same when it is asked for again, and with ?wait answers when the time is over', async () => {
  const before = await api.store.read.operations.active()
  const { status, json } = await press('operator', '?wait=1')
  expect(status).toBe(202)
  expect(json['workloads'].map(({ outcome }: { outcome: string }) => outcome).sort()).toEqual([
    'going',
    'going',
    'going',
    'home',
    'home',
    'refused',
  ])
  const ids = (operations: typeof before) => operations.map(({ id }) => id).sort()
  expect(ids(await api.store.read.operations.active())).toEqual(ids(before))
})

it('is not there for a migration that is not', async () => {
  const answer = await api.post('/v1/migrations/nobody/rollback', { reason: 'x' }, headers['operator'])
  expect([answer.status, answer.json['code']]).toEqual([404, 'not-found'])
})
