import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventTypes } from '../../automation/events.ts'
import * as stages from '../../automation/phases/stages.ts'
import type { WorkloadOutputs } from '../../infra/workloads/kind.ts'
import { found, states } from '../automation/fixture.ts'
import { document as inventory } from '../automation/document.ts'
import { TestApi, type Answer } from './service.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

let api: TestApi
let document: Record<string, any>
let ajv: Ajv2020.default

beforeAll(async () => {
  api = await TestApi.start()
  document = (await api.get('/openapi.json')).json
  ajv = new Ajv2020.default({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'document', components: document['components'] })
})
afterAll(() => api.stop())

const operations = (): [path: string, method: string, operation: Record<string, any>][] =>
  Object.entries(document['paths'] as Record<string, Record<string, any>>).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, string, Record<string, any>] => [path, method, operation]),
  )

/** A schema of the document, with its references, as a check. */
const checkFor = (schema: object): ValidateFunction =>
  ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/')))

describe('the document', () => {
  it('is OpenAPI 3.1 with a title and a version', () => {
    expect(document['openapi']).toMatch(/^3\.1\.\d+$/)
    expect(document['info']).toMatchObject({ title: 'eks-cutover', version: '1' })
  })

  it('says of every operation what it does, with answers that have a description', () => {
    expect(operations().length).toBeGreaterThan(15)
    for (const [path, method, { summary, tags, responses }] of operations()) {
      expect(summary, `${method} ${path}`).toMatch(/\w/)
      expect(tags).toHaveLength(1)
      for (const answer of Object.values(responses as Record<string, any>)) expect(answer.description).toMatch(/\w/)
    }
  })

  const at = (path: string, method: string): Record<string, any> => document['paths'][path][method]
  const workload = '/v1/migrations/{migration}/workloads/{workload}'

  it('says which body may be left out', () => {
    const required = ['plan', 'advance', 'rollback'].map(
      (one) => at(`${workload}/${one}`, 'post')['requestBody'].required,
    )
    expect(required).toEqual([false, false, true])
  })

  it('says that a POST takes an Idempotency-Key', () => {
    for (const [path, method, { parameters = [] }] of operations()) {
      const names = (parameters as { name: string }[]).map(({ name }) => name.toLowerCase())
      if (method === 'post') expect(names, path).toContain('idempotency-key')
    }
  })

  it('says that the same key may be in use: 409', () => {
    expect(Object.keys(at(`${workload}/holds`, 'post')['responses'])).toContain('409')
  })

  it('says what the event stream answers when all is well', () => {
    expect(at('/v1/events', 'get')['responses']['200'].content).toHaveProperty('text/event-stream')
  })

  it('has only tags that it explains', () => {
    const known = (document['tags'] as { name: string }[]).map(({ name }) => name)
    for (const [, , { tags }] of operations()) expect(known).toEqual(expect.arrayContaining(tags))
  })

  it('names every part of a path as a parameter that is required', () => {
    for (const [path, , { parameters = [] }] of operations()) {
      const named = (parameters as Record<string, any>[]).filter((one) => one['in'] === 'path')
      expect(named.map(({ name }) => `{${name}}`).sort()).toEqual((path.match(/\{\w+\}/g) ?? []).sort())
      for (const parameter of named) expect(parameter['required']).toBe(true)
    }
  })

  it('refers only to what it has', () => {
    const references = [...new Set(JSON.stringify(document).match(/"\$ref":"[^"]+"/g))]
    expect(references.length).toBeGreaterThan(3)
    for (const reference of references) {
      const [, name] = /"#\/components\/schemas\/(\w+)"/.exec(reference) ?? []
      expect(Object.keys(document['components'].schemas)).toContain(name)
    }
  })

  it('has schemas that are JSON Schema, for every parameter, body and answer', () => {
    for (const [, , { parameters = [], requestBody, responses }] of operations()) {
      const contents = [requestBody, ...Object.values(responses as Record<string, any>)].map(
        (one) => one?.content ?? {},
      )
      const media = contents.flatMap((content) => Object.values(content as Record<string, { schema: object }>))
      for (const { schema } of [...media, ...parameters]) expect(() => checkFor(schema)).not.toThrow()
    }
  })

  it('says of every error that it is a problem', () => {
    for (const [path, method, { responses }] of operations()) {
      for (const [status, { content }] of Object.entries(responses as Record<string, any>)) {
        if (Number(status) < 400) continue
        expect(content, `${method} ${path} ${status}`).toEqual({
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        })
      }
    }
  })

  it('says of every operation with a body, a path or a query that they may be wrong', () => {
    for (const [path, method, { parameters, requestBody, responses }] of operations())
      if (parameters || requestBody) expect(Object.keys(responses), `${method} ${path}`).toContain('400')
  })

  it('takes an inventory that the service takes, and refuses what it refuses', () => {
    const { content } = document['paths']['/v1/migrations/{migration}'].put.requestBody
    expect(Object.keys(content)).toEqual(['application/json', 'application/yaml'])
    const check = checkFor(content['application/json'].schema)
    expect(check(inventory())).toBe(true)
    expect(check(inventory({ search: { weight: 10 } }))).toBe(false)
    expect(check(inventory({ search: { kind: 'nlb' } }))).toBe(false)
  })

  it('explains every type of event', () => {
    const { description } = document['paths']['/v1/events'].get
    for (const [type, what] of Object.entries(eventTypes)) expect(description).toContain(`\`${type}\` ${what}`)
  })

  it('can be read and tried by people', async () => {
    expect(await api.get('/docs')).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' })
  })
})

describe('every route', () => {
  const walked = new Set<string>()
  const documented = () => new Set(operations().map(([path, method]) => `${method.toUpperCase()} ${path}`))

  /** Fastify's own list, a tree of which each line is the rest of a path. */
  const served = (): string[] => {
    const path: string[] = []
    return api.app
      .printRoutes({ commonPrefix: false })
      .split('\n')
      .flatMap((line) => {
        const [, indent = '', part = '', methods = ''] = /^(.*?)[├└]── (\S+) \((.+)\)$/.exec(line) ?? []
        path.length = indent.length / 4
        path.push(part.replace(/:(\w+)/g, '{$1}'))
        const served = methods.split(', ').filter((method) => method !== 'HEAD')
        return part ? served.map((method) => `${method} ${path.join('')}`) : []
      })
  }

  /** Sends a request and holds the answer against what the document says of it. */
  const check = async (method: Method, route: string, url: string, body?: object): Promise<Answer> => {
    walked.add(`${method} ${route}`)
    const answer = await api.send(method, url, body)
    const operation = document['paths'][route]?.[method.toLowerCase()]
    expect(operation, `${method} ${route} is documented`).toBeDefined()
    const told = operation.responses[answer.status]
    expect(told, `${method} ${route} may answer ${answer.status}: ${answer.text}`).toBeDefined()
    if (!told.content) return answer
    const type = answer.type.split(';')[0] ?? ''
    expect(Object.keys(told.content)).toContain(type)
    const valid = checkFor(told.content[type].schema)
    valid(type.endsWith('json') ? answer.json : answer.text)
    expect(valid.errors, `${method} ${route} ${answer.status}`).toBeNull()
    return answer
  }

  const one = '/v1/migrations/{migration}'
  const all = `${one}/workloads`
  const workload = `${all}/{workload}`
  const reason = { reason: 'because' }

  it('answers as the document says, when all is well', async () => {
    await check('GET', '/healthz', '/healthz')
    await check('GET', '/readyz', '/readyz')
    expect((await check('PUT', one, '/v1/migrations/prod', inventory({ search: {} }, 'prod'))).status).toBe(201)
    expect((await check('PUT', one, '/v1/migrations/prod', inventory({ search: {} }, 'prod'))).status).toBe(200)
    await check('GET', one, '/v1/migrations/prod')
    await check('GET', '/v1/migrations', '/v1/migrations')
    const url = '/v1/migrations/prod/workloads/search'
    const { json: hold } = await check('POST', `${workload}/holds`, `${url}/holds`, reason)
    await check('GET', all, '/v1/migrations/prod/workloads')
    await check('GET', `${workload}/holds`, `${url}/holds`)
    for (const [route, at] of [
      [`${one}/holds`, '/v1/migrations/prod/holds'],
      ['/v1/holds', '/v1/holds'],
    ] as const) {
      const { json } = await check('POST', route, at, { ...reason, until: '2099-01-01T00:00:00Z' })
      await check('GET', route, at)
      await check('DELETE', `${route}/{hold}`, `${at}/${json['id']}`)
    }
    for (const status of [201, 200]) {
      expect((await check('POST', '/v1/freeze', '/v1/freeze', reason)).status).toBe(status)
    }
    await check('GET', '/v1/freeze', '/v1/freeze')
    await check('DELETE', '/v1/freeze', '/v1/freeze')
    await check('GET', '/v1/freeze', '/v1/freeze')
    await check('POST', `${one}/rollback`, '/v1/migrations/prod/rollback?wait=1', reason)
    await check('DELETE', `${workload}/holds/{hold}`, `${url}/holds/${hold['id']}`)
    const outputs: WorkloadOutputs = {
      schemaVersion: 1,
      migration: 'prod',
      workload: 'search',
      kind: 'alb',
      stage: 'prepared',
      split: { blue: 100, green: 0 },
      frontDoor: 'internal-shop-1.elb.amazonaws.com',
      targetGroups: { blue: 'arn:blue', green: 'arn:green' },
      switchPoint: 'arn:rule',
      testRoute: null,
    }
    await api.put('prod', 'search', { state: states.prepared, found, stage: stages.prepared, outputs })
    await check('POST', `${workload}/confirm`, `${url}/confirm`, reason)
    await check('GET', `${workload}/outputs`, `${url}/outputs`)
    await check('GET', `${workload}/by-hand`, `${url}/by-hand`)
    await api.put('prod', 'search', { state: states.registered, found: null })
    const { json: operation } = await check('POST', `${workload}/abandon`, `${url}/abandon`, reason)
    await api.ended(String(operation['id']))
    await check('GET', '/v1/operations/{operation}', `/v1/operations/${operation['id']}`)
    await check('GET', `${workload}/history`, `${url}/history?limit=10`)
    await check('GET', workload, url)
    expect((await check('GET', `${workload}/report`, `${url}/report`)).json['visits']).toHaveLength(2)
    expect((await check('GET', '/v1/audit', '/v1/audit')).json['items'].length).toBeGreaterThan(4)
    await check('GET', '/metrics', '/metrics')
    await check('GET', `${one}/cluster`, '/v1/migrations/prod/cluster')
    const { json: token } = await check('POST', '/v1/tokens', '/v1/tokens', { subject: 'ci', role: 'viewer' })
    await check('GET', '/v1/tokens', '/v1/tokens')
    await check('DELETE', '/v1/tokens/{token}', `/v1/tokens/${token['id']}`)
  })

  it('refuses as the document says', async () => {
    await api.apply('other')
    const url = '/v1/migrations/other/workloads/search'
    const nobody = '/v1/migrations/nobody/workloads/search'
    await check('PUT', one, '/v1/migrations/other', { migration: 'other' })
    await check('GET', one, '/v1/migrations/nobody')
    await check('GET', '/v1/migrations', '/v1/migrations?limit=0')
    await check('GET', all, '/v1/migrations/nobody/workloads')
    await check('GET', '/v1/operations/{operation}', '/v1/operations/op-nobody')
    await check('GET', '/v1/audit', '/v1/audit?who=me')
    for (const what of ['', '/report', '/history', '/outputs', '/by-hand'])
      await check('GET', workload + what, nobody + what)
    for (const action of ['plan', 'advance', 'rollback', 'abandon', 'release', 'holds', 'confirm']) {
      const body = ['plan', 'advance'].includes(action) ? {} : reason
      await check('POST', `${workload}/${action}`, `${nobody}/${action}`, body)
      await check('POST', `${workload}/${action}`, `${url}/${action}`, { nonsense: true })
      if (!['abandon', 'holds'].includes(action)) await check('POST', `${workload}/${action}`, `${url}/${action}`, body)
    }
    await check('DELETE', `${workload}/holds/{hold}`, `${url}/holds/hold-nobody`)
    for (const [route, at] of [
      [`${one}/holds`, '/v1/migrations/nobody/holds'],
      ['/v1/holds', '/v1/holds'],
    ] as const) {
      await check('POST', route, at, { ...reason, until: '1999-01-01T00:00:00Z' })
      await check('DELETE', `${route}/{hold}`, `${at}/hold-nobody`)
    }
    await check('GET', `${one}/holds`, '/v1/migrations/nobody/holds')
    await check('POST', '/v1/freeze', '/v1/freeze', { nonsense: true })
    await check('DELETE', '/v1/freeze', '/v1/freeze')
    await check('POST', `${one}/rollback`, '/v1/migrations/nobody/rollback', reason)
    await check('POST', `${one}/rollback`, '/v1/migrations/other/rollback?wait=61', reason)
    await check('GET', `${one}/cluster`, '/v1/migrations/nobody/cluster')
    await check('GET', `${one}/cluster/by-hand`, '/v1/migrations/other/cluster/by-hand')
    for (const action of ['preview', 'up', 'destroy', 'cancel']) {
      const body = action === 'destroy' ? { confirm: 'shop-green' } : {}
      await check('POST', `${one}/cluster/${action}`, `/v1/migrations/nobody/cluster/${action}`, body)
      await check('POST', `${one}/cluster/${action}`, `/v1/migrations/other/cluster/${action}`, body)
      await check('POST', `${one}/cluster/${action}`, `/v1/migrations/other/cluster/${action}`, { nonsense: true })
    }
    await check('POST', '/v1/tokens', '/v1/tokens', { subject: 'operator', role: 'viewer' })
    await check('DELETE', '/v1/tokens/{token}', '/v1/tokens/token-nobody')
    api.cutover.accept(false)
    await check('GET', '/readyz', '/readyz')
    await check('POST', `${workload}/advance`, `${url}/advance`, {})
    api.cutover.accept(true)
  })

  it('was asked above for both, but the stream, which has a test of its own', () => {
    expect([...walked].sort()).toEqual([...documented()].filter((one) => one !== 'GET /v1/events').sort())
  })

  it('is documented, and nothing else is', () => {
    const own = served().filter((one) => !/ \/(docs|openapi\.json)/.test(one))
    expect(own.sort()).toEqual([...documented()].sort())
  })
})
