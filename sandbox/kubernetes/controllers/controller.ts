import type { Clock } from '../../clock.ts'
import type { Api } from '../registry/api.ts'
import { StatusError } from '../status-error.ts'
import type { StoreEvent } from '../store/store.ts'
import type { EventRecorder } from './event-recorder.ts'

export interface Context {
  api: Api
  clock: Clock
  events: EventRecorder
}

export interface Controller {
  /** Looks at an object again although nothing changed. */
  enqueue(key: string, afterSeconds?: number): void
  /** Resolves when the reconcile under way, if any, has ended. */
  stop(): Promise<void>
}

interface Work {
  /** Which objects of ours a change of an object concerns, by resource: the keys to reconcile. */
  watches: Record<string, (event: StoreEvent) => string[]>
  /** Brings the world in line with one object, whatever changed. A number asks to be called again after so many seconds. */
  reconcile(key: string): Promise<number | undefined>
  /** A failed reconcile is tried again, later and later; the first time after 5 ms. */
  maxBackoffSeconds?: number
  onError?(key: string, error: unknown): void
}

const firstBackoffSeconds = 0.005

/**
 * A work queue as Kubernetes' controllers have it: changes put keys into it, a key waits in it once however often it is
 * put, and one reconcile runs at a time. Nothing polls.
 */
export function startController({ api, clock }: Pick<Context, 'api' | 'clock'>, work: Work): Controller {
  const waiting = new Set<string>()
  const failures = new Map<string, number>()
  const timers = new Map<string, () => void>()
  let running: Promise<void> | undefined
  let stopped = false

  const add = (key: string) => {
    if (stopped) return
    waiting.add(key)
    start()
  }
  const start = () => {
    running ??= drain().finally(() => {
      running = undefined
      if (waiting.size > 0) start()
    })
  }
  const addAfter = (key: string, seconds: number) => {
    if (stopped) return
    timers.get(key)?.()
    timers.set(
      key,
      clock.after(seconds, () => {
        timers.delete(key)
        add(key)
      }),
    )
  }
  const drain = async () => {
    // The change that put the first key in is still on its way to the other listeners.
    await Promise.resolve()
    for (const key of waiting) {
      waiting.delete(key)
      if (!stopped) await reconcile(key)
    }
  }
  const reconcile = async (key: string) => {
    try {
      const again = await work.reconcile(key)
      failures.delete(key)
      if (again !== undefined) addAfter(key, again)
    } catch (error) {
      const failed = failures.get(key) ?? 0
      failures.set(key, failed + 1)
      if (!stopped && work.onError) work.onError(key, error)
      else if (!stopped && !isCommon(error)) process.emitWarning(error as Error)
      addAfter(key, Math.min(firstBackoffSeconds * 2 ** failed, work.maxBackoffSeconds ?? 1000))
    }
  }

  const unsubscribe = api.store.subscribe((event) => work.watches[event.key]?.(event).forEach(add))
  for (const [resource, keysOf] of Object.entries(work.watches)) {
    for (const object of api.store.list(resource)) {
      keysOf({ type: 'ADDED', revision: api.store.revision, key: resource, object }).forEach(add)
    }
  }

  return {
    enqueue: (key, afterSeconds) => (afterSeconds === undefined ? add(key) : addAfter(key, afterSeconds)),
    async stop() {
      stopped = true
      unsubscribe()
      for (const cancel of timers.values()) cancel()
      await running
    },
  }
}

/** Objects go, change or may not be made any more while a controller works; any other failure is a mistake of ours. */
const isCommon = (error: unknown): boolean => error instanceof StatusError && [403, 404, 409].includes(error.code)

/** The name in a key that `nameOf` made. */
export function parseName(key: string): { namespace?: string; name: string } {
  const [first = '', second] = key.split('/')
  return second === undefined ? { name: first } : { namespace: first, name: second }
}
