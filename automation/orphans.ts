import { urnOf } from '../infra/names.ts'
import type { Stage } from '../infra/workloads/kind.ts'
import { ClusterUnreachable } from '../infra/kubernetes/connection.ts'
import type { Execution } from './execution.ts'

/** Seconds of product time in which a call of a dead run may still land: the longest that a client of AWS waits for an answer. */
export const landingSeconds = 30

/**
 * Deletes what an earlier run made and did not live to record, so that it is neither in the way of the next one nor left behind.
 * Its last call may land after its end, and only then is this certain.
 */
export async function removeOrphans(execution: Execution, stage: Stage, recorded: readonly string[]): Promise<void> {
  if (leaves(stage)) return
  const { clock, store } = execution.tools
  const before = await store.read.operations.before(execution.operation)
  if (!before || before.state === 'succeeded') return
  const unrecorded = execution.kind
    .creates(execution.site)
    .filter((resource) => !recorded.includes(urnOf(execution.task.stack, resource)))
  if (unrecorded.length === 0) return
  const landing = landingSeconds - clock.secondsSince(before.finishedAt ?? clock.now())
  await clock.sleep(Math.max(0, landing), execution.signal)
  for (const resource of unrecorded) {
    const id = await execution.kind.removeOrphan(execution.site, resource, execution.aws).catch((error: unknown) => {
      // green's cluster may be gone for good, and where nothing of it is wanted it need not come back for this
      if (error instanceof ClusterUnreachable && stage.green === 'absent') return null
      throw error
    })
    const text = `${resource.name} ${id} was made by a run that did not live to record it; deleted`
    if (id !== null) await execution.tell('message', { severity: 'info', text })
  }
}

/** From here on what is not in the state was left in AWS on purpose, and serves. */
const leaves = ({ keep, switchPoint }: Stage): boolean => keep !== 'nothing' || switchPoint === 'left-out'
