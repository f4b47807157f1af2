import { failureOf, type Failure } from './errors.ts'
import { collectWrites } from './aws-writes.ts'
import type { EndState } from './migration.ts'
import type { OperationRun } from './operation-run.ts'
import { spanned } from './traces.ts'

/** What an operation does, and what its end means. */
export interface Job<Outcome> {
  act(): Promise<Outcome>
  finish(outcome: Outcome): Promise<void>
  fail(failure: Failure, state: EndState): Promise<void>
}

/** What runs is over when `gone` resolves: no process of it is left. */
export interface Ended {
  readonly gone: Promise<void>
}

/** The operations under way, one per workload or cluster: each is begun, and each ends in the journal whatever happens. */
export class OperationRuns {
  readonly #running = new Map<string, { run: OperationRun; done: Promise<void> }>()

  /** Begins; the outcome is told by the journal alone. */
  begin<Outcome>(key: string, run: OperationRun, job: Job<Outcome>): void {
    const done = carryOut(run, job).finally(() => {
      if (this.#running.get(key)?.run === run) this.#running.delete(key)
    })
    this.#running.set(key, { run, done })
  }

  /** What is under way; null: nothing. */
  running(key: string): OperationRun | null {
    return this.#running.get(key)?.run ?? null
  }

  /** Ends what runs, at once and without grace. */
  kill(key: string): Ended | null {
    const running = this.#running.get(key)
    if (!running) return null
    running.run.kill()
    return { gone: running.done.then(() => running.run.gone) }
  }

  /** For a graceful stop: what is in flight ends, what comes after it does not begin. */
  async stop(): Promise<void> {
    const all = [...this.#running.values()]
    for (const { run } of all) run.cancel()
    await Promise.all(all.map(({ done }) => done))
  }
}

async function carryOut<Outcome>(run: OperationRun, job: Job<Outcome>): Promise<void> {
  try {
    if (run.operation.startedAt === null) await run.start()
    await run.pass('operation-accepted')
    const { action, id, migration, workload, trace } = run.operation
    const attributes = { 'cutover.operation': id, 'cutover.migration': migration, 'cutover.workload': workload }
    const act = (): Promise<Outcome> => collectWrites(run.writes, () => job.act())
    const outcome = await spanned(`operation ${action}`, attributes, act, trace)
    await run.pass('before-finish')
    await job.finish(outcome)
  } catch (error) {
    const failure = failureOf(error)
    await job.fail(failure, stateAfter(failure)).catch(() => undefined)
    // the journal itself is gone: at the next start the operation is found unfinished and becomes interrupted
  }
}

export function stateAfter({ code }: Pick<Failure, 'code'>): EndState {
  if (code === 'cancelled') return 'cancelled'
  return code === 'interrupted' ? 'interrupted' : 'failed'
}
