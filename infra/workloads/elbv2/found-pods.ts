import type { Binding } from '../../kubernetes/reads.ts'
import type { Site, Surroundings } from '../kind.ts'
import type { BoundService } from './binding.ts'
import { foundSwitch } from './find.ts'
import type { FoundSwitch } from './found.ts'
import type { PodIngress } from './pod-ingress.ts'
import type { BoundPods } from './pod-refusals.ts'
import { closedSources, ingressId } from './sources.ts'

/** What `find` learns about one workload whose pods a TargetGroupBinding binds; plain JSON. */
export interface FoundPods extends FoundSwitch {
  /** Security groups of the load balancer that green's pods do not admit yet. */
  readonly podIngress: readonly string[]
}

export interface PodConfig {
  readonly blueTargetGroup: string
  readonly service: BoundService
  readonly podIngress?: PodIngress
}

/** A workload that switches by weight between two groups of bound pods. */
export type PodSite = Site<PodConfig, FoundPods>

/** The switch point with blue's binding, and the way to green's pods. Throws Refused. */
export async function foundPods(
  { blueTargetGroup, podIngress: guarded }: PodConfig,
  surveyed: BoundPods,
  surroundings: Surroundings,
): Promise<FoundPods> {
  const found = foundSwitch(surveyed, (id) => surroundings.claimed(id))
  const podIngress = guarded
    ? await closedSources('podIngress', guarded, found.loadBalancer.securityGroups, surroundings)
    : []
  return {
    ...found,
    reserves: [...found.reserves, ...(guarded ? podIngress.map((source) => ingressId(guarded, source)) : [])],
    blueGroups: [{ arn: blueTargetGroup, multiCluster: surveyed.bindings.blue.every(multiClusterOn(blueTargetGroup)) }],
    podIngress,
  }
}

const multiClusterOn = (arn: string) => (binding: Binding) => binding.targetGroupArn !== arn || binding.multiCluster
