import type { Deployment, ReplicaSet } from '../types.ts'

/** Decisions of a rollout as pure functions of what there is. */

function countOf(value: number | string, of: number, round: (count: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseFloat(value) / 100) * of)
}

/** How far a rollout may go over and under the number of pods that is wanted. */
export function bounds({ spec }: Deployment): { desired: number; surge: number; unavailable: number } {
  const desired = spec.replicas ?? 1
  if (spec.strategy?.type === 'Recreate') return { desired, surge: 0, unavailable: desired }
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy?.rollingUpdate ?? {}
  const surge = countOf(maxSurge, desired, Math.ceil)
  const unavailable = countOf(maxUnavailable, desired, Math.floor)
  // With neither, nothing could ever move.
  return { desired, surge, unavailable: surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, desired) }
}

const wanted = (set: ReplicaSet): number => set.spec.replicas ?? 0
const available = (set: ReplicaSet): number => set.status?.availableReplicas ?? 0
const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0)

/** How many pods of the new template there may be now. `oldPods` counts old pods that still run, wanted or not. */
export function newSetSize(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  old: ReplicaSet[],
  oldPods: number,
): number {
  const { desired, surge } = bounds(deployment)
  const have = current ? wanted(current) : 0
  if (deployment.spec.strategy?.type === 'Recreate') return oldPods > 0 ? have : desired
  if (sum(old.map(wanted)) === 0 || have > desired) return desired
  const room = desired + surge - sum(old.map(wanted)) - have
  return room > 0 ? Math.min(have + room, desired) : have
}

/** The sizes that the old sets shrink to: what is not available goes first, then as much as the new set makes up for. */
export function oldSetSizes(deployment: Deployment, current: ReplicaSet, old: ReplicaSet[]): Map<ReplicaSet, number> {
  const sizes = new Map(old.map((set) => [set, wanted(set)]))
  if (deployment.spec.strategy?.type === 'Recreate') return new Map(old.map((set) => [set, 0]))
  const { desired, unavailable } = bounds(deployment)
  const least = desired - unavailable
  const missingOfNew = Math.max(0, wanted(current) - available(current))
  let excess = sum([...sizes.values()]) + wanted(current) - least - missingOfNew
  const shrink = (set: ReplicaSet, by: number) => {
    const step = Math.max(0, Math.min(by, excess, sizes.get(set) ?? 0))
    sizes.set(set, (sizes.get(set) ?? 0) - step)
    excess -= step
  }
  for (const set of old) shrink(set, wanted(set) - available(set))
  let spare = available(current) + sum(old.map((set) => Math.min(available(set), sizes.get(set) ?? 0))) - least
  for (const set of old) {
    const before = sizes.get(set) ?? 0
    shrink(set, spare)
    spare -= before - (sizes.get(set) ?? 0)
  }
  return sizes
}
