import type { Asker } from './asker.ts'
import { CutoverError } from './errors.ts'
import type { Migration, Workload } from './migration.ts'
import type { Work } from './store/store.ts'

/**
 * The two-person rule, where the inventory says `twoPersons`: of the one who confirms that blue may be retired and the one who
 * retires it, neither can be the other. Persons are told apart by their subjects.
 */
export function mustBeAnother(
  { migration, workload }: { readonly migration: Migration; readonly workload: Workload },
  { by }: Asker,
): void {
  const { name, state } = workload
  if (!migration.inventory.twoPersons || state.phase !== 'soaking' || state.confirmation?.by !== by) return
  const message = `${by} confirmed that blue may be retired; somebody else has to retire ${name}`
  throw new CutoverError('two-persons', message, { confirmedBy: by })
}

/** The other way round: whoever asked for `retired`, in an operation that runs or has not come to it, does not confirm. */
export async function mustNotHaveRetired(work: Work, migration: Migration, workload: Workload, { by }: Asker) {
  const { name, state } = workload
  if (!migration.inventory.twoPersons || state.phase !== 'soaking') return
  const asked = await work.operations.retirements(migration.name, name, state.since)
  if (!asked.includes(by)) return
  const message = `${by} asked to retire ${name}; somebody else has to confirm`
  throw new CutoverError('two-persons', message, { retiredBy: by })
}
