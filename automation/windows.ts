import type { ChangeWindow } from '../infra/workloads/entry.ts'
import type { Inventory, WorkloadEntry } from './inventory.ts'
import type { Instant } from './migration.ts'

/** Is it the time for changes? `until`: when that ends, or when it next is; null: nothing limits it. */
export interface ChangeTime {
  readonly open: boolean
  readonly until: { readonly at: Instant; readonly timeZone: string } | null
}

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
const minuteMs = 60_000
const dayMinutes = 24 * 60
const dayMs = dayMinutes * minuteMs

/** A workload's own windows, else its migration's. None, or an empty list: changes may be made at any time. */
export const windowsOf = (
  { windows }: Pick<WorkloadEntry, 'windows'>,
  inventory: Pick<Inventory, 'windows'>,
): readonly ChangeWindow[] => windows ?? inventory.windows ?? []

/**
 * Pure. A window is open by what the clock on the wall shows in its time zone, and nothing else is asked: so an hour that comes twice
 * when summer time ends is in it twice, and one that is left out when it begins is in none.
 */
export function changeTime(windows: readonly ChangeWindow[], now: Instant): ChangeTime {
  if (windows.length === 0) return { open: true, until: null }
  const isOpen = (at: Instant): boolean => windows.some((window) => contains(window, at))
  const open = isOpen(now)
  const at = nextChange(windows, now, isOpen)
  // every day and around the clock
  if (at === null) return { open, until: null }
  const beside = windows.find((window) => contains(window, open ? at - minuteMs : at))
  return { open, until: { at, timeZone: beside?.timeZone ?? 'UTC' } }
}

/** What is wrong with a window that its schema lets through; null: nothing. */
export function faultOfWindow({ from, to, timeZone }: ChangeWindow): { key: string; message: string } | null {
  if (from === to) return { key: 'to', message: 'from and to are the same, so the window is never or always open' }
  try {
    formatOf(timeZone)
    return null
  } catch {
    return { key: 'timeZone', message: `there is no time zone ${timeZone}; names are e.g. Europe/Berlin and UTC` }
  }
}

/** One that ends before it begins goes on past midnight, and belongs to the day on which it begins. */
function contains({ days, from, to, timeZone }: ChangeWindow, at: Instant): boolean {
  const { day, minute } = onTheWall(at, timeZone)
  const [begins, ends] = [minuteOf(from), minuteOf(to)]
  const on = daysOf(days)
  if (begins < ends) return on.has(day) && begins <= minute && minute < ends
  return (on.has(day) && begins <= minute) || (on.has((day + 6) % 7) && minute < ends)
}

/**
 * The first minute after `now` at which `isOpen` is another. It can only change where a wall clock shows a window's beginning or end,
 * or where it jumps, so not twice between two such candidates. null: not in eight days.
 */
function nextChange(windows: readonly ChangeWindow[], now: Instant, isOpen: (at: Instant) => boolean): Instant | null {
  const open = isOpen(now)
  return candidates(windows, now).find((at) => isOpen(at) !== open) ?? null
}

/** In rising order. */
function candidates(windows: readonly ChangeWindow[], now: Instant): Instant[] {
  const found = new Set<Instant>()
  for (const { from, to, timeZone } of windows) {
    for (let near = now - dayMs; near <= now + 8 * dayMs; near += dayMs) {
      const [before, after] = [offsetAt(near, timeZone), offsetAt(near + dayMs, timeZone)]
      if (before !== after) found.add(jumpBetween(near, near + dayMs, timeZone))
      for (const offset of new Set([before, after])) {
        const midnight = Math.floor((near / minuteMs + offset) / dayMinutes) * dayMinutes
        for (const time of [from, to]) found.add((midnight + minuteOf(time) - offset) * minuteMs)
      }
    }
  }
  return [...found].filter((at) => at > now).sort((a, b) => a - b)
}

/** The first minute after `from` with the offset that there is at `to`. */
function jumpBetween(from: Instant, to: Instant, timeZone: string): Instant {
  const offset = offsetAt(to, timeZone)
  let [before, after] = [floor(from), floor(to)]
  while (after - before > minuteMs) {
    const middle = floor((before + after) / 2)
    if (offsetAt(middle, timeZone) === offset) after = middle
    else before = middle
  }
  return after
}

/** Minutes that a zone is ahead of UTC. */
function offsetAt(at: Instant, timeZone: string): number {
  const { days, minute } = onTheWall(at, timeZone)
  return days * dayMinutes + minute - floor(at) / minuteMs
}

const floor = (at: number): Instant => Math.floor(at / minuteMs) * minuteMs

/** `day`: 0 for Monday; `days`: since the epoch; `minute`: of the day. */
function onTheWall(at: Instant, timeZone: string): { day: number; days: number; minute: number } {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts
  const days = Date.UTC(year, month - 1, day) / dayMs
  // the epoch was a Thursday
  return { day: (((days + 3) % 7) + 7) % 7, days, minute: hour * 60 + minute }
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making one takes a thousand times as long as using it. Throws RangeError for a zone that is not known. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const made = formats.get(timeZone)
  if (made) return made
  const numeric = 'numeric' as const
  const fields = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric }
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, calendar: 'gregory', hourCycle: 'h23', ...fields })
  formats.set(timeZone, format)
  return format
}

/** `24:00` is the end of a day. */
function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

/** `Mon-Thu,Sat`; a range may go over the end of the week. */
function daysOf(days: string): ReadonlySet<number> {
  const indexOf = (name: string): number => dayNames.indexOf(name as (typeof dayNames)[number])
  const found = new Set<number>()
  for (const range of days.split(',')) {
    const [first = '', last = first] = range.split('-')
    const length = (indexOf(last) - indexOf(first) + 7) % 7
    for (let step = 0; step <= length; step += 1) found.add((indexOf(first) + step) % 7)
  }
  return found
}

/** `Mon 23 Nov 09:00 (Europe/Berlin)`. For sentences. */
export function describeMoment({ at, timeZone }: NonNullable<ChangeTime['until']>): string {
  const { day, minute } = onTheWall(at, timeZone)
  const date = new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'short' }).format(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${dayNames[day]} ${date} ${two(Math.floor(minute / 60))}:${two(minute % 60)} (${timeZone})`
}
