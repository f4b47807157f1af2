/** Times in milliseconds, or ratios of them, summed up. */
export interface Summary {
  readonly median: number
  readonly p95: number
  readonly count: number
}

/** With fewer than twenty values the p95 is the greatest. */
export function summaryOf(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN
  return { median: at(0.5), p95: at(0.95), count: sorted.length }
}

/** One round of two things that are measured one after the other, so that a busy machine slows both. Milliseconds. */
export interface Pair {
  readonly ours: number
  readonly theirs: number
}

export interface Compared {
  readonly ours: Summary
  readonly theirs: Summary
  /** Of each round by itself. */
  readonly ratio: Summary
}

export const compare = (pairs: readonly Pair[]): Compared => ({
  ours: summaryOf(pairs.map(({ ours }) => ours)),
  theirs: summaryOf(pairs.map(({ theirs }) => theirs)),
  ratio: summaryOf(pairs.map(({ ours, theirs }) => ours / theirs)),
})

export async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await act()
  return performance.now() - start
}

export const ratio = (value: number): string => value.toFixed(2)

export const ms = (time: number): string => `${Math.round(time)} ms`

export const seconds = (time: number): string => `${(time / 1000).toFixed(time < 10_000 ? 2 : 1)} s`
