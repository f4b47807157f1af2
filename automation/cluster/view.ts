import type { ClusterOutputs } from '../../infra/cluster/outputs.ts'
import { clusterStack } from '../../infra/names.ts'
import { isActive, type Migration, type Operation } from '../migration.ts'
import type { Store } from '../store/store.ts'
import type { ClusterStateName } from './record.ts'
import { clusterStateOf, toBeBuilt } from './state.ts'

/** Green's cluster as callers see it. */
export interface ClusterView {
  readonly migration: string
  readonly cluster: string
  readonly state: ClusterStateName
  /** { wanted, built } of Kubernetes; wanted is null where the inventory leaves it to somebody else. */
  readonly version: { readonly wanted: string | null; readonly built: string | null }
  /** Of every add-on, where they were chosen already. */
  readonly addons: Readonly<Record<string, string>>
  /** Without the kubeconfig, which is secret. */
  readonly outputs: ClusterOutputs | null
  readonly operation: Operation | null
  readonly sentence: string
}

export async function clusterViewOf(migration: Migration, store: Store): Promise<ClusterView> {
  const operation = await store.read.operations.last(migration.name, clusterStack)
  const { inventory, cluster } = migration
  const config = toBeBuilt(inventory.green)
  const state = clusterStateOf(migration)
  const outputs = config ? (cluster?.outputs ?? null) : null
  return {
    migration: migration.name,
    cluster: inventory.green.cluster,
    state,
    version: { wanted: config?.version ?? null, built: outputs?.version ?? null },
    addons: config && cluster?.pins ? { ...cluster.pins.addons, ...config.addons } : {},
    outputs,
    operation,
    sentence: sentenceOf(state, operation),
  }
}

const sentences: Readonly<Record<ClusterStateName, string>> = {
  given: 'green is a cluster that exists; it is not ours to build or destroy',
  'not-built': "green's cluster is not built yet",
  incomplete: 'what was begun on green did not come to its end; ask for it again and it goes on from there',
  built: "green's cluster is up",
}

/** Pure. */
export function sentenceOf(state: ClusterStateName, operation: Operation | null): string {
  if (operation && isActive(operation)) return `${operation.action} is under way`
  if (operation?.state === 'failed' && operation.error) return `${sentences[state]}: ${operation.error.message}`
  return sentences[state]
}
