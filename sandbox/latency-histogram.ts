/** Each bucket ends 5 % above the one before it: from 0.1 ms to over 10 s in 240 numbers, however many are added. */
const growth = 1.05
const firstMs = 0.1
const buckets = 240

export class LatencyHistogram {
  readonly #counts = new Uint32Array(buckets)
  #total = 0

  add(ms: number): void {
    const bucket = Math.ceil(Math.log(Math.max(ms, firstMs) / firstMs) / Math.log(growth))
    this.#counts[Math.min(bucket, buckets - 1)]! += 1
    this.#total += 1
  }

  /** The upper end, in ms, of the bucket that holds the quantile; 0 when nothing was added. */
  quantile(share: number): number {
    let seen = 0
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count
      if (seen > 0 && seen >= share * this.#total) return Number((firstMs * growth ** bucket).toFixed(1))
    }
    return 0
  }
}
