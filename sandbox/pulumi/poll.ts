import { setTimeout } from 'node:timers/promises'

export interface Wait {
  signal: AbortSignal
  timeoutSeconds: number
  /** For the error that says what did not come. */
  what: string
  longestPauseMs?: number
}

/**
 * Asks again, at growing intervals, until there is an answer. undefined asks for another try; after `timeoutSeconds` the
 * last error is thrown, or one that says what was waited for. The pause grows to `longestPauseMs`.
 */
export async function poll<Answer>(
  { signal, timeoutSeconds, what, longestPauseMs = 5000 }: Wait,
  ask: () => Promise<Answer | undefined>,
  isTransient: (error: unknown) => boolean = () => false,
): Promise<Answer> {
  const end = performance.now() + timeoutSeconds * 1000
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    signal.throwIfAborted()
    const failure = await tryOnce(ask, isTransient)
    if ('answer' in failure) return failure.answer
    if (performance.now() + pauseMs > end) throw failure.error ?? new Error(`timeout while waiting for ${what}`)
    await setTimeout(pauseMs, undefined, { signal })
  }
}

async function tryOnce<Answer>(
  ask: () => Promise<Answer | undefined>,
  isTransient: (error: unknown) => boolean,
): Promise<{ answer: Answer } | { error?: Error }> {
  try {
    const answer = await ask()
    return answer === undefined ? {} : { answer }
  } catch (error) {
    if (error instanceof Error && isTransient(error)) return { error }
    throw error
  }
}
