import { entrySchema } from '../infra/workloads/entry.ts'
import { clusterStack } from '../infra/names.ts'
import { mustHave, type Asker } from './asker.ts'
import { decisionOf } from './audit.ts'
import { sha256 } from './digest.ts'
import { CutoverError } from './errors.ts'
import type { Inventory, WorkloadEntry } from './inventory.ts'
import type { Migration, Workload } from './migration.ts'
import { canonical, sameJson } from './same-json.ts'
import type { Store, Work } from './store/store.ts'

/**
 * Takes an inventory in: new workloads are registered, entries of registered ones replaced. What is under way keeps what its
 * switch was built on; everything that only steers the move (steps, bake, probe, …) may change at any time.
 */
export async function register(
  store: Store,
  inventory: Inventory,
  asker: Asker,
): Promise<{ readonly migration: Migration; readonly created: boolean }> {
  return store.transaction(async (work) => {
    const existing = await work.migrations.get(inventory.migration)
    const workloads = existing ? await work.workloads.of(inventory.migration) : []
    const fixed = await underWay(work, workloads)
    if (existing) {
      if (existing.inventory.twoPersons && !inventory.twoPersons) mustHave('lift-two-persons', asker)
      refuseMovedGround(existing.inventory, inventory, fixed)
      await refuseMovedCluster(work, existing, inventory)
    }
    const migration = await work.migrations.save(inventory)
    for (const workload of workloads) {
      const entry = entryOf(inventory, workload.name)
      if (!entry) await drop(work, workload, fixed.has(workload))
      else await replaceEntry(work, workload, entry, fixed.has(workload))
    }
    const known = new Set(workloads.map(({ name }) => name))
    for (const [name, entry] of Object.entries(inventory.workloads)) {
      if (!known.has(name)) await work.workloads.add(inventory.migration, name, entry)
    }
    const details = { workloads: Object.keys(inventory.workloads), digest: sha256(canonical(inventory)) }
    work.audit.write(decisionOf(asker, { migration: migration.name, name: null }, 'inventory', { details }))
    return { migration, created: !existing }
  })
}

const entryOf = ({ workloads }: Inventory, name: string): WorkloadEntry | undefined =>
  Object.hasOwn(workloads, name) ? workloads[name] : undefined

/** Past `registered` and not ended, or on the way there: an operation works with what it was accepted with. */
async function underWay(work: Work, workloads: readonly Workload[]): Promise<ReadonlySet<Workload>> {
  const active = new Set((await work.operations.active()).map(({ migration, workload }) => `${migration}/${workload}`))
  return new Set(
    workloads.filter(({ migration, name, state: { phase } }) => {
      const idle = ['registered', 'released', 'abandoned'].includes(phase)
      return !idle || active.has(`${migration}/${name}`)
    }),
  )
}

/** Region and clusters are what every stack was built on. */
function refuseMovedGround(before: Inventory, after: Inventory, fixed: ReadonlySet<Workload>): void {
  const [first] = fixed
  if (!first) return
  const grounds = { before: groundOf(before), after: groundOf(after) }
  const key = (['aws', 'blue', 'green'] as const).find((one) => !sameJson(grounds.before[one], grounds.after[one]))
  if (key) refuse(first, `${key} cannot change while it is under way`, key)
}

/** Of a green that we build: which cluster it is. Its nodes, versions and the like may change under way, by an `up` of its own. */
const groundOf = ({ aws, blue, green }: Inventory) => ({
  aws: { ...aws },
  blue: { ...blue },
  green: 'nodeGroups' in green ? { cluster: green.cluster, network: green.network } : green,
})

/** While a cluster of ours is there, or may be, it is that one and in our hands; while it is being worked on, nothing of it changes. */
async function refuseMovedCluster(
  work: Work,
  { name, inventory, cluster }: Migration,
  after: Inventory,
): Promise<void> {
  const active = await work.operations.activeOf(name, clusterStack)
  if (active && !sameJson(inventory.green, after.green)) {
    const message = `green cannot change while ${active.action} ${active.id} is under way`
    throw new CutoverError('cluster-under-way', message, { operation: { id: active.id, action: active.action } })
  }
  if (!cluster?.asked) return
  const [before, wanted] = [groundOf(inventory), groundOf(after)]
  const key = (['aws', 'green'] as const).find((one) => !sameJson(before[one], wanted[one]))
  if (!key) return
  const message = `${key}: the cluster ${inventory.green.cluster} stands on it; destroy that first, or leave it as it is`
  throw new CutoverError('cluster-under-way', message, { field: key })
}

async function drop(work: Work, workload: Workload, fixed: boolean): Promise<void> {
  const { migration, name } = workload
  if (fixed) refuse(workload, 'it cannot be dropped while it is under way: release or abandon it first')
  await work.claims.release(migration, name)
  await work.holds.removeAll(migration, name)
  await work.workloads.remove(migration, name)
}

async function replaceEntry(work: Work, workload: Workload, entry: WorkloadEntry, fixed: boolean): Promise<void> {
  if (sameJson(workload.entry, entry) || ['released', 'abandoned'].includes(workload.state.phase)) return
  const field = fixed ? changedGround(workload.entry, entry) : undefined
  if (field) refuse(workload, `${field} cannot change while it is under way: roll back and abandon it first`, field)
  await work.workloads.change(workload.migration, workload.name, { entry, kind: entry.kind })
}

/** The first member of the entry that the switch was built on and that would change. */
function changedGround(before: WorkloadEntry, after: WorkloadEntry): string | undefined {
  const ground = (entry: WorkloadEntry) => Object.entries(entry).filter(([key]) => !(key in entrySchema.properties))
  const keys = new Set([...ground(before), ...ground(after)].map(([key]) => key))
  const of = (entry: WorkloadEntry, key: string) => (entry as Readonly<Record<string, unknown>>)[key] ?? null
  return [...keys].find((key) => !sameJson(of(before, key), of(after, key)))
}

function refuse({ name, state }: Workload, why: string, field?: string): never {
  const details = { workload: name, phase: state.phase, ...(field === undefined ? {} : { field }) }
  throw new CutoverError('workload-under-way', `${name} is ${state.phase}: ${why}`, details)
}
