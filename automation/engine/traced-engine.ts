import { spanned } from '../traces.ts'
import type { Engine, Run, Task } from './engine.ts'

/** The same engine with a span around each of its runs, waiting for a worker included. */
export function tracedEngine(engine: Engine): Engine {
  const run = <Result>(what: string, { operation, stack }: Task, begin: () => Run<Result>): Run<Result> => {
    const begun = begin()
    const attributes = { 'cutover.operation': operation, 'pulumi.stack': stack }
    const result = spanned(`engine ${what}`, attributes, () => begun.result)
    return { result, kill: () => begun.kill(), cancel: () => begun.cancel(), gone: begun.gone }
  }
  return {
    create: (task, secrets) => run('create', task, () => engine.create(task, secrets)),
    preview: (task, listen) => run('preview', task, () => engine.preview(task, listen)),
    up: (task, listen) => run('up', task, () => engine.up(task, listen)),
    destroy: (task, listen) => run('destroy', task, () => engine.destroy(task, listen)),
    refresh: (task, targets, adoptions) => run('refresh', task, () => engine.refresh(task, targets, adoptions)),
    inspect: (task) => run('inspect', task, () => engine.inspect(task)),
    unprotect: (task) => run('unprotect', task, () => engine.unprotect(task)),
    unlock: (task) => run('unlock', task, () => engine.unlock(task)),
    clearAway: (operation) => engine.clearAway(operation),
    keepAlive: (ms) => engine.keepAlive(ms),
    workerPids: () => engine.workerPids(),
    notReady: () => engine.notReady(),
    start: () => engine.start(),
    stop: () => engine.stop(),
  }
}
