/** Times in milliseconds, summed up. */
export interface Summary {
  readonly median: number
  readonly p95: number
  readonly count: number
}

export function summaryOf(times: readonly number[]): Summary {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN
  return { median: at(0.5), p95: at(0.95), count: sorted.length }
}

export async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act()
  return performance.now() - start
}

export const ratio = (a: number, b: number): string => (a / b).toFixed(2)

export const ms = (time: number): string => `${Math.round(time)} ms`
