import type { Store } from './store/store.ts'

/** Milliseconds between two looks at what has become due. */
const lookMs = 1_000

/** What is due at a time stands in the journal; this carries it out, on whichever replica looks first. */
export class Sweeper {
  readonly #store: Store
  #timer: NodeJS.Timeout | null = null
  #sweep: Promise<void> = Promise.resolve()

  constructor(store: Store) {
    this.#store = store
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
    await Promise.all([read.operations.settle(), read.replicas.forgetDead()]).catch(() => undefined) // the journal does not answer; later
  }
}
