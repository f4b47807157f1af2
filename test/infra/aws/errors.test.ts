import { describe, expect, it } from 'vitest'
import { describeAwsError, isTransient } from '../../../infra/aws/errors.ts'

const awsError = (name: string, httpStatusCode?: number): Error =>
  Object.assign(new Error('Rate exceeded'), { name, $metadata: { httpStatusCode, requestId: '1234' } })

describe('an error of AWS', () => {
  it.each([
    ['throttling', awsError('ThrottlingException', 400)],
    ['throttling in the words of EC2', awsError('RequestLimitExceeded', 503)],
    ['a failure of AWS', awsError('InternalFailure', 500)],
    ['no answer', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
    ['a time-out', awsError('TimeoutError')],
  ])('is worth another try: %s', (_what, error) => expect(isTransient(error)).toBe(true))

  it.each([
    ['a refusal', awsError('AccessDenied', 403)],
    ['something that is not there', awsError('RuleNotFoundException', 400)],
    ['what is no error at all', 'ThrottlingException'],
    ['a fault of our own', new TypeError('x is not a function')],
  ])('is not: %s', (_what, error) => expect(isTransient(error)).toBe(false))

  it("is told in AWS's own words, with the request that support asks for", () => {
    expect(describeAwsError(awsError('ThrottlingException', 400))).toBe(
      'ThrottlingException: Rate exceeded (request 1234)',
    )
  })

  it('without an answer is told by its code', () => {
    expect(describeAwsError(Object.assign(new Error(''), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED: no answer')
    expect(describeAwsError('odd')).toBe('odd')
  })
})
