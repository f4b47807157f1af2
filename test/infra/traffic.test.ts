import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  describeSplit,
  home,
  inEffect,
  moved,
  roleOf,
  sameSplit,
  splitFor,
  splitOfWeights,
} from '../../infra/traffic.ts'

const percent = fc.integer({ min: 0, max: 100 })
const weight = fc.integer({ min: 0, max: 999 })

describe('splitFor', () => {
  it('gives two integers that sum to 100', () => {
    fc.assert(
      fc.property(percent, (green) => {
        const split = splitFor(green)
        expect(split.green).toBe(green)
        expect(split.blue + split.green).toBe(100)
      }),
    )
  })

  it('throws on anything that is not an integer from 0 to 100', () => {
    const wrong = fc.oneof(
      fc.integer({ max: -1 }),
      fc.integer({ min: 101 }),
      fc.double({ noInteger: true }),
      fc.constantFrom(NaN, Infinity, -Infinity),
    )
    fc.assert(fc.property(wrong, (green) => void expect(() => splitFor(green)).toThrow(RangeError)))
  })
})

describe('splitOfWeights', () => {
  it('gives back every split that was written as weights', () => {
    fc.assert(fc.property(percent, (green) => void expect(splitOfWeights(splitFor(green))).toEqual(splitFor(green))))
  })

  it('is a split, or null when nobody is told where to send traffic', () => {
    fc.assert(
      fc.property(weight, weight, (blue, green) => {
        const split = splitOfWeights({ blue, green })
        if (blue + green === 0) return void expect(split).toBeNull()
        expect((split?.blue ?? 0) + (split?.green ?? 0)).toBe(100)
      }),
    )
  })

  it('leaves at least 1 % to a side with any weight and nothing to a side without', () => {
    fc.assert(
      fc.property(weight, weight, (blue, green) => {
        const split = splitOfWeights({ blue, green })
        fc.pre(split !== null)
        expect(split.blue > 0).toBe(blue > 0)
        expect(split.green > 0).toBe(green > 0)
      }),
    )
  })
})

describe('a split', () => {
  it('equals only the same split, and nothing equals a split that could not be read', () => {
    fc.assert(
      fc.property(percent, percent, (a, b) => {
        expect(sameSplit(splitFor(a), splitFor(b))).toBe(a === b)
        expect(sameSplit(splitFor(a), null)).toBe(false)
      }),
    )
  })

  it('has exactly one live side, which is blue until green has more', () => {
    fc.assert(
      fc.property(percent, (green) => {
        expect(roleOf('green', splitFor(green))).toBe(green > 50 ? 'live' : 'candidate')
        expect(roleOf('blue', splitFor(green))).not.toBe(roleOf('green', splitFor(green)))
      }),
    )
  })

  it('is told in percent', () => {
    expect([home, moved].map(describeSplit)).toEqual(['blue 100 % / green 0 %', 'blue 0 % / green 100 %'])
  })
})

describe('inEffect', () => {
  it('wants percent to the digit', () => {
    expect(inEffect('percent', splitFor(10), splitFor(10))).toBe(true)
    expect(inEffect('percent', splitFor(10), splitFor(11))).toBe(false)
    expect(inEffect('all-or-nothing', moved, home)).toBe(false)
  })

  it('wants of a mixture by targets only that both sides have some', () => {
    fc.assert(
      fc.property(percent, (green) => {
        const mixed = green > 0 && green < 100
        expect(inEffect('by-targets', splitFor(50), splitFor(green))).toBe(mixed)
      }),
    )
    expect(inEffect('by-targets', home, splitFor(1))).toBe(false)
    expect(inEffect('by-targets', moved, splitFor(99))).toBe(false)
  })

  it('is false of what is neither side', () => {
    for (const grain of ['percent', 'all-or-nothing', 'by-targets'] as const) {
      expect(inEffect(grain, splitFor(50), null)).toBe(false)
    }
  })
})
