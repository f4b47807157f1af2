import { setTimeout as sleep } from 'node:timers/promises'
import { Refusal, type OperationAnswer } from '../../demo/client.ts'
import type { AnyReplica } from './any-replica.ts'
import type { MovingStream } from './moving-stream.ts'

/** What is asked of a workload: to go over to green, and of some to come home again. */
export interface Journey {
  readonly migration: string
  readonly workload: string
  /** `in the middle`: a while after the advance that moves its traffic was accepted, whatever that is doing then. */
  readonly home: 'never' | 'from soaking' | 'in the middle'
  /** Of the last: how long after. Milliseconds. */
  readonly homeAfterMs: number
}

/** Where it has to be in the end. */
export const goalOf = ({ home }: Journey): 'soaking' | 'prepared' => (home === 'never' ? 'soaking' : 'prepared')

export interface Guide {
  readonly client: AnyReplica
  readonly stream: MovingStream
  readonly signal: AbortSignal
  /** Every operation that was accepted, by its id. */
  readonly accepted: Set<string>
}

/** What the service may say to an advance while a gate is read, or while another operation is being ended. */
const passing = new Set(['gate-closed', 'operation-in-progress', 'held'])
const askAgainMs = 1_500

/** Resolves when the workload is where it has to be; throws when the signal comes first. */
export async function travel(journey: Journey, guide: Guide): Promise<void> {
  await goForward(journey, guide)
  if (journey.home === 'never') return
  const { client } = guide
  const { migration, workload } = journey
  for (;;) {
    const { phase } = await client.workload(migration, workload)
    if (phase === 'prepared') return
    const rollback = await ask(journey, guide, 'rollback')
    if (rollback) await ended(rollback, guide)
    else await sleep(askAgainMs)
  }
}

/** Step by step to `soaking`; or until the last of these steps has begun, and a while. */
async function goForward(journey: Journey, guide: Guide): Promise<void> {
  const { client } = guide
  const { migration, workload, home, homeAfterMs } = journey
  for (;;) {
    guide.signal.throwIfAborted()
    const { phase } = await client.workload(migration, workload)
    if (phase === 'soaking') return
    const advance = await ask(journey, guide, 'advance')
    if (!advance) {
      await client.removeHolds(migration, workload)
      await sleep(askAgainMs)
      continue
    }
    if (phase === 'prepared' && home === 'in the middle') {
      await sleep(homeAfterMs)
      const rollback = await ask(journey, guide, 'rollback')
      if (rollback) return ended(rollback, guide)
    }
    await ended(advance, guide)
  }
}

/** null: not now. */
async function ask(
  { migration, workload }: Journey,
  { client, accepted }: Guide,
  action: 'advance' | 'rollback',
): Promise<OperationAnswer | null> {
  try {
    const operation = await client.act(migration, workload, action, { reason: 'a journey' })
    accepted.add(operation.id)
    return operation
  } catch (error) {
    if (error instanceof Refusal && passing.has(error.problem.code)) return null
    throw error
  }
}

/** As the stream tells it. */
const ended = ({ id }: OperationAnswer, { stream, signal }: Guide): Promise<void> => stream.finished(id, signal)
