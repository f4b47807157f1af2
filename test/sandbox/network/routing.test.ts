import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptConditions } from '../../../sandbox/cloud/elbv2/conditions.ts'
import { compileConditions, type RequestFacts } from '../../../sandbox/network/conditions.ts'
import { WeightedChoice } from '../../../sandbox/network/weights.ts'

describe('conditions', () => {
  const request: RequestFacts = {
    method: 'GET',
    host: 'shop.example.com',
    path: '/img/a.png',
    query: 'version=2&debug',
    headers: { 'x-test': 'Green', cookie: 'a=1' },
    sourceIp: '10.1.2.3',
  }
  const config = (Field: string, name: string, Values: unknown[], more: object = {}) =>
    [{ Field, [name]: { Values, ...more } }] as RuleCondition[]
  const host = (...values: string[]) => config('host-header', 'HostHeaderConfig', values)
  const path = (...values: string[]) => config('path-pattern', 'PathPatternConfig', values)
  const header = (HttpHeaderName: string, ...values: string[]) =>
    config('http-header', 'HttpHeaderConfig', values, { HttpHeaderName })
  const query = (...values: object[]) => config('query-string', 'QueryStringConfig', values)
  const method = (...values: string[]) => config('http-request-method', 'HttpRequestMethodConfig', values)
  const source = (...values: string[]) => config('source-ip', 'SourceIpConfig', values)

  test.each([
    ['a host', host('shop.example.com'), true],
    ['a host in capitals', host('SHOP.example.com'), true],
    ['a host with a wildcard', host('*.example.com'), true],
    ['a host where the dot is no wildcard', host('shopxexample.com'), false],
    ['a path with a wildcard', path('/img/*'), true],
    ['a path with a question mark', path('/img/?.png'), true],
    ['a path is case-sensitive', path('/IMG/*'), false],
    ['a path as a whole', path('/img'), false],
    ['any of the values', path('/x', '/img/*'), true],
    ['a header', header('X-Test', 'green'), true],
    ['a header that is not there', header('X-Other', '*'), false],
    ['a query pair', query({ Key: 'version', Value: '?' }), true],
    ['a query value of another key', query({ Key: 'other', Value: '2' }), false],
    ['a query value of any key', query({ Value: '2' }), true],
    ['a method', method('POST', 'GET'), true],
    ['another method', method('POST'), false],
    ['a source', source('10.0.0.0/8'), true],
    ['another source', source('10.2.0.0/16', '2001:db8::/32'), false],
    ['all of several', [...host('shop.*'), ...path('/img/*')], true],
    ['one of several not', [...host('shop.*'), ...path('/css/*')], false],
    ['a regular expression', [{ Field: 'path-pattern', RegexValues: ['/img/[a-c]\\.png'] }], true],
  ])('%s', (_what, conditions, matches) => {
    expect(compileConditions(acceptConditions(conditions))(request)).toBe(matches)
  })
})

describe('weights', () => {
  const weighted = fc.uniqueArray(
    fc.record({ arn: fc.string({ minLength: 1 }), weight: fc.integer({ min: 0, max: 999 }) }),
    {
      selector: ({ arn }) => arn,
      minLength: 1,
      maxLength: 5,
    },
  )

  test('are met exactly in every round', () => {
    fc.assert(
      fc.property(weighted, fc.integer({ min: 1, max: 3 }), (entries, rounds) => {
        const choice = new WeightedChoice(entries)
        const total = entries.reduce((sum, { weight }) => sum + weight, 0)
        const seen = new Map<string | undefined, number>()
        for (let turn = 0; turn < total * rounds; turn += 1) {
          const arn = choice.next()
          seen.set(arn, (seen.get(arn) ?? 0) + 1)
        }
        for (const { arn, weight } of entries) expect(seen.get(arn) ?? 0).toBe(weight * rounds)
      }),
      { numRuns: 30 },
    )
  })

  test('all zero choose nothing', () => {
    expect(new WeightedChoice([{ arn: 'a', weight: 0 }]).next()).toBeUndefined()
  })

  test('are spread within a round', () => {
    const choice = new WeightedChoice([
      { arn: 'blue', weight: 90 },
      { arn: 'green', weight: 10 },
    ])
    const turns = Array.from({ length: 100 }, () => choice.next())
    const green = turns.flatMap((arn, index) => (arn === 'green' ? [index] : []))
    expect(Math.max(...green.slice(1).map((index, position) => index - (green[position] ?? 0)))).toBeLessThanOrEqual(11)
  })
})
