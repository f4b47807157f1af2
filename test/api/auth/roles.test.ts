import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasRight, rights, roles, type Right, type Role } from '../../../automation/rights.ts'
import { TestApi, type Answer } from '../service.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

interface Operation {
  readonly 'x-required-role'?: Role
  readonly 'x-required-right'?: Right
  readonly security: readonly object[]
  readonly responses: Readonly<Record<string, unknown>>
}

let api: TestApi
let operations: [method: Method, path: string, operation: Operation][]
const headers = new Map<Role, { authorization: string }>()

beforeAll(async () => {
  api = await TestApi.start({ issuers: [] })
  for (const role of roles) headers.set(role, (await api.bearer({ subject: `a-${role}`, role })).headers)
  const { json } = await api.get('/openapi.json', headers.get('viewer'))
  operations = Object.entries(json['paths'] as Record<string, Record<string, Operation>>).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [Method, string, Operation] => [
      method.toUpperCase() as Method,
      path,
      operation,
    ]),
  )
})
afterAll(() => api.stop())

/** Names that are nobody's; the stream is asked for in a form that it does not have, so that it ends. */
const ask = (method: Method, path: string, role?: Role): Promise<Answer> =>
  api.send(method, path.replaceAll(/\{\w+\}/g, 'nobody'), undefined, {
    accept: 'application/json',
    ...(role ? headers.get(role) : {}),
  })

it('no route but health is answered to strangers', async () => {
  for (const [method, path, { security }] of operations) {
    const { status, json, headers: sent } = await ask(method, path)
    if (['/healthz', '/readyz'].includes(path)) expect([status, security], path).toEqual([200, []])
    else {
      expect([status, json['code'], security], `${method} ${path}`).toEqual([401, 'unauthenticated', [{ bearer: [] }]])
      expect(sent['www-authenticate']).toMatch(/^Bearer /)
    }
  }
})

it.each(['/', '/docs', '/docs/static/index.html', '/openapi.json', '/v1/nothing', '/metrics'])(
  'nor is %s',
  async (path) => {
    expect((await api.get(path)).status).toBe(401)
  },
)

it.each(roles)('every route lets a %s do what the document says, and no more', async (role) => {
  for (const [method, path, operation] of operations) {
    const needed = operation['x-required-role']
    if (needed === undefined) continue
    const { status, json } = await ask(method, path, role)
    const may = roles.indexOf(role) >= roles.indexOf(needed)
    if (may) expect([401, 403], `${method} ${path}`).not.toContain(status)
    else {
      expect([status, json['code']], `${method} ${path}`).toEqual([403, 'forbidden'])
      expect(json).toMatchObject({ role, needed, right: operation['x-required-right'] })
    }
  }
})

it('the document says of every route but health which role it takes, and what those are answered who have it not', () => {
  expect(operations.length).toBeGreaterThan(25)
  for (const [method, path, operation] of operations.filter(([, path]) => path.startsWith('/v1'))) {
    const right = operation['x-required-right']
    expect(Object.keys(rights), `${method} ${path}`).toContain(right)
    expect(operation['x-required-role']).toBe(rights[right as Right].role)
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403', '429', '503']))
  }
})

it('every right is asked for by a route, but those that depend on what is asked', () => {
  const named = new Set(operations.map(([, , operation]) => operation['x-required-right']))
  expect(Object.keys(rights).filter((right) => !named.has(right as Right))).toEqual(['retire', 'lift-two-persons'])
})

describe('the roles', () => {
  it('rise: each may what the one before may', () => {
    for (const right of Object.keys(rights) as Right[]) {
      const may = roles.map((role) => hasRight(role, right))
      expect(may).toEqual([...may].sort())
      expect(may.at(-1)).toBe(true)
    }
  })

  it('let an operator bring a workload home, and nobody below', () => {
    expect(rights.rollback.role).toBe('operator')
  })

  it('let nobody but an admin see or make tokens', () => {
    expect(roles.filter((role) => hasRight(role, 'tokens'))).toEqual(['admin'])
  })
})
