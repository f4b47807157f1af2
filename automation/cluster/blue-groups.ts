import type { ClusterReads } from '../../infra/kubernetes/reads.ts'
import type { Workload } from '../migration.ts'

/** A target group that only blue may bind. */
export interface BlueGroup {
  readonly arn: string
  /** Blue binds it in multi-cluster mode, so a binding in the same mode does no harm. */
  readonly multiCluster: boolean
}

/** Every target group of blue's that a migration knows: of what was found, and before that of what the entries name. Pure. */
export function blueGroupsOf(workloads: readonly Pick<Workload, 'entry' | 'found'>[]): BlueGroup[] {
  const groups = workloads.flatMap(({ entry, found }) => {
    const named = (entry as { readonly blueTargetGroup?: unknown }).blueTargetGroup
    const written = typeof named === 'string' ? [{ arn: named, multiCluster: false }] : []
    return found ? found.blueGroups : written
  })
  return [...new Map(groups.map((group) => [group.arn, group])).values()]
}

/** Bindings in green that name one of them, as namespace/name, with the group. */
export async function strangersIn(green: ClusterReads, groups: readonly BlueGroup[]): Promise<Stranger[]> {
  const bindings = await green.bindings()
  return bindings.flatMap(({ namespace, name, targetGroupArn, multiCluster }) => {
    const group = groups.find(({ arn }) => arn === targetGroupArn)
    if (!group || (group.multiCluster && multiCluster)) return []
    return [{ binding: `${namespace}/${name}`, targetGroup: targetGroupArn }]
  })
}

export interface Stranger {
  readonly binding: string
  readonly targetGroup: string
}
