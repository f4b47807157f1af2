import { expect } from 'vitest'
import { clisOf, workersOf } from './tree.ts'

/** Who ends: `stop` is a graceful stop of the service, all others are kill -9. */
export const victims = ['worker', 'cli', 'service', 'stop'] as const
export type Victim = (typeof victims)[number]

/** A service that can be ended and started again. */
interface Mortal {
  readonly pid: number
  end(signal: NodeJS.Signals): Promise<number | null>
  start(): Promise<void>
}

/** Ends the victim. A service is started again once `whenDead` is done, and resolves when it accepts operations. */
export async function kill(victim: Victim, service: Mortal, whenDead: () => void = () => undefined): Promise<void> {
  if (victim === 'service' || victim === 'stop') {
    const clis = clisOf(service.pid)
    const code = await service.end(victim === 'stop' ? 'SIGTERM' : 'SIGKILL')
    if (victim === 'stop') expect([code, clis.filter(({ pid }) => isRunning(pid))]).toEqual([0, []])
    whenDead()
    await service.start()
    return
  }
  for (const { pid } of (victim === 'cli' ? clisOf : workersOf)(service.pid)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // it had just ended
    }
  }
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
