import type { ClusterOutputs } from '../../infra/cluster/outputs.ts'
import type { ClusterStage } from '../../infra/cluster/stage.ts'

/** Versions that were chosen where the inventory names none; they stay until the version of Kubernetes changes. */
export interface Pins {
  readonly version: string
  readonly addons: Readonly<Record<string, string>>
}

/** What the journal knows of a cluster that we build. */
export interface ClusterRecord {
  /** The stage that was last asked for, written before the act. */
  readonly asked: ClusterStage | null
  /** The stage of the last finished `up`. */
  readonly done: ClusterStage | null
  readonly pins: Pins | null
  /** What the last finished `up` exported; null: green has no cluster that could be asked. */
  readonly outputs: ClusterOutputs | null
  /** Path on this machine of the kubeconfig that our own reads and runs use; null: there is no cluster that could be asked. */
  readonly kubeconfig: string | null
}

export const noCluster: ClusterRecord = { asked: null, done: null, pins: null, outputs: null, kubeconfig: null }

/**
 * `given`: the inventory names a cluster that exists. `incomplete`: an `up` or a destroy broke off or failed; running it again
 * goes on from there.
 */
export type ClusterStateName = 'given' | 'not-built' | 'incomplete' | 'built'
