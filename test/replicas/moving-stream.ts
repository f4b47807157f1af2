import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { EventStream } from '../api/sse.ts'
import type { Fleet, Replica } from './fleet.ts'

/**
 * The stream of all events, read from one replica for as long as that lives and then from another, which is told the last one that was
 * seen.
 */
export class MovingStream {
  /** In the order in which they came. */
  readonly seen: number[] = []
  /** How often another replica had to go on with it. */
  moves = 0
  /** Whose stream is read now. */
  from: Replica | null = null
  readonly #fleet: Fleet
  readonly #finished = new Set<string>()
  readonly #heard = new EventEmitter().setMaxListeners(0)
  #stream: EventStream | null = null
  #stopped = false
  #reading: Promise<void> = Promise.resolve()

  constructor(fleet: Fleet) {
    this.#fleet = fleet
  }

  /** From the beginning of the journal on. */
  start(): void {
    this.#reading = this.#read()
  }

  /** Resolves when the stream has told that the operation ended. */
  async finished(operation: string, signal: AbortSignal): Promise<void> {
    if (!this.#finished.has(operation)) await once(this.#heard, operation, { signal })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#stream?.close()
    await this.#reading
  }

  async #read(): Promise<void> {
    while (!this.#stopped) {
      const [replica] = this.#fleet.up
      if (replica) await this.#readFrom(replica).catch(() => undefined)
      if (this.#stopped) return
      if (replica) this.moves += 1
      await sleep(50)
    }
  }

  /** Until it ends, or breaks. */
  async #readFrom(replica: Replica): Promise<void> {
    const last = String(this.seen.at(-1) ?? 0)
    this.#stream = await EventStream.open(`${replica.process.url}/v1/events`, { 'last-event-id': last })
    this.from = replica
    for (;;) {
      const [event] = await this.#stream.take(1)
      if (!event) return
      this.seen.push(Number(event.id))
      const operation = event.data['operation'] as string | null
      if (event.event !== 'operation-finished' || operation === null) continue
      this.#finished.add(operation)
      this.#heard.emit(operation)
    }
  }
}
