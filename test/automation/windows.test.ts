import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeTime, describeMoment, faultOfWindow, windowsOf } from '../../automation/windows.ts'
import type { ChangeWindow } from '../../infra/workloads/entry.ts'

const window = (change: Partial<ChangeWindow> = {}): ChangeWindow => ({
  days: 'Mon-Thu',
  from: '09:00',
  to: '16:00',
  timeZone: 'Europe/Berlin',
  ...change,
})

const at = (text: string): number => Date.parse(text)
const iso = (instant: number | undefined): string | undefined =>
  instant === undefined ? undefined : new Date(instant).toISOString().replace(':00.000Z', 'Z')

/** Open or not, and until when, in UTC. */
const told = (windows: readonly ChangeWindow[], now: string) => {
  const { open, until } = changeTime(windows, at(now))
  return [open, iso(until?.at)]
}

describe('a change window', () => {
  it.each([
    // 23 Nov 2026 is a Monday; Berlin is an hour ahead of UTC
    ['before it begins', '2026-11-23T07:59:59Z', false, '2026-11-23T08:00Z'],
    ['as it begins', '2026-11-23T08:00:00Z', true, '2026-11-23T15:00Z'],
    ['as it ends', '2026-11-23T15:00:00Z', false, '2026-11-24T08:00Z'],
    ['on its last day', '2026-11-26T14:59:59Z', true, '2026-11-26T15:00Z'],
    ['on a day that is not one of its', '2026-11-27T10:00:00Z', false, '2026-11-30T08:00Z'],
  ])('%s', (_when, now, open, until) => {
    expect(told([window()], now)).toEqual([open, until])
  })

  it.each([
    ['spring', '2026-03-28T12:00:00Z', '2026-03-29T07:00Z'],
    ['autumn', '2026-10-24T12:00:00Z', '2026-10-25T08:00Z'],
  ])('begins at the same time by the clock on the wall after %s has changed it', (_season, now, opens) => {
    expect(told([window({ days: 'Sun' })], now)).toEqual([false, opens])
  })

  it('begins where the clock jumps when its beginning is left out', () => {
    const night = window({ days: 'Sun', from: '02:30', to: '04:00' })
    expect(told([night], '2026-03-29T00:59:00Z')).toEqual([false, '2026-03-29T01:00Z'])
    expect(told([night], '2026-03-29T01:00:00Z')).toEqual([true, '2026-03-29T02:00Z'])
  })

  it('is open twice when its hour comes twice', () => {
    const night = window({ days: 'Sun', from: '02:00', to: '02:30' })
    expect(told([night], '2026-10-25T00:10:00Z')).toEqual([true, '2026-10-25T00:30Z'])
    expect(told([night], '2026-10-25T00:45:00Z')).toEqual([false, '2026-10-25T01:00Z'])
    expect(told([night], '2026-10-25T01:10:00Z')).toEqual([true, '2026-10-25T01:30Z'])
  })

  it('goes on past midnight where it ends before it begins, and belongs to the day on which it begins', () => {
    const night = [window({ days: 'Fri', from: '22:00', to: '06:00', timeZone: 'UTC' })]
    expect(told(night, '2026-11-27T21:59:00Z')).toEqual([false, '2026-11-27T22:00Z'])
    expect(told(night, '2026-11-28T05:00:00Z')).toEqual([true, '2026-11-28T06:00Z'])
    expect(told(night, '2026-11-27T05:00:00Z')).toEqual([false, '2026-11-27T22:00Z'])
  })

  it('may be on days over the end of a week, and end with its day', () => {
    const weekend = [window({ days: 'Sat-Mon', from: '00:00', to: '24:00', timeZone: 'UTC' })]
    expect(told(weekend, '2026-11-28T00:00:00Z')).toEqual([true, '2026-12-01T00:00Z'])
    expect(told(weekend, '2026-11-24T00:00:00Z')).toEqual([false, '2026-11-28T00:00Z'])
  })

  it('joins another one that it touches', () => {
    const day = [window({ to: '12:00' }), window({ from: '12:00' })]
    expect(told(day, '2026-11-23T09:00:00Z')).toEqual([true, '2026-11-23T15:00Z'])
  })

  it('that is always open has no end, and none at all limits nothing', () => {
    expect(told([window({ days: 'Mon-Sun', from: '00:00', to: '24:00' })], '2026-11-23T09:00:00Z')).toEqual([
      true,
      undefined,
    ])
    expect(changeTime([], 0)).toEqual({ open: true, until: null })
  })

  it('ends and begins when a look at every minute says so', () => {
    const anyTime = fc.integer({ min: 0, max: 95 }).map((quarter) => {
      const [hours, minutes] = [Math.floor(quarter / 4), (quarter % 4) * 15]
      return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
    })
    const anyWindow = fc
      .record({
        days: fc.constantFrom('Mon-Thu', 'Sun', 'Sat,Sun', 'Fri-Mon', 'Mon-Sun'),
        from: anyTime,
        to: anyTime,
        timeZone: fc.constantFrom('Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns', 'UTC'),
      })
      .filter((one) => faultOfWindow(one) === null)
    // the days around which these zones change their clocks
    const anyNow = fc
      .tuple(
        fc.constantFrom('2026-03-28', '2026-04-04', '2026-10-03', '2026-10-24', '2026-11-01', '2026-03-07'),
        fc.nat(2 * 1440),
      )
      .map(([day, minute]) => at(`${day}T00:00:00Z`) + minute * 60_000)
    fc.assert(
      fc.property(fc.array(anyWindow, { minLength: 1, maxLength: 2 }), anyNow, (windows, now) => {
        const { open, until } = changeTime(windows, now)
        const end = Math.min(until?.at ?? Infinity, now + 2 * 86_400_000)
        for (let minute = now; minute < end; minute += 60_000) {
          expect(changeTime(windows, minute).open, iso(minute)).toBe(open)
        }
        if (until) expect(changeTime(windows, until.at).open).toBe(!open)
      }),
      { numRuns: 25 },
    )
  })
})

describe('whose windows count', () => {
  const own = [window({ days: 'Sat' })]
  it.each([
    ['the migration’s where a workload has none', undefined, [window()]],
    ['a workload’s own', own, own],
    ['none where a workload’s list is empty', [], []],
  ])('%s', (_what, windows, expected) => {
    expect(windowsOf(windows ? { windows } : {}, { windows: [window()] })).toEqual(expected)
  })
})

describe('what a schema cannot say of a window', () => {
  it.each([
    ['nothing', {}, null],
    ['a zone that there is not', { timeZone: 'Europe/Atlantis' }, 'timeZone'],
    ['no time', { to: '09:00' }, 'to'],
  ])('%s', (_what, change, key) => {
    expect(faultOfWindow(window(change))?.key ?? null).toBe(key)
  })
})

it('a moment is told by the clock on the wall', () => {
  expect(describeMoment({ at: at('2026-11-30T08:00:00Z'), timeZone: 'Europe/Berlin' })).toBe(
    'Mon 30 Nov 09:00 (Europe/Berlin)',
  )
})
