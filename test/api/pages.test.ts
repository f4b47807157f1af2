import { afterAll, beforeAll, expect, it } from 'vitest'
import { document } from '../automation/document.ts'
import { TestApi } from './service.ts'

let api: TestApi
const names = ['alpha', 'beta', 'gamma'] as const

beforeAll(async () => {
  api = await TestApi.start({ issuers: [] })
  admin = (await api.bearer({ subject: 'root', role: 'admin' })).headers
  for (const name of names) {
    const inventory = document(Object.fromEntries(names.map((one) => [one, {}])), name)
    expect((await api.send('PUT', `/v1/migrations/${name}`, inventory, admin)).status).toBe(201)
  }
  for (const at of ['/v1', '/v1/migrations/alpha', '/v1/migrations/alpha/workloads/beta', '/v1/migrations/beta'])
    await api.post(`${at}/holds`, { reason: 'because' }, admin)
  await api.post('/v1/tokens', { subject: 'ci', role: 'viewer' }, admin)
})
afterAll(() => api.stop())

let admin: { authorization: string }

type Item = Readonly<Record<string, unknown>>

/** Page by page, so many at a time. */
async function walk(path: string, limit: number, headers = admin): Promise<{ items: Item[]; pages: number }> {
  const items: Item[] = []
  for (let [cursor, pages] = ['', 1]; ; pages += 1) {
    const { status, json } = await api.get(`${path}?limit=${limit}${cursor && `&cursor=${cursor}`}`, headers)
    expect(status).toBe(200)
    expect(json['items'].length).toBeLessThanOrEqual(limit)
    items.push(...json['items'])
    if (json['next'] === null) return { items, pages }
    cursor = json['next']
  }
}

it.each([
  ['/v1/migrations', 3],
  ['/v1/migrations/beta/workloads', 3],
  ['/v1/holds', 4],
  ['/v1/migrations/alpha/holds', 3],
  ['/v1/migrations/alpha/workloads/beta/holds', 3],
  ['/v1/tokens', 2],
  // a token that is made is on record as well
  ['/v1/audit', 8],
])('%s has all of it, each once, whatever the page', async (path, count) => {
  const { items: whole } = await walk(path, 200)
  expect(whole).toHaveLength(count)
  const unused = ({ lastUsedAt: _used, ...item }: Item): Item => item
  for (const limit of [1, 2]) {
    const { items, pages } = await walk(path, limit)
    expect(items.map(unused)).toEqual(whole.map(unused))
    expect(pages).toBeGreaterThanOrEqual(count / limit)
  }
})

it('workloads are seen as far as a credential is good', async () => {
  const { headers } = await api.bearer({ scope: ['alpha/gamma', 'alpha/alpha', 'beta/beta'] })
  const { items } = await walk('/v1/migrations/alpha/workloads', 1, headers)
  expect(items.map(({ name }) => name)).toEqual(['alpha', 'gamma'])
  expect((await api.get('/v1/migrations/gamma/workloads', headers)).status).toBe(403)
})

it('a workload is the same on a page and alone', async () => {
  const [, beta] = (await walk('/v1/migrations/alpha/workloads', 200)).items
  expect((await api.get('/v1/migrations/alpha/workloads/beta', admin)).json).toEqual(beta)
  expect(beta?.['holds']).toHaveLength(3)
})
