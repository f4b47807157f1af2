import type { Instant } from './migration.ts'

/**
 * The product's own waits (bake, soak, settling, polling) run on one clock with a rate, so that a rehearsal of days takes
 * minutes. Durations are given in seconds of the product's time; instants are wall-clock milliseconds.
 */
export interface Clock {
  readonly rate: number
  now(): Instant
  /** Product seconds that have passed since an instant. */
  secondsSince(instant: Instant): number
  /** Wall-clock milliseconds that a wait of `seconds` takes. */
  wallMs(seconds: number): number
  /** Resolves after `seconds` of product time; rejects with the signal's reason when that comes first. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>
}

export function createClock(rate = 1): Clock {
  return {
    rate,
    now: () => Date.now(),
    secondsSince: (instant) => ((Date.now() - instant) * rate) / 1000,
    wallMs: (seconds) => (seconds * 1000) / rate,
    sleep: (seconds, signal) => sleepMs((seconds * 1000) / rate, signal),
  }
}

function sleepMs(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    if (signal?.aborted) return reject(signal.reason as Error)
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', abort, { once: true })
  })
}

const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }

/** `5m` → 300. Seconds of product time. Throws RangeError on anything else than a number with one unit, or 0. */
export function parseDuration(text: string): number {
  if (text === '0') return 0
  const [, amount, unit] = /^([0-9]{1,6})(ms|s|m|h|d)$/.exec(text) ?? []
  const seconds = units[unit ?? '']
  if (seconds === undefined) throw new RangeError(`a duration is a number with a unit, e.g. 30s, 5m, 24h; not ${text}`)
  return Number(amount) * seconds
}

/** 300 → `5 min`; whole units, the largest that fits. For sentences. */
export function describeSeconds(seconds: number): string {
  if (seconds >= 2 * 86_400) return `${Math.round(seconds / 86_400)} d`
  if (seconds >= 2 * 3600) return `${Math.round(seconds / 3600)} h`
  if (seconds >= 120) return `${Math.round(seconds / 60)} min`
  return `${seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds)} s`
}
