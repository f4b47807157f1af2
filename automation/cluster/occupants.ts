import { CutoverError } from '../errors.ts'
import type { Workload } from '../migration.ts'
import type { Work } from '../store/store.ts'

/**
 * Throws `workload-not-empty` while anything stands on green's cluster. Green's side of a workload is anything from its preparation
 * on. After its release green is where it lives, for good: whether the inventory still names it makes no difference to its clients.
 */
export async function requireEmpty(work: Work, migration: string): Promise<void> {
  const workloads = await work.workloads.of(migration)
  const active = new Set(
    (await work.operations.active()).filter((one) => one.migration === migration).map((one) => one.workload),
  )
  const inGreen = workloads.filter((workload) => active.has(workload.name) || hasGreen(workload))
  const occupants = new Map(inGreen.map(({ name, state }) => [name, `${name} (${state.phase})`]))
  for (const name of await work.operations.released(migration)) {
    if (!occupants.has(name)) occupants.set(name, `${name} (released)`)
  }
  if (occupants.size === 0) return
  const message = `${[...occupants.values()].join(', ')}: bring home and abandon what still moves; what was released is served by this cluster, which stays`
  throw new CutoverError('workload-not-empty', message, { workloads: [...occupants.keys()] })
}

const hasGreen = ({ state, stage }: Workload): boolean =>
  !['registered', 'adopted', 'abandoned'].includes(state.phase) || stage?.green === 'present'
