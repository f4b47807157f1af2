import { isAnswer } from '../infra/aws/errors.ts'
import { urnOf } from '../infra/names.ts'
import type { Stage } from '../infra/workloads/kind.ts'
import { ClusterUnreachable } from '../infra/kubernetes/connection.ts'
import { awsFailed } from './aws-failed.ts'
import type { Execution } from './execution.ts'
import type { Instant } from './migration.ts'
import type { OperationRun } from './operation-run.ts'

/** Seconds of product time in which a call of a dead run may still land: the longest that a client of AWS waits for an answer. */
export const landingSeconds = 30

/**
 * Deletes what an earlier run made and did not live to record, so that it is neither in the way of the next one nor left behind.
 * Its last call may land after its end, and only then is this certain.
 */
export async function removeOrphans(execution: Execution, stage: Stage, recorded: readonly string[]): Promise<void> {
  if (leaves(stage)) return
  const { clock } = execution.tools
  const brokenOff = await brokenOffAt(execution)
  if (brokenOff === null) return
  const unrecorded = execution.kind
    .creates(execution.site)
    .filter((resource) => !recorded.includes(urnOf(execution.task.stack, resource)))
  if (unrecorded.length === 0) return
  await clock.sleep(Math.max(0, landingSeconds - clock.secondsSince(brokenOff)), execution.signal)
  for (const resource of unrecorded) {
    const id = await execution.kind.removeOrphan(execution.site, resource, execution.aws).catch((error: unknown) => {
      // green's cluster may be gone for good, and where nothing of it is wanted it need not come back for this
      if (error instanceof ClusterUnreachable && stage.green === 'absent') return null
      const what = `${resource.name} is not in our record, and what may be left of it could not be looked for`
      throw isAnswer(error) ? awsFailed(what, error) : error
    })
    const text = `${resource.name} ${id} is not in our record and serves nobody, as a run that broke off leaves things; deleted`
    if (id !== null) await execution.tell('message', { severity: 'info', text })
  }
}

/** When the run before this one came to its end without success, be it of this operation or of the one before it; null: it did not. */
export async function brokenOffAt({ tools, operation, brokenOffAt: own }: OperationRun): Promise<Instant | null> {
  if (own !== null) return own
  const before = await tools.store.read.operations.before(operation)
  if (!before || before.state === 'succeeded') return null
  return before.finishedAt ?? tools.clock.now()
}

/** From here on what is not in the state was left in AWS on purpose, and serves. */
const leaves = ({ keep, switchPoint }: Stage): boolean => keep !== 'nothing' || switchPoint === 'left-out'
