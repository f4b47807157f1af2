import { timestamp } from '../object.ts'
import type { Condition, Deployment, ReplicaSet } from '../types.ts'
import { bounds } from './rollout.ts'

type Status = NonNullable<Deployment['status']>

/** A condition keeps its times while it says the same. */
export function withCondition(conditions: Condition[] = [], next: Condition): Condition[] {
  const old = conditions.find(({ type }) => type === next.type)
  const now = timestamp()
  const same = old?.status === next.status && old.reason === next.reason && old.message === next.message
  const settled = {
    ...next,
    lastUpdateTime: (same ? old.lastUpdateTime : undefined) ?? now,
    lastTransitionTime: (old?.status === next.status ? old.lastTransitionTime : undefined) ?? now,
  }
  return [...conditions.filter(({ type }) => type !== next.type), settled]
}

function progress(deployment: Deployment, current: ReplicaSet | undefined, counts: Status, late: boolean): Condition {
  const { desired } = bounds(deployment)
  const set = current?.metadata.name ?? ''
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = counts
  const complete = updatedReplicas === desired && replicas === desired && availableReplicas === desired
  if (complete) {
    return {
      type: 'Progressing',
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `ReplicaSet "${set}" has successfully progressed.`,
    }
  }
  if (late) {
    return {
      type: 'Progressing',
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: `ReplicaSet "${set}" has timed out progressing.`,
    }
  }
  return {
    type: 'Progressing',
    status: 'True',
    reason: 'ReplicaSetUpdated',
    message: `ReplicaSet "${set}" is progressing.`,
  }
}

/** What a Deployment says of itself, from its ReplicaSets. `late`: no progress for its whole deadline. */
export function statusOf(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  all: ReplicaSet[],
  late: boolean,
): Status {
  const total = (count: (status: NonNullable<ReplicaSet['status']>) => number | undefined) =>
    all.reduce((sum, { status }) => sum + (status ? (count(status) ?? 0) : 0), 0)
  const { desired, unavailable } = bounds(deployment)
  const availableReplicas = total((status) => status.availableReplicas)
  const counts = {
    replicas: total((status) => status.replicas),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: total((status) => status.readyReplicas),
    availableReplicas,
    unavailableReplicas: Math.max(0, desired - availableReplicas),
  }
  const enough = availableReplicas >= desired - unavailable
  const availability: Condition = enough
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      }
  const conditions = withCondition(
    withCondition(deployment.status?.conditions, availability),
    progress(deployment, current, counts, late),
  )
  const present = Object.entries(counts).filter(([, count]) => count > 0)
  return { observedGeneration: deployment.metadata.generation ?? 1, ...Object.fromEntries(present), conditions }
}
