import { once } from 'node:events'
import { connect } from 'node:net'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '../../../api/secret.ts'
import { TestApi } from '../service.ts'

describe('limits', () => {
  let api: TestApi
  beforeAll(
    async () => void (api = await TestApi.start({ issuers: [], requestsPerSecond: 1, trustedProxies: ['127.0.0.1'] })),
  )
  afterAll(() => api.stop())

  /** The answers to `count` requests at once; on a slow machine they take several seconds, and each lets one through. */
  const burst = async (count: number, path: string, headersOf: (at: number) => Record<string, string>) => {
    const answers = await Promise.all(Array.from({ length: count }, (_, at) => api.get(path, headersOf(at))))
    return {
      refused: answers.filter(({ status }) => status === 429),
      others: answers.filter(({ status }) => status !== 429),
    }
  }
  const from = (address: string) => ({ 'x-forwarded-for': address })

  it('are per address, also for those who are not known', async () => {
    const { refused, others } = await burst(40, '/v1/migrations', () => from('192.0.2.1'))
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]).toMatchObject({ json: { code: 'too-many-requests' }, headers: { 'retry-after': '1' } })
    for (const { status } of others) expect(status).toBe(401)
    expect((await api.get('/v1/migrations', from('192.0.2.2'))).status).toBe(401)
  })

  it('are per token, from however many addresses', async () => {
    const [one, other] = [await api.bearer(), await api.bearer()]
    const { refused } = await burst(40, '/v1/migrations', (at) => ({ ...one.headers, ...from(`198.51.100.${at}`) }))
    expect(refused.length).toBeGreaterThan(0)
    expect((await api.get('/v1/migrations', { ...other.headers, ...from('198.51.100.99') })).status).toBe(200)
  })

  it('are not for health', async () => {
    expect((await burst(60, '/healthz', () => from('192.0.2.3'))).refused).toEqual([])
  })
})

describe('a stranger’s word for an address', () => {
  it('is not taken', async () => {
    const api = await TestApi.start({ issuers: [], requestsPerSecond: 1 })
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, at) => api.get('/v1/migrations', { 'x-forwarded-for': `192.0.2.${at}` })),
    )
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0)
    await api.stop()
  })
})

describe('without authentication', () => {
  let api: TestApi
  beforeAll(async () => void (api = await TestApi.start()))
  afterAll(() => api.stop())

  it.each(['localhost', 'localhost:8080', '127.0.0.1:8080', '[::1]:8080'])(
    'this machine is answered by %s',
    async (host) => {
      expect((await api.get('/v1/migrations', { host })).status).toBe(200)
    },
  )

  it.each<Record<string, string>>([
    { host: 'evil.example.com' },
    { host: '127.0.0.1.evil.example.com:8080' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('no page of somebody else’s is: %j', async (headers) => {
    const { status, json } = await api.post('/v1/migrations/a/workloads/b/plan', undefined, headers)
    expect([status, json['code']]).toEqual([403, 'forbidden'])
  })

  it('its own page is', async () => {
    expect((await api.get('/v1/migrations', { 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    const { status, headers } = await api.get('/docs/', { 'sec-fetch-site': 'none' })
    const policy = String(headers['content-security-policy'])
    expect([status, policy]).toEqual([200, expect.stringContaining("script-src 'self'")])
    expect(policy).not.toContain('upgrade-insecure-requests')
  })

  it('a token that comes along is not looked at', async () => {
    expect((await api.get('/v1/migrations', { authorization: 'Bearer cut_x' })).status).toBe(200)
  })
})

describe('every answer', () => {
  let api: TestApi
  beforeAll(async () => void (api = await TestApi.start({ issuers: [] })))
  afterAll(() => api.stop())

  it('tells browsers to keep it to themselves, and no other origin that it may read', async () => {
    for (const path of ['/healthz', '/v1/migrations', '/nothing']) {
      const { headers } = await api.get(path, { origin: 'https://evil.example.com' })
      expect(headers, path).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
        'cache-control': 'no-store',
        'content-security-policy': expect.stringContaining("default-src 'none'") as string,
      })
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })

  it('to a header that is too large is a problem too', async () => {
    const url = new URL(await api.app.listen({ host: '127.0.0.1', port: 0 }))
    const socket = connect(Number(url.port), url.hostname)
    let said = ''
    socket.on('data', (chunk: Buffer) => (said += chunk.toString()))
    socket.write(`GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Large: ${'x'.repeat(17 * 1024)}\r\n\r\n`)
    await once(socket, 'close')
    expect(said).toMatch(/^HTTP\/1\.1 431 .*\r\n/)
    expect(JSON.parse(said.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'header-too-large', status: 431 })
  })
})

it('a secret shows itself to nobody who does not ask for it', () => {
  const secret = new Secret('cut_x')
  const shown = [
    String(secret),
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ deep: [secret] }, { showHidden: true }),
  ]
  for (const text of shown) expect(text).toContain('[secret]')
  for (const text of shown) expect(text).not.toContain('cut_x')
  expect(secret.reveal()).toBe('cut_x')
})
