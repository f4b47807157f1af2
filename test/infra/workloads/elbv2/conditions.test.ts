import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conditionOf, valueCount, type Condition } from '../../../../infra/workloads/elbv2/conditions.ts'
import { anyCondition } from '../alb/fixture.ts'

type Plain = Record<string, any>

/** A program's condition as the SDK would write it: the way back, for the round trip. */
function sdkConditionOf(condition: Condition): RuleCondition {
  const { hostHeader, pathPattern, httpHeader, httpRequestMethod, sourceIp, queryStrings } = condition as Plain
  const matched = ({ values, regexValues }: Plain) => ({
    ...(values ? { Values: values } : {}),
    ...(regexValues ? { RegexValues: regexValues } : {}),
  })
  if (hostHeader) return { HostHeaderConfig: matched(hostHeader) }
  if (pathPattern) return { PathPatternConfig: matched(pathPattern) }
  if (httpHeader) return { HttpHeaderConfig: { HttpHeaderName: httpHeader.httpHeaderName, ...matched(httpHeader) } }
  if (httpRequestMethod) return { HttpRequestMethodConfig: { Values: httpRequestMethod.values } }
  if (sourceIp) return { SourceIpConfig: { Values: sourceIp.values } }
  const pairs = (queryStrings as Plain[]).map(({ key, value }) => ({ ...(key ? { Key: key } : {}), Value: value }))
  return { QueryStringConfig: { Values: pairs } }
}

describe('conditions', () => {
  it('of every type keep all that they say on the way into a program and back', () => {
    fc.assert(
      fc.property(anyCondition, (condition) => {
        const { Field: _field, Values: _old, ...typed } = condition
        expect(sdkConditionOf(conditionOf(condition))).toEqual(typed)
      }),
    )
  })

  it('become exactly one member', () => {
    fc.assert(fc.property(anyCondition, (one) => Object.keys(conditionOf(one)).length === 1))
  })

  it('of old rules come with Field and Values alone', () => {
    expect(conditionOf({ Field: 'host-header', Values: ['a'] })).toEqual({ hostHeader: { values: ['a'] } })
    expect(conditionOf({ Field: 'path-pattern', Values: ['/a'] })).toEqual({ pathPattern: { values: ['/a'] } })
  })

  it('of an unknown type are an error and never an empty condition, which would match everything', () => {
    expect(() => conditionOf({ Field: 'moon-phase', Values: ['full'] })).toThrow(/moon-phase/)
    expect(() => conditionOf({})).toThrow(RangeError)
  })
})

describe('valueCount', () => {
  it('counts each value once, also where AWS tells it twice', () => {
    fc.assert(
      fc.property(fc.array(anyCondition, { maxLength: 3 }), (conditions) => {
        const typed = conditions.map(({ Field: _field, Values: _old, ...one }) => one)
        const values = typed.flatMap((one) => Object.values(one).flatMap((c: Plain) => c.Values ?? c.RegexValues))
        expect(valueCount(conditions)).toBe(values.length)
      }),
    )
  })

  it('counts the values of old rules', () => {
    expect(valueCount([{ Field: 'host-header', Values: ['a', 'b'] }])).toBe(2)
  })
})
