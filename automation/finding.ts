import { ClusterUnreachable } from '../infra/kubernetes/connection.ts'
import { kindOf } from '../infra/workloads/kinds.ts'
import type { Surroundings } from '../infra/workloads/kind.ts'
import { Refused } from '../infra/workloads/refused.ts'
import { awsFailed } from './aws-failed.ts'
import { CutoverError } from './errors.ts'
import type { Migration, Workload } from './migration.ts'
import type { Store } from './store/store.ts'
import { greenOf } from './cluster/state.ts'
import type { Connections } from './surroundings.ts'

/** Everything that a workload claims: its switch point, and what was found to be needed beside it. */
export const claimsOf = ({ kind, entry, found }: Workload): string[] => [
  ...kindOf(kind).claims(entry),
  ...(found?.reserves ?? []),
]

export const claimHeld = (id: string, holder: string): CutoverError =>
  new CutoverError('switch-point-claimed', `${id} belongs to ${holder} until that is released or abandoned`, {
    id,
    holder,
  })

/** A registered workload with its switch point as found, or the reason why it is refused. All others were found long ago. */
export async function withFound(
  workload: Workload,
  migration: Migration,
  store: Store,
  connections: Connections,
): Promise<Workload> {
  if (workload.state.phase !== 'registered') return workload
  const { inventory } = migration
  if (!greenOf(migration)) {
    const message = "green's cluster is not built yet: bring it up first (POST …/cluster/up)"
    throw new CutoverError('cluster-not-built', message)
  }
  const others = await store.read.claims.ofOthers(workload.migration, workload.name)
  const kind = kindOf(workload.kind)
  const claimed = kind.claims(workload.entry).find((id) => others.has(id))
  if (claimed !== undefined) throw claimHeld(claimed, others.get(claimed) ?? '')
  try {
    const found = await kind.find(workload.entry, {
      aws: connections.aws(inventory.aws.region),
      blue: connections.cluster(inventory.blue.kubeconfig),
      green: connections.green(migration),
      ...greenNodesOf(migration),
      claimed: (id) => others.has(id),
    })
    return { ...workload, found }
  } catch (error) {
    throw refusalOf(error)
  }
}

function greenNodesOf(migration: Migration): Pick<Surroundings, 'greenNodes'> {
  const nodes = greenOf(migration)?.nodes
  return nodes ? { greenNodes: nodes } : {}
}

function refusalOf(error: unknown): CutoverError {
  if (error instanceof Refused) {
    const { field, reason, wayOut } = error
    return new CutoverError('switch-point-refused', error.message, { field, reason, wayOut })
  }
  if (error instanceof ClusterUnreachable) return new CutoverError('cluster-unreachable', error.message, {}, error)
  return awsFailed('the switch point could not be read', error)
}
