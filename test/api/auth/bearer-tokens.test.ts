import { createHmac, createPublicKey } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { bearerTokens } from '../../../api/auth/bearer-tokens.ts'
import type { Issuer } from '../../../api/auth/issuers.ts'
import { Secret } from '../../../api/secret.ts'
import { TestApi } from '../service.ts'
import { TestIssuer } from './issuer.ts'

let issuer: TestIssuer
let settings: Issuer
let identify: (token: string) => Promise<object>

beforeAll(async () => {
  issuer = await TestIssuer.start()
  settings = {
    issuer: issuer.url,
    audience: 'eks-cutover',
    roles: [
      {
        when: { repository: 'acme/deploy', environment: ['production', 'staging'] },
        role: 'operator',
        scope: ['prod/search'],
      },
      { when: { groups: 'sre' }, role: 'approver' },
      { when: { sub: 'repo:acme/deploy:ref:refs/heads/main' }, role: 'viewer' },
    ],
  }
})
afterAll(() => issuer.stop())
beforeEach(() => {
  const known = bearerTokens([settings])
  identify = (token) => known(new Secret(token))
})

const refused = (token: string) =>
  identify(token).then(
    () => 'taken',
    (error: Error & { statusCode?: number; code?: string }) => `${error.statusCode ?? error.code}: ${error.message}`,
  )

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a bearer token', () => {
  it('says who, by its subject, and gets role and scope by the first rule that fits', async () => {
    expect(await identify(await issuer.sign())).toMatchObject({
      subject: 'repo:acme/deploy:ref:refs/heads/main',
      role: 'viewer',
      scope: null,
      credential: issuer.url,
    })
    const deploy = { repository: 'acme/deploy', environment: 'staging', groups: ['sre'] }
    expect(await identify(await issuer.sign(deploy))).toMatchObject({ role: 'operator', scope: ['prod/search'] })
    expect(await identify(await issuer.sign({ groups: ['all', 'sre'] }))).toMatchObject({
      role: 'approver',
      scope: null,
    })
  })

  it('gets no role when no rule fits', async () => {
    expect(await refused(await issuer.sign({ sub: 'repo:evil/fork:ref:refs/heads/main' }))).toMatch(
      /^forbidden: no rule/,
    )
    expect(await refused(await issuer.sign({ sub: 'x', groups: 'sre2', repository: 'acme/deploy' }))).toMatch(
      /^forbidden/,
    )
  })

  it('may be known by another claim than its subject', async () => {
    const known = bearerTokens([{ ...settings, subject: 'actor' }])
    expect(await known(new Secret(await issuer.sign({ actor: 'ada' })))).toMatchObject({ subject: 'ada' })
    await expect(known(new Secret(await issuer.sign()))).rejects.toThrow('missing required "actor" claim')
  })

  it.each([
    ['another audience', { aud: 'somebody-else' }],
    ['no audience', { aud: undefined }],
    ['no end', { exp: undefined }],
    ['an end that is over', { exp: Math.floor(Date.now() / 1000) - 60 }],
    ['a beginning to come', { nbf: Math.floor(Date.now() / 1000) + 600 }],
    ['another issuer', { iss: 'https://token.example.com' }],
    ['no issuer', { iss: undefined }],
    ['no subject', { sub: undefined }],
    ['the subject of a guard', { sub: 'guard green-targets' }],
    ['the subject of the service', { sub: 'recovery' }],
  ])('with %s is refused', async (_what, claims) => {
    expect(await refused(await issuer.sign(claims))).toMatch(/^401: /)
  })

  it.each(['', 'x', 'a.b.c', 'e30.e30.', `${base64url({ alg: 'RS256' })}.e30.AAAA`])(
    'that is none is refused: %j',
    async (text) => {
      expect(await refused(text)).toMatch(/^401: /)
    },
  )
})

describe('whoever has the public key', () => {
  const claims = () => ({
    iss: issuer.url,
    aud: 'eks-cutover',
    sub: 'x',
    groups: 'sre',
    exp: Math.floor(Date.now() / 1000) + 300,
  })

  it('cannot do without a signature', async () => {
    for (const alg of ['none', 'None', 'NONE']) {
      expect(await refused(`${base64url({ alg })}.${base64url(claims())}.`)).toMatch(/^401: /)
    }
  })

  it('cannot sign with it as if it were a shared secret', async () => {
    const [jwk] = issuer.publicKeys
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
    const secrets = [
      key.export({ type: 'spki', format: 'pem' }),
      key.export({ type: 'spki', format: 'der' }),
      String(jwk?.n),
    ]
    for (const secret of secrets) {
      const text = `${base64url({ alg: 'HS256', kid: jwk?.kid })}.${base64url(claims())}`
      const signature = createHmac('sha256', secret).update(text).digest('base64url')
      expect(await refused(`${text}.${signature}`)).toMatch(/^401: .*"alg"/)
    }
  })

  it('cannot change what was signed', async () => {
    const [head, , signature] = (await issuer.sign()).split('.')
    expect(await refused(`${head}.${base64url(claims())}.${signature}`)).toMatch(
      /^401: .*signature verification failed/,
    )
  })

  it('cannot bring a key of their own', async () => {
    const stranger = await TestIssuer.start()
    const forged = await stranger.sign({ iss: issuer.url })
    await stranger.stop()
    expect(await refused(forged)).toMatch(/^401: .*no applicable key/)
  })
})

describe('the keys of an issuer', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())
  const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)

  it('are asked for once, and again when a token names one that is not there, at most every 30 s', async () => {
    const before = issuer.asked
    await identify(await issuer.sign())
    await identify(await issuer.sign())
    expect(issuer.asked - before).toBe(1)
    const old = await issuer.sign({ exp: Math.floor(Date.now() / 1000) + 3600 })
    await issuer.rotate()
    expect(await refused(await issuer.sign())).toMatch(/^401: /)
    expect(issuer.asked - before).toBe(1)
    pass(31)
    expect(await identify(await issuer.sign())).toMatchObject({ role: 'viewer' })
    expect(issuer.asked - before).toBe(2)
    expect(await refused(old)).toMatch(/^401: /)
  })

  it('that cannot be had are nobody’s fault but the issuer’s, who is then left alone for five seconds', async () => {
    issuer.status = 503
    const before = issuer.asked
    expect(await refused(await issuer.sign())).toMatch(/^issuer-unreachable: .*answers 503/)
    issuer.status = 200
    expect(await refused(await issuer.sign())).toMatch(/^issuer-unreachable: /)
    expect(issuer.asked).toBe(before)
    pass(6)
    expect(await identify(await issuer.sign())).toMatchObject({ role: 'viewer' })
  })
})

describe('in the API', () => {
  let api: TestApi
  beforeAll(async () => void (api = await TestApi.start({ issuers: [settings] })))
  afterAll(() => api.stop())
  const headers = async (claims?: object) => ({ authorization: `Bearer ${await issuer.sign({ ...claims })}` })

  it('who asked is the subject', async () => {
    const admin = (await api.bearer({ role: 'admin' })).headers
    const { yamlOf, document } = await import('../../automation/document.ts')
    const yaml = { ...admin, 'content-type': 'application/yaml' }
    await api.send('PUT', '/v1/migrations/prod', yamlOf(document({ search: {}, tagging: {} }, 'prod')), yaml)
    const ci = await headers({ repository: 'acme/deploy', environment: 'production' })
    const held = await api.post('/v1/migrations/prod/workloads/search/holds', { reason: 'x' }, ci)
    expect([held.status, held.json['by']]).toEqual([201, 'repo:acme/deploy:ref:refs/heads/main'])
    expect((await api.get('/v1/migrations/prod/workloads/tagging', ci)).status).toBe(403)
  })

  it('a refusal is a problem that says why', async () => {
    const { status, json } = await api.get('/v1/migrations', await headers({ aud: 'x' }))
    expect([status, json['code'], json['detail']]).toEqual([401, 'unauthenticated', expect.stringContaining('"aud"')])
    const nobody = await api.get('/v1/migrations', await headers({ sub: 'nobody' }))
    expect([nobody.status, nobody.json['code']]).toEqual([403, 'forbidden'])
  })
})
