/**
 * The sandbox's time. Every delay of AWS is divided by one factor, so that order and proportion survive:
 * at scale 60 AWS's minutes are seconds, at scale 1 it is as slow as AWS.
 */
export class Clock {
  readonly scale: number
  readonly #pending = new Set<NodeJS.Timeout>()
  readonly #startedAt = performance.now()

  constructor(scale = 1) {
    if (!(scale >= 1)) throw new RangeError(`a time scale is a number of 1 or more, not ${scale}`)
    this.scale = scale
  }

  /** Seconds of AWS since the clock was made. */
  seconds(): number {
    return ((performance.now() - this.#startedAt) * this.scale) / 1000
  }

  /** Real milliseconds that a delay of `seconds` on AWS takes here. */
  ms(seconds: number): number {
    return (seconds * 1000) / this.scale
  }

  /** Real milliseconds for a time-out of `seconds` on AWS. It bounds real work, which does not shrink, so never under 2 s. */
  timeoutMs(seconds: number): number {
    return Math.max(this.ms(seconds), Math.min(seconds * 1000, 2000))
  }

  /** Calls `act` once after `seconds` of AWS. Cancelled by the returned function and by `stop`. */
  after(seconds: number, act: () => void): () => void {
    const timer = setTimeout(() => {
      this.#pending.delete(timer)
      act()
    }, this.ms(seconds))
    this.#pending.add(timer)
    return () => {
      clearTimeout(timer)
      this.#pending.delete(timer)
    }
  }

  /** Resolves after `seconds` of AWS; never, when the clock is stopped first. */
  sleep(seconds: number): Promise<void> {
    return new Promise((resolve) => this.after(seconds, resolve))
  }

  /** Nothing that was planned happens any more. */
  stop(): void {
    for (const timer of this.#pending) clearTimeout(timer)
    this.#pending.clear()
  }
}
