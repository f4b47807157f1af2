import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createClock, describeSeconds, parseDuration } from '../../automation/clock.ts'

describe('parseDuration', () => {
  const seconds = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }

  it('reads a number with one unit as seconds', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.constantFrom('ms', 's', 'm', 'h', 'd'), (amount, unit) => {
        expect(parseDuration(`${amount}${unit}`)).toBeCloseTo(amount * seconds[unit as 's'], 6)
      }),
    )
    expect(parseDuration('0')).toBe(0)
  })

  it.each(['', '5', 'm', '5 m', '1.5h', '-5m', '5m30s', '5M', 'soon', '00', '1e3s', ' 5m'])(
    'throws on %j and never guesses',
    (text) => expect(() => parseDuration(text)).toThrow(RangeError),
  )
})

describe('describeSeconds', () => {
  it.each([
    [0, '0 s'],
    [0.4137, '0.4 s'],
    [59.6, '60 s'],
    [119, '119 s'],
    [300, '5 min'],
    [5400, '90 min'],
    [7200, '2 h'],
    [86_400, '24 h'],
    [3 * 86_400, '3 d'],
  ])('tells %d as %s', (value, text) => expect(describeSeconds(value)).toBe(text))
})

describe('a clock with a rate', () => {
  it('lets as much product time pass as the rate says', () => {
    const before = Date.now() - 1000
    const passed = createClock(60).secondsSince(before)
    expect(passed).toBeGreaterThanOrEqual(60)
    expect(createClock(1).secondsSince(before)).toBeLessThan(passed)
  })

  it('waits on the wall for the rate-th part', () => {
    expect(createClock(60).wallMs(30)).toBe(500)
    expect(createClock().wallMs(30)).toBe(30_000)
  })

  it('wakes up', async () => {
    await expect(createClock(1000).sleep(1)).resolves.toBeUndefined()
  })

  it('is woken by its signal, with the reason', async () => {
    const stop = new AbortController()
    const slept = createClock().sleep(3600, stop.signal)
    stop.abort(new Error('the service is stopping'))
    await expect(slept).rejects.toThrow('the service is stopping')
    await expect(createClock().sleep(3600, stop.signal)).rejects.toThrow('the service is stopping')
  })
})
