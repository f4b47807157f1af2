import type { Events, JournalEvent } from '../events.ts'

import { eventChannel, type EventLog } from './event-log.ts'

/** Hears of notices on a channel until it is closed. A connection that breaks is made again; what was missed is not told. */
export type Listen = (channel: string, onNotice: () => void) => Promise<{ close(): Promise<void> }>

const pageSize = 500
/** Between two looks at what others may have written, in case that a notice was lost. Milliseconds. */
const lookMs = 1_000

/** Tells every event of the journal, whoever wrote it, once and in order, from its start on. */
export class Follower {
  readonly #log: EventLog
  readonly #events: Events
  readonly #listen: Listen | undefined
  #last = 0
  #reading: Promise<void> | null = null
  #again = false
  #stopped = false
  #ears: { close(): Promise<void> } | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(log: EventLog, events: Events, listen?: Listen) {
    this.#log = log
    this.#events = events
    this.#listen = listen
  }

  async start(): Promise<void> {
    this.#last = await this.#log.last()
    if (!this.#listen) return
    this.#ears = await this.#listen(eventChannel, () => this.#look())
    this.#timer = setInterval(() => this.#look(), lookMs).unref()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#timer) clearInterval(this.#timer)
    await this.#ears?.close()
    await this.#reading
  }

  /** What was just committed here. Told at once where it follows on the last one; else the journal is read. */
  offer(events: readonly JournalEvent[]): void {
    const [first] = events
    if (!first) return
    if (this.#reading || first.seq !== this.#last + 1) return this.#look()
    for (const event of events) this.#tell(event)
  }

  #tell(event: JournalEvent): void {
    this.#last = event.seq
    this.#events.emit('event', event)
  }

  #look(): void {
    this.#again = true
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null
      if (this.#again && !this.#stopped) this.#look()
    })
  }

  async #read(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false
      try {
        const page = await this.#log.after(this.#last, {}, pageSize)
        for (const event of page) this.#tell(event)
        this.#again ||= page.length === pageSize
      } catch {
        return // the journal does not answer; the next look finds it all
      }
    }
  }
}
