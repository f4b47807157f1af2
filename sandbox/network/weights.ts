interface Weighted {
  readonly arn: string
  readonly weight: number
}

/**
 * Smooth weighted round robin (nginx's): exact over one round of the sum of the weights, and spread evenly within it, so the
 * same requests get the same answers in every run. AWS draws by chance; over many requests both give the same shares.
 */
export class WeightedChoice {
  readonly #entries: { readonly arn: string; readonly weight: number; current: number }[]
  readonly #total: number

  constructor(weighted: readonly Weighted[]) {
    this.#entries = weighted.filter(({ weight }) => weight > 0).map((entry) => ({ ...entry, current: 0 }))
    this.#total = this.#entries.reduce((sum, { weight }) => sum + weight, 0)
  }

  /** undefined: every weight is zero. */
  next(): string | undefined {
    let chosen = this.#entries[0]
    for (const entry of this.#entries) {
      entry.current += entry.weight
      if (chosen && entry.current > chosen.current) chosen = entry
    }
    if (chosen) chosen.current -= this.#total
    return chosen?.arn
  }
}
