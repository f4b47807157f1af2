/** An event of a stream, as a browser would see it. */
export interface StreamEvent {
  readonly id: string
  readonly event: string
  readonly data: Record<string, any>
}

/** A client of an event stream. Close it; what it was sent until then stays. */
export class EventStream {
  readonly type: string
  readonly #abort: AbortController
  readonly #reader: ReadableStreamDefaultReader<string>
  readonly #seen: StreamEvent[] = []
  #text = ''

  private constructor(type: string, abort: AbortController, reader: ReadableStreamDefaultReader<string>) {
    this.type = type
    this.#abort = abort
    this.#reader = reader
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const abort = new AbortController()
    const answer = await fetch(url, { signal: abort.signal, headers: { accept: 'text/event-stream', ...headers } })
    if (answer.status !== 200 || !answer.body) throw new Error(`no stream: ${answer.status} ${await answer.text()}`)
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
    return new EventStream(answer.headers.get('content-type') ?? '', abort, reader)
  }

  /** The next `count` events. Waits for them; the test's own time-out is the bound. */
  async take(count: number): Promise<StreamEvent[]> {
    while (this.#seen.length < count) {
      const { done, value } = await this.#reader.read()
      if (done) throw new Error(`the stream ended after ${this.#seen.length} of ${count} events`)
      this.#text += value
      const blocks = this.#text.split('\n\n')
      this.#text = blocks.pop() ?? ''
      this.#seen.push(...blocks.flatMap(eventOf))
    }
    return this.#seen.splice(0, count)
  }

  /** Resolves when the service ends the stream. */
  async ended(): Promise<void> {
    for (;;) {
      const { done } = await this.#reader.read().catch(() => ({ done: true }))
      if (done) return
    }
  }

  close(): void {
    this.#abort.abort()
  }
}

/** Heartbeats are comments and no events. */
function eventOf(block: string): StreamEvent[] {
  const fields = block.split('\n').map((line) => line.match(/^(\w+): ?(.*)$/)?.slice(1) ?? [])
  const of = (name: string) => fields.filter(([key]) => key === name).map(([, value]) => value ?? '')
  const data = of('data')
  if (data.length === 0) return []
  return [{ id: of('id')[0] ?? '', event: of('event')[0] ?? '', data: JSON.parse(data.join('\n')) }]
}
