import type { RunOut } from './holds/run-out.ts'
import type { Store } from './store/store.ts'

/** Milliseconds between two looks at what has become due. */
const lookMs = 1_000

/** What is due at a time stands in the journal; this carries it out, on whichever replica looks first. */
export class Sweeper {
  readonly #store: Store
  readonly #runOut: RunOut
  #timer: NodeJS.Timeout | null = null
  #sweep: Promise<void> = Promise.resolve()

  constructor(store: Store, runOut: RunOut) {
    this.#store = store
    this.#runOut = runOut
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#sweep = this.#sweep.then(() => this.#all())
    }, lookMs).unref()
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    await this.#sweep
  }

  async #all(): Promise<void> {
    const { read } = this.#store
    // what fails because the journal does not answer is still due at the next look
    const forgotten = [read.replicas.forgetDead(), read.cliRuns.forgetOld()]
    await Promise.allSettled([read.operations.settle(), ...forgotten, this.#runOut.sweep()])
  }
}
