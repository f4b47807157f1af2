import type { ClusterConfig } from '../../infra/cluster/config.ts'
import type { GreenCluster } from '../../infra/workloads/kind.ts'
import type { Migration, MigrationHead } from '../migration.ts'
import { sameJson } from '../same-json.ts'
import type { ClusterStateName } from './record.ts'

/** Pure. */
export function clusterStateOf({ inventory, cluster }: Pick<Migration, 'inventory' | 'cluster'>): ClusterStateName {
  if (!toBeBuilt(inventory.green)) return 'given'
  if (!cluster?.asked) return 'not-built'
  return cluster.outputs && sameJson(cluster.asked, cluster.done) ? 'built' : 'incomplete'
}

/** null: it exists already. */
export const toBeBuilt = (green: Migration['inventory']['green']): ClusterConfig | null =>
  'nodeGroups' in green ? green : null

/** Where green is; null: its cluster is not built yet. */
export function greenOf({ inventory, cluster }: MigrationHead): GreenCluster | null {
  const { green } = inventory
  if ('kubeconfig' in green) return { name: green.cluster, kubeconfig: green.kubeconfig }
  if (!cluster?.outputs || !cluster.kubeconfig) return null
  const { autoScalingGroups, nodeSecurityGroupId } = cluster.outputs
  const nodes = { autoScalingGroups, ...(nodeSecurityGroupId ? { securityGroup: nodeSecurityGroupId } : {}) }
  return { name: green.cluster, kubeconfig: cluster.kubeconfig, nodes }
}
