import { setTimeout as sleep } from 'node:timers/promises'
import type { Aws } from '../../../aws/clients.ts'
import type { FoundTargetGroup } from '../../elbv2/found.ts'
import { targetsOf } from '../../elbv2/observe.ts'
import type { PodPlan } from '../../elbv2/pod-plan.ts'
import type { Stage, WorkloadOutputs } from '../../kind.ts'
import type { GatewaySite } from '../found.ts'

/**
 * Connections to green are closed after a rollback by deregistering green's targets for a moment. AWS closes connections in two
 * cases: at the end of the deregistration delay, and when a target falls ill; the second not where all targets of the group
 * are ill, because the group then fails open (NLB guide, "Target group health"). Weights close none. The targets leave and come
 * back by their binding, so that the controller which fills the group is the one that empties it; a run that dies in between
 * has lost no list of them. Blue's group is not touched.
 */

/** Milliseconds on the wall: a delay of 0 is not over at once. */
const leaving = { atMost: 120_000, pause: 500 } as const

/**
 * On the way back to `prepared`. A rollback has journalled that stage before it begins, so nobody can tell here whether green is
 * protected; and what is cannot leave a program in the run that takes its protection.
 */
export function partsOf({ config }: GatewaySite, stage: Stage, before: Stage | null): readonly Stage[] {
  if (!config.closeOnRollback || stage.name !== 'prepared' || before?.green !== 'present') return [stage]
  return [part(stage, 'unprotect'), part(stage, 'close'), stage]
}

const part = (stage: Stage, name: 'unprotect' | 'close'): Stage => ({ ...stage, part: { name, data: null } })

export const isClosing = ({ part }: Stage): boolean => part?.name === 'close'

/**
 * Green without its binding, and with a group that closes connections as soon as their target leaves: API Gateway would use them
 * for new requests throughout a longer delay.
 */
export const closing = (plan: PodPlan): PodPlan => ({
  ...plan,
  binding: null,
  targetGroup: plan.targetGroup && { ...plan.targetGroup, like: closingAtOnce(plan.targetGroup.like) },
})

const closingAtOnce = (like: FoundTargetGroup): FoundTargetGroup => ({
  ...like,
  deregistrationDelaySeconds: 0,
  flows: like.flows && { ...like.flows, terminatedOnDeregistration: true },
})

/** Until green's group is empty: a target that is registered while it drains keeps its connections. */
export async function untilEmpty({ targetGroups: { green } }: WorkloadOutputs, aws: Aws): Promise<void> {
  const deadline = Date.now() + leaving.atMost
  for (;;) {
    const targets = green === null ? [] : await targetsOf(green, aws)
    if (targets.length === 0) return
    if (Date.now() > deadline) {
      const left = `${targets.length} of green's targets were not deregistered within ${leaving.atMost / 1000} s`
      throw new Error(`${left}, so connections to them may stand. Blue has the traffic; roll back once more to adopted`)
    }
    await sleep(leaving.pause)
  }
}
