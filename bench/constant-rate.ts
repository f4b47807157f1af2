import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Calls `ask` so many times a second, whether or not the ones before have been answered, with the number of the call. Milliseconds
 * from when each was due to when it was answered, so that whoever answers late is late for all that waited. Throws what the first
 * one that failed threw.
 */
export async function atConstantRate(
  perSecond: number,
  forSeconds: number,
  ask: (call: number) => Promise<unknown>,
): Promise<number[]> {
  const calls = perSecond * forSeconds
  const begun = performance.now()
  const answers: Promise<number>[] = []
  for (let call = 0; call < calls;) {
    for (const due = (performance.now() - begun) * (perSecond / 1000); call < calls && call <= due; call += 1) {
      const dueAt = begun + (call * 1000) / perSecond
      const answer = ask(call).then(() => performance.now() - dueAt)
      answer.catch(() => undefined) // it is thrown below, with all the others
      answers.push(answer)
    }
    await sleep(1)
  }
  return Promise.all(answers)
}
