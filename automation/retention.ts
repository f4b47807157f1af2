import { forgetUpdates } from './engine/history-files.ts'
import type { Store } from './store/store.ts'

/** How much of the past is kept. Operations and the record are kept for good: they are what anybody asks for later. */
export interface Retention {
  /** Days for which events can be asked for. */
  readonly eventDays: number
  /** Updates in the history of each of Pulumi's stacks. */
  readonly updates: number
}

export const retentionDefaults: Retention = { eventDays: 90, updates: 200 }

/** Between two looks, on the wall. */
const lookMs = 3600_000
const dayMs = 24 * 3600_000

/** Forgets what is older than it has to be, at the start and every hour, on each replica. */
export class Forgetting {
  readonly #store: Store
  readonly #backendUrl: string
  readonly #retention: Retention
  #timer: NodeJS.Timeout | null = null
  #look: Promise<unknown> = Promise.resolve()

  constructor(store: Store, backendUrl: string, retention: Retention) {
    this.#store = store
    this.#backendUrl = backendUrl
    this.#retention = retention
  }

  start(): void {
    this.#look = this.once()
    this.#timer = setInterval(() => {
      this.#look = this.#look.then(() => this.once())
    }, lookMs).unref()
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    await this.#look
  }

  /** What fails is still there at the next look. */
  async once(): Promise<void> {
    const { eventDays, updates } = this.#retention
    const { events, stacks } = this.#store.read
    await Promise.allSettled([
      events.forget(new Date(Date.now() - eventDays * dayMs)),
      stacks.forgetUpdates(updates),
      forgetUpdates(this.#backendUrl, updates),
    ])
  }
}
