import type { Engine } from './engine/engine.ts'
import type { Store } from './store/store.ts'

/**
 * What a service owes to the one that ended before it: every operation that was left queued or running becomes `interrupted`, its
 * processes are ended, and its workload is marked so that the next operation reads AWS first, removes the lock of the dead run,
 * resolves what it was making, and goes on from there. Rollbacks that had not come home are returned, to be asked for again:
 * a way home that was promised is walked.
 */
export async function recover(store: Store, engine: Engine): Promise<readonly Unfinished[]> {
  const left = await store.read.operations.active()
  await Promise.all(left.map(({ id }) => engine.clearAway(id)))
  for (const operation of left) {
    const { id, migration, workload: name, action } = operation
    const error = { code: 'interrupted', message: 'the service ended while it ran' }
    await store.transaction(async (work) => {
      await work.operations.finish(id, 'interrupted', { error })
      const workload = action === 'plan' ? null : await work.workloads.get(migration, name)
      if (workload?.stage) await work.workloads.change(migration, name, { unsettled: true })
      work.events.write({ migration, name }, id, 'operation-finished', { state: 'interrupted', error })
    })
  }
  await store.idempotency.forgetUnanswered()
  return left
    .filter(({ action, homeMs }) => action === 'rollback' && homeMs === null)
    .map(({ migration, workload, reason, request }) => ({
      migration,
      workload,
      reason,
      force: request['force'] === true,
    }))
}

/** A rollback that was accepted and had not come home. */
export interface Unfinished {
  readonly migration: string
  readonly workload: string
  readonly reason: string | null
  readonly force: boolean
}
