import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemOf, statusOf } from '../../api/errors.ts'
import { CutoverError, errorCodes, failureOf, type ErrorCode } from '../../automation/errors.ts'
import { TestApi } from './service.ts'

const codes = Object.keys(errorCodes) as ErrorCode[]

describe('every error code', () => {
  it.each(codes)('%s has a status of an error, a sentence, and a problem that says both', (code) => {
    expect(statusOf[code]).toBeGreaterThanOrEqual(400)
    expect(errorCodes[code]).toMatch(/^[A-Z].*\.$/)
    expect(problemOf(code, 'what happened')).toEqual({
      type: `urn:eks-cutover:error:${code}`,
      title: errorCodes[code],
      status: statusOf[code],
      code,
      detail: 'what happened',
    })
  })

  it('is in the table of statuses, and nothing else is', () => {
    expect(Object.keys(statusOf).sort()).toEqual([...codes].sort())
  })
})

describe('a problem', () => {
  it('has members of its own that no detail can replace', () => {
    const details = { status: 200, code: 'fine', type: 'x', title: 'y', detail: 'z', holder: 'other/search' }
    expect(problemOf('held', 'held by ops', details)).toEqual({
      ...problemOf('held', 'held by ops'),
      holder: 'other/search',
    })
  })
})

describe('what goes wrong in an operation', () => {
  it('keeps the code, the sentence and what a caller can act on', () => {
    expect(failureOf(new CutoverError('gate-closed', 'not yet', { gates: [] }))).toEqual({
      code: 'gate-closed',
      message: 'not yet',
      details: { gates: [] },
    })
    expect(failureOf(new Error('boom'))).toEqual({ code: 'engine-failed', message: 'boom' })
    expect(failureOf('boom')).toEqual({ code: 'engine-failed', message: 'boom' })
  })

  it('keeps its cause for the log', () => {
    const cause = new Error('socket hang up')
    expect(new CutoverError('aws-failed', 'no answer', {}, cause).cause).toBe(cause)
  })
})

describe('an error that nobody expected', () => {
  let api: TestApi
  beforeAll(async () => void (api = await TestApi.start({ journal: false })))
  afterAll(() => api.stop())

  it.each(['/v1/migrations', '/v1/migrations/a', '/v1/migrations/a/workloads/b', '/v1/operations/op-1'])(
    'at %s says nothing of what it was',
    async (url) => {
      const { status, type, json } = await api.get(url)
      expect([status, type]).toEqual([500, 'application/problem+json; charset=utf-8'])
      expect(json).toEqual({
        type: 'urn:eks-cutover:error:internal',
        title: 'Internal error.',
        status: 500,
        code: 'internal',
        detail: 'The service could not answer; its log says why.',
      })
    },
  )
})
