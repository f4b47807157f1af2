import type { Engine, EngineEvent, Run, Task } from './engine/engine.ts'
import { failureOf } from './errors.ts'
import type { Act, OperationRun } from './operation-run.ts'
import { stateAfter } from './operation-runs.ts'

/**
 * An engine run that writes, with what it did counted from its own steps. Where it fails that is on record before the error goes
 * on; where it succeeds the act is given back, to be saved with what comes of it.
 */
export async function recordedRun<Result>(
  run: OperationRun,
  action: 'up' | 'destroy',
  begin: (engine: Engine, task: Task, listen: (event: EngineEvent) => void) => Run<Result>,
): Promise<{ readonly result: Result; readonly act: Act }> {
  const steps: Record<string, number> = {}
  const listen = (event: EngineEvent): void => {
    if (event.type === 'step-done' && event.ok && event.op !== 'same') steps[event.op] = (steps[event.op] ?? 0) + 1
    run.listen(event)
  }
  const { stack, operation: message } = run.task
  const update = { stack, message, steps }
  try {
    const result = await run.engine((engine, task) => begin(engine, task, listen))
    return { result, act: { action, outcome: 'succeeded', update } }
  } catch (error) {
    const { code, message: why } = failureOf(error)
    const details = { error: { code, message: why } }
    // the journal itself may be what failed; the error that is on its way says more
    await run.record({ action, outcome: stateAfter({ code }), update, details }).catch(() => undefined)
    throw error
  }
}
