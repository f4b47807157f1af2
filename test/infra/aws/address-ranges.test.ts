import { describe, expect, it } from 'vitest'
import { covers } from '../../../infra/aws/address-ranges.ts'

describe('covers', () => {
  it.each([
    ['10.0.0.0/8', '10.0.64.0/18'],
    ['10.0.0.0/18', '10.0.0.0/18'],
    ['0.0.0.0/0', '203.0.113.7/32'],
    ['2001:db8::/32', '2001:db8:1::/48'],
    ['::/0', '2001:db8::/32'],
  ])('%s covers %s', (outer, inner) => expect(covers(outer, inner)).toBe(true))

  it.each([
    ['10.0.0.0/18', '10.0.64.0/18'],
    ['10.0.0.0/18', '10.0.0.0/16'],
    ['0.0.0.0/0', '2001:db8::/32'],
    ['::/0', '10.0.0.0/8'],
  ])('%s does not cover %s', (outer, inner) => expect(covers(outer, inner)).toBe(false))
})
