import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Operation } from '../../automation/migration.ts'
import { confirmation, found, states } from '../automation/fixture.ts'
import * as stages from '../../automation/phases/stages.ts'
import { document } from '../automation/document.ts'
import { elsewhere, TestApi } from './service.ts'

let api: TestApi
let count = 0
let migration: string
let path: string

beforeAll(async () => void (api = await TestApi.start()))
afterAll(() => api.stop())

/** Each test has a migration of its own with one workload. */
beforeEach(async () => {
  migration = `m${(count += 1)}`
  path = `/v1/migrations/${migration}/workloads/search`
  await api.apply(migration)
})

const place = (phase: keyof typeof states, change = {}) =>
  api.put(migration, 'search', { state: states[phase], found, ...change })

const addOperation = (change: Partial<Operation> = {}) =>
  api.write((work) =>
    work.operations.add(
      {
        migration,
        workload: 'search',
        action: 'advance',
        from: 'registered',
        to: 'adopted',
        reason: null,
        requestedBy: 'operator',
        requestedAt: 0,
        request: {},
        ...change,
      },
      null,
      elsewhere,
    ),
  )

const reason = { reason: 'because' }

describe('GET of a workload that is waited for', () => {
  it('answers at once where it is so already', async () => {
    await place('prepared')
    const { status, json } = await api.get(`${path}?wait=phase:soaking,prepared&timeout=300`)
    expect({ status, phase: json['phase'] }).toEqual({ status: 200, phase: 'prepared' })
  })

  it('answers when it has become so, told by the journal', async () => {
    const operation = await addOperation()
    const answer = api.get(`${path}?wait=operation:over&timeout=300`)
    expect((await api.get(`${path}?wait=operation:active`)).json['operation'].id).toBe(operation.id)
    await api.write(async (work) => {
      await work.operations.finish(operation, 'failed', {})
      work.events.write({ migration, name: 'search' }, operation.id, 'operation-finished', {})
    })
    expect((await answer).json['operation'].state).toBe('failed')
  })

  it('answers as it is when time is up', async () => {
    const { status, json } = await api.get(`${path}?wait=phase:retired&timeout=1`)
    expect({ status, phase: json['phase'] }).toEqual({ status: 200, phase: 'registered' })
  })

  it.each(['phase:moving', 'soaking', 'phase:', 'gates:open,ajar', 'split:home'])(
    'cannot wait for %s',
    async (wait) => {
      expect(await api.get(`${path}?wait=${wait}`)).toMatchObject({ status: 400 })
    },
  )

  it.each(['0', '301', 'long'])('cannot wait for %s s', async (timeout) => {
    expect(await api.get(`${path}?wait=status:ready&timeout=${timeout}`)).toMatchObject({ status: 400 })
  })
})

describe('GET of a workload', () => {
  it('tells where it is, what it waits for, and in a sentence how it does', async () => {
    expect((await api.get(path)).json).toEqual({
      migration,
      name: 'search',
      kind: 'alb',
      phase: 'registered',
      step: null,
      split: { wanted: { blue: 100, green: 0 }, observed: null },
      gates: [],
      holds: [],
      operation: null,
      status: 'ready',
      sentence: 'the inventory entry is valid; nothing has been touched; ready to advance from blue 100 % / green 0 %',
    })
  })

  it('tells the step and the split of a shift, and each gate as unknown until the world was looked at', async () => {
    await place('shifting')
    const { json } = await api.get(path)
    expect(json).toMatchObject({ phase: 'shifting', step: 10, split: { wanted: { blue: 90, green: 10 } } })
    const states = new Map(json['gates'].map((gate: { name: string; state: string }) => [gate.name, gate.state]))
    expect(states).toEqual(
      new Map([
        ['split-in-effect', 'unknown'],
        ['groups-apart', 'unknown'],
        ['way-clear', 'unknown'],
        ['green-enough', 'unknown'],
        ['green-answers', 'unknown'],
        ['bake-elapsed', 'open'],
        ['window-open', 'open'],
      ]),
    )
    expect(json['gates'].at(-2)).toMatchObject({ numbers: { neededSeconds: 300 } })
    expect(json['status']).toBe('waiting')
  })

  it('is told among all of its migration', async () => {
    await api.apply(migration, { search: {}, tagging: {} })
    const { status, json } = await api.get(`/v1/migrations/${migration}/workloads`)
    expect(status).toBe(200)
    expect(json['items'].map(({ name }: { name: string }) => name)).toEqual(['search', 'tagging'])
    expect(json['next']).toBeNull()
  })

  it.each([
    ['/v1/migrations/nobody/workloads', 'there is no migration nobody'],
    ['/v1/migrations/nobody/workloads/search', 'there is no workload search in migration nobody'],
    ['/v1/migrations/m1/workloads/nobody', 'there is no workload nobody in migration m1'],
    ['/v1/migrations/m1/workloads/nobody/history', 'there is no workload nobody in migration m1'],
    ['/v1/migrations/m1/workloads/nobody/outputs', 'there is no workload nobody in migration m1'],
    ['/v1/operations/op-nobody', 'there is no operation op-nobody'],
  ])('%s is not found', async (url, detail) => {
    expect(await api.get(url)).toMatchObject({ status: 404, json: { code: 'not-found', detail } })
  })
})

describe('holds', () => {
  it('are placed with a reason and keep from advancing until all are removed', async () => {
    await place('registered')
    const first = await api.post(`${path}/holds`, { name: 'freeze', reason: 'Black Friday' })
    expect(first.status).toBe(201)
    expect(first.json).toMatchObject({ name: 'freeze', reason: 'Black Friday', by: 'operator' })
    const second = await api.post(`${path}/holds`, reason)
    expect(second.json).toMatchObject({ name: 'hold' })
    expect((await api.get(path)).json).toMatchObject({
      status: 'stuck',
      sentence: 'held by operator (freeze): Black Friday',
      holds: [first.json, second.json],
    })
    const removed = await api.send('DELETE', `${path}/holds/${first.json['id']}`)
    expect([removed.status, removed.text]).toEqual([204, ''])
    expect((await api.get(path)).json['holds']).toEqual([second.json])
  })

  it('that are not there cannot be removed', async () => {
    expect(await api.send('DELETE', `${path}/holds/hold-nobody`)).toMatchObject({
      status: 404,
      json: { code: 'not-found' },
    })
  })

  it('refuse an advance with who holds it', async () => {
    await place('adopted')
    await api.post(`${path}/holds`, reason)
    const { status, json } = await api.post(`${path}/advance`, {})
    expect([status, json['code']]).toEqual([409, 'held'])
    expect(json['holds']).toMatchObject([{ name: 'hold', by: 'operator', reason: 'because' }])
  })
})

describe('a confirmation', () => {
  it.each(['prepared', 'shifting', 'soaking'] as const)('is taken while a workload is %s', async (phase) => {
    await place(phase, { state: { ...states[phase], confirmation: null } })
    const { status, json } = await api.post(`${path}/confirm`, { reason: 'graphs are flat' })
    expect([status, json]).toEqual([200, { by: 'operator', reason: 'graphs are flat', at: expect.any(String) }])
    const after = await api.store.read.workloads.get(migration, 'search')
    expect(after?.state).toMatchObject({ phase, confirmation: { reason: 'graphs are flat' } })
  })

  it.each(['registered', 'adopted', 'retired', 'released'] as const)('is refused while it is %s', async (phase) => {
    await place(phase)
    expect(await api.post(`${path}/confirm`, reason)).toMatchObject({
      status: 409,
      json: { code: 'wrong-phase', phase },
    })
  })
})

describe('what is asked of the wrong phase', () => {
  it.each([
    ['registered', 'rollback', 'wrong-phase'],
    ['adopted', 'rollback', 'wrong-phase'],
    ['adopted', 'release', 'wrong-phase'],
    ['shifting', 'abandon', 'roll-back-first'],
    ['soaking', 'abandon', 'roll-back-first'],
    ['retired', 'rollback', 'past-point-of-no-return'],
    ['retired', 'advance', 'wrong-phase'],
    ['released', 'advance', 'wrong-phase'],
    ['abandoned', 'release', 'wrong-phase'],
  ] as const)('is refused: %s, %s: %s', async (phase, action, code) => {
    await place(phase)
    const { status, type, json } = await api.post(`${path}/${action}`, action === 'advance' ? {} : reason)
    expect([status, type, json['code']]).toEqual([409, 'application/problem+json; charset=utf-8', code])
    expect(json['detail']).toMatch(new RegExp(`^search is ${phase}: `))
  })
})

describe('an advance', () => {
  it('is refused with each gate that is not open, its sentence and its numbers', async () => {
    await place('soaking', { state: { ...states.soaking, since: Date.now(), confirmation } })
    const { status, json } = await api.post(`${path}/advance`, {})
    expect([status, json['code']]).toEqual([409, 'gate-closed'])
    const gates = json['gates'] as { name: string; state: string; numbers: object }[]
    expect(gates.map(({ name, state }) => [name, state])).toEqual([
      ['split-in-effect', 'unknown'],
      ['groups-apart', 'unknown'],
      ['green-enough', 'unknown'],
      ['soak-elapsed', 'closed'],
      ['blue-idle', 'unknown'],
      ['blue-settled', 'closed'],
    ])
    expect(gates.at(3)?.numbers).toEqual({ seconds: 0, neededSeconds: 86_400 })
  })

  it('is refused outside the change windows of its migration, unless the workload has its own', async () => {
    const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
    const window = { days: days[(new Date().getUTCDay() + 3) % 7], from: '09:00', to: '16:00', timeZone: 'UTC' }
    const apply = (own: object) =>
      api.send('PUT', `/v1/migrations/${migration}`, { ...document({ search: own }, migration), windows: [window] })
    expect((await apply({})).status).toBe(200)
    await place('shifting')
    const closed = async () => {
      const gates = (await api.post(`${path}/advance`, {})).json['gates'] as { name: string; sentence: string }[]
      return gates.find(({ name }) => name === 'window-open')?.sentence
    }
    expect(await closed()).toMatch(/^changes may be made again from \w{3} \d+ \w+ 09:00 \(UTC\)$/)
    expect((await apply({ windows: [] })).status).toBe(200)
    expect(await closed()).toBeUndefined()
  })

  it('is refused while an operation is under way, which is named', async () => {
    await place('adopted')
    const { id } = await addOperation({ from: 'adopted', to: 'prepared' })
    expect(await api.post(`${path}/advance`, {})).toMatchObject({
      status: 409,
      json: { code: 'operation-in-progress', operation: { id, action: 'advance' } },
    })
  })

  it('is refused when another workload has the switch point', async () => {
    const workload = await api.store.read.workloads.get(migration, 'search')
    const rule = (workload?.entry as { rule?: string } | undefined)?.rule ?? ''
    await api.write((work) => work.claims.take([rule], 'other', 'search'))
    const { status, json } = await api.post(`${path}/advance`, {})
    expect([status, json]).toMatchObject([409, { code: 'switch-point-claimed', id: rule, holder: 'other/search' }])
    await api.write((work) => work.claims.release('other', 'search'))
  })

  it.each(['advance', 'plan'])('cannot be begun while AWS does not answer: %s', async (action) => {
    const { status, json, headers } = await api.post(`${path}/${action}`, {})
    expect([status, json['code'], headers['retry-after']]).toEqual([503, 'aws-failed', '2'])
    expect(json['detail']).toMatch(/ECONNREFUSED/)
    expect((await api.get(`${path}/history`)).json['items']).toEqual([])
  })
})

describe('an operation', () => {
  it('is accepted with its place, then carried out, told and counted', async () => {
    await api.post(`${path}/holds`, reason)
    const { status, json, headers } = await api.post(`${path}/abandon`, { reason: 'not this year' })
    expect(status).toBe(202)
    expect(headers['location']).toBe(`/v1/operations/${json['id']}`)
    expect(json).toMatchObject({ action: 'abandon', state: 'queued', from: 'registered', to: 'abandoned' })
    const ended = await api.ended(String(json['id']))
    expect(ended).toMatchObject({ state: 'succeeded', reason: 'not this year', requestedBy: 'operator', error: null })
    expect((await api.get(path)).json).toMatchObject({
      phase: 'abandoned',
      status: 'ended',
      holds: [],
      operation: ended,
    })
    expect((await api.get(`${path}/history`)).json).toEqual({ items: [ended], next: null })
  })

  it('that failed tells why, as a problem', async () => {
    const { id, fence } = await addOperation()
    const error = { code: 'invariant-violated', message: 'it would delete x', details: { violations: ['x'] } }
    await api.write((work) => work.operations.finish({ id, fence }, 'failed', { error }))
    expect((await api.get(`/v1/operations/${id}`)).json).toMatchObject({
      state: 'failed',
      error: {
        type: 'urn:eks-cutover:error:invariant-violated',
        code: 'invariant-violated',
        status: 409,
        detail: 'it would delete x',
        violations: ['x'],
      },
    })
  })

  it('is told newest first, page by page', async () => {
    const ids: string[] = []
    for (let n = 0; n < 5; n += 1) {
      const { id, fence } = await addOperation()
      await api.write((work) => work.operations.finish({ id, fence }, 'succeeded', {}))
      ids.unshift(id)
    }
    const seen: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const { json } = await api.get(`${path}/history?limit=2${next ? `&cursor=${next}` : ''}`)
      seen.push(...(json['items'] as { id: string }[]).map(({ id }) => id))
      next = json['next']
    }
    expect(seen).toEqual(ids)
  })

  it('has its plan in its result', async () => {
    const { id, fence } = await addOperation({ action: 'plan' })
    const result = { hash: 'plan-1', stages: [{ stage: 'adopted', lines: ['x'] }], wayBack: { action: 'abandon' } }
    await api.write((work) => work.operations.finish({ id, fence }, 'succeeded', { result }))
    expect((await api.get(`/v1/operations/${id}`)).json['result']).toEqual(result)
  })
})

describe('what CI and people read', () => {
  const outputs = {
    schemaVersion: 1 as const,
    migration: 'm',
    workload: 'search',
    kind: 'alb',
    stage: 'adopted' as const,
    split: { blue: 100, green: 0 },
    frontDoor: 'internal-shop-1.elb.amazonaws.com',
    targetGroups: { blue: 'arn:blue', green: null },
    switchPoint: 'arn:rule',
    testRoute: null,
  }

  it('is the stack’s own document', async () => {
    expect((await api.get(`${path}/outputs`)).json).toMatchObject({ status: 404, code: 'not-found' })
    await place('adopted', { outputs })
    expect((await api.get(`${path}/outputs`)).json).toEqual(outputs)
    // what another release has written is told as it is
    const other = { ...outputs, stage: 'paused', later: { member: 1 } } as never
    await place('adopted', { outputs: other })
    expect((await api.get(`${path}/outputs`)).json).toEqual(other)
  })

  it('is how to run the stack by hand, once there is one', async () => {
    expect((await api.get(`${path}/by-hand`)).status).toBe(404)
    await place('adopted', { stage: stages.adopted })
    const { json } = await api.get(`${path}/by-hand`)
    expect(json['preview']).toContain(`--stack ${migration}.search --config-file `)
    expect(json['upNeeds']).toContain('eks-cutover:byHand true')
  })
})

describe('while the service starts or stops', () => {
  it('nothing is accepted, and everything can be read', async () => {
    await place('shifting')
    api.cutover.accept(false)
    try {
      for (const [action, body] of [
        ['plan', {}],
        ['advance', {}],
        ['rollback', reason],
        ['abandon', reason],
        ['release', reason],
      ] as const) {
        const { status, json, headers } = await api.post(`${path}/${action}`, body)
        expect([status, json['code'], headers['retry-after']]).toEqual([503, 'not-accepting', '2'])
      }
      expect((await api.get('/readyz')).status).toBe(503)
      expect((await api.get(path)).status).toBe(200)
      expect((await api.get('/healthz')).json).toEqual({ status: 'ok' })
    } finally {
      api.cutover.accept(true)
    }
    expect(await api.get('/readyz')).toMatchObject({ status: 200, json: { status: 'ok' } })
  })
})
