import { entrySchema } from '../infra/workloads/entry.ts'
import { CutoverError } from './errors.ts'
import type { Inventory, WorkloadEntry } from './inventory.ts'
import type { Migration, Workload } from './migration.ts'
import { sameJson } from './plan/plan.ts'
import type { Store, Work } from './store/store.ts'

/**
 * Takes an inventory in: new workloads are registered, entries of registered ones replaced. What is under way keeps what its
 * switch was built on; everything that only steers the move (steps, bake, probe, …) may change at any time.
 */
export async function register(
  store: Store,
  inventory: Inventory,
): Promise<{ readonly migration: Migration; readonly created: boolean }> {
  return store.transaction(async (work) => {
    const existing = await work.migrations.get(inventory.migration)
    const workloads = existing ? await work.workloads.of(inventory.migration) : []
    if (existing) refuseMovedGround(existing.inventory, inventory, workloads)
    const migration = await work.migrations.save(inventory)
    for (const workload of workloads) await reconcile(work, workload, inventory.workloads[workload.name])
    const known = new Set(workloads.map(({ name }) => name))
    for (const [name, entry] of Object.entries(inventory.workloads)) {
      if (!known.has(name)) await work.workloads.add(inventory.migration, name, entry)
    }
    return { migration, created: !existing }
  })
}

const isUnderWay = ({ state: { phase } }: Workload): boolean => !['registered', 'released', 'abandoned'].includes(phase)

/** Region and clusters are what every stack was built on. */
function refuseMovedGround(before: Inventory, after: Inventory, workloads: readonly Workload[]): void {
  const [underWay] = workloads.filter(isUnderWay)
  if (!underWay) return
  for (const key of ['aws', 'blue', 'green'] as const) {
    if (sameJson(before[key], after[key])) continue
    const message = `${key} cannot change while ${underWay.name} is ${underWay.state.phase}`
    throw new CutoverError('workload-under-way', message, { workload: underWay.name, field: key })
  }
}

async function reconcile(work: Work, workload: Workload, entry: WorkloadEntry | undefined): Promise<void> {
  const { migration, name } = workload
  if (!entry) {
    if (isUnderWay(workload)) refuse(workload, 'it cannot be dropped: release or abandon it first')
    if (await work.operations.activeOf(migration, name))
      refuse(workload, 'it cannot be dropped while it has an operation under way')
    await work.claims.release(migration, name)
    return work.workloads.remove(migration, name)
  }
  if (sameJson(workload.entry, entry)) return
  if (isUnderWay(workload)) {
    const field = changedGround(workload.entry, entry)
    if (field) refuse(workload, `${field} cannot change any more: roll back and abandon it first`)
  }
  if (['released', 'abandoned'].includes(workload.state.phase)) return
  await work.workloads.change(migration, name, { entry, kind: entry.kind })
}

/** The first member of the entry that the switch was built on and that would change. */
function changedGround(before: WorkloadEntry, after: WorkloadEntry): string | undefined {
  const ground = (entry: WorkloadEntry) => Object.entries(entry).filter(([key]) => !(key in entrySchema.properties))
  const keys = new Set([...ground(before), ...ground(after)].map(([key]) => key))
  const of = (entry: WorkloadEntry, key: string) => (entry as Readonly<Record<string, unknown>>)[key] ?? null
  return [...keys].find((key) => !sameJson(of(before, key), of(after, key)))
}

function refuse({ name, state }: Workload, why: string): never {
  throw new CutoverError('workload-under-way', `${name} is ${state.phase}: ${why}`, {
    workload: name,
    phase: state.phase,
  })
}
