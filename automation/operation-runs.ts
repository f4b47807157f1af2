import { CutoverError, failureOf, type Failure } from './errors.ts'
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

/** The operation stays as it is in the journal, for whoever takes it next. */
class HandedOver extends CutoverError {
  constructor(why: string) {
    super('interrupted', why)
  }
}

/** The operations under way in this process: each ends in the journal, or is let go for another replica, whatever happens. */
export class OperationRuns {
  readonly #running = new Map<string, { run: OperationRun; done: Promise<void> }>()
  readonly #expected = new Set<string>()
  #whenFree: () => void = () => undefined

  /** `listener` is called whenever one is over. */
  onFree(listener: () => void): void {
    this.#whenFree = listener
  }

  /**
   * Counts as under way here from now on, before the journal says whose it is: else this replica would find it as its own, and at work
   * nowhere. `forget` when it is not written.
   */
  expect(id: string): void {
    this.#expected.add(id)
  }

  forget(id: string): void {
    this.#expected.delete(id)
  }

  /** Begins; the outcome is told by the journal alone. Of two runs of one operation the journal lets the one with the later fence write. */
  begin<Outcome>(run: OperationRun, job: Job<Outcome>): void {
    const { id } = run.operation
    this.#expected.delete(id)
    const done = carryOut(run, job).finally(() => {
      if (this.#running.get(id)?.run === run) this.#running.delete(id)
      this.#whenFree()
    })
    this.#running.set(id, { run, done })
  }

  /** Ids of what is under way. */
  get ids(): string[] {
    return [...new Set([...this.#expected, ...this.#running.keys()])]
  }

  /** Ends what runs, if it runs here, with a grace for what is in flight. */
  cancel(id: string, why: CutoverError): void {
    this.#running.get(id)?.run.cancel(why)
  }

  /** Ends what runs, at once and without grace. null: it does not run here. */
  kill(id: string, why?: CutoverError): Ended | null {
    const running = this.#running.get(id)
    if (!running) return null
    running.run.kill(why)
    return { gone: running.done.then(() => running.run.gone) }
  }

  /** For a graceful stop: what is in flight ends, what comes after it does not begin, and all of it is there to be taken. */
  async handOver(): Promise<void> {
    const all = [...this.#running.values()]
    for (const { run } of all) run.cancel(new HandedOver('the service is stopping'))
    await Promise.all(all.map(({ done }) => done))
  }

  /** The lease is lost: others may have taken all of it already. */
  async drop(): Promise<void> {
    const all = [...this.#running.values()]
    for (const { run } of all) run.kill(new HandedOver('the lease of this replica ran out'))
    await Promise.all(all.map(({ done }) => done))
  }
}

async function carryOut<Outcome>(run: OperationRun, job: Job<Outcome>): Promise<void> {
  try {
    await run.pass('operation-accepted')
    const { action, id, migration, workload, trace } = run.operation
    const attributes = { 'cutover.operation': id, 'cutover.migration': migration, 'cutover.workload': workload }
    const act = (): Promise<Outcome> => collectWrites(run.writes, () => job.act())
    const outcome = await spanned(`operation ${action}`, attributes, act, trace)
    await run.pass('before-finish')
    await job.finish(outcome)
  } catch (error) {
    if (!(run.signal.reason instanceof HandedOver)) {
      const failure = failureOf(error)
      // the journal itself is gone: the operation is found unfinished when it is back, and taken again
      await job.fail(failure, stateAfter(failure)).catch(() => undefined)
    }
  }
  await letGo(run)
}

async function letGo({ tools, operation, subject, gone, signal }: OperationRun): Promise<void> {
  await gone
  const change = tools.store.transaction(async (work) => {
    await work.ownership.letGo(operation)
    if (signal.reason instanceof HandedOver) work.events.write(subject, operation.id, 'operation-let-go', {})
  })
  // the journal is gone: whoever takes it next finds that nothing is at work on it
  await change.catch(() => undefined)
}

export function stateAfter({ code }: Pick<Failure, 'code'>): EndState {
  if (code === 'cancelled' || code === 'held') return 'cancelled'
  return code === 'interrupted' ? 'interrupted' : 'failed'
}
