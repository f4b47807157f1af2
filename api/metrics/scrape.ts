import type { Cutover } from '../../automation/cutover.ts'
import type { GateState } from '../../automation/gates/gate.ts'
import { isFreeze, scopeNameOf } from '../../automation/holds/scope.ts'
import type { Reading, Readings } from '../../automation/readings.ts'
import type { Metrics } from './metrics.ts'

const gateValue: Readonly<Record<GateState, number>> = { open: 1, closed: 0, unknown: -1 }

/** What is true now, read when somebody asks. While the journal does not answer, what can be told without it. */
export async function scrape(metrics: Metrics, cutover: Cutover): Promise<void> {
  metrics.set('cutover_ready', [[{}, cutover.notAccepting() === null ? 1 : 0]])
  metrics.set(
    'cutover_process_memory_bytes',
    cutover.memory().map(({ process, pid, bytes }) => [{ process, pid }, bytes]),
  )
  const nothing: Readings = { workloads: [], active: [], holds: [] }
  const { workloads, active, holds } = await cutover.readings().catch(() => nothing)
  metrics.set(
    'cutover_workload_phase',
    workloads.map(({ migration, workload, kind, phase }) => [{ migration, workload, kind, phase }, 1]),
  )
  metrics.set('cutover_workload_split_percent', workloads.flatMap(splits))
  metrics.set(
    'cutover_workload_gate',
    workloads.flatMap(({ migration, workload, gates }) =>
      gates.map(({ name: gate, state }) => [{ migration, workload, gate }, gateValue[state]] as const),
    ),
  )
  metrics.set('cutover_workloads', counted(workloads, ['migration', 'status']))
  metrics.set('cutover_operations_active', counted(active, ['action', 'state']))
  const placed = holds.map((hold) => ({ scope: scopeNameOf(hold), migration: hold.migration ?? '' }))
  metrics.set('cutover_holds', counted(placed, ['scope', 'migration']))
  metrics.set('cutover_frozen', [[{}, holds.some(isFreeze) ? 1 : 0]])
}

function splits({ migration, workload, wanted, observed }: Reading) {
  const of = (reading: string, split: Reading['wanted']) =>
    (['blue', 'green'] as const).map((colour) => [{ migration, workload, colour, reading }, split[colour]] as const)
  return [...of('wanted', wanted), ...(observed ? of('observed', observed) : [])]
}

/** How many there are of each combination. */
function counted<Key extends string>(items: readonly Readonly<Record<Key, string>>[], keys: readonly Key[]) {
  const groups = Map.groupBy(items, (item) => JSON.stringify(keys.map((key) => item[key])))
  return [...groups].map(([values, group]) => {
    const labels = Object.fromEntries(keys.map((key, at) => [key, (JSON.parse(values) as string[])[at] ?? '']))
    return [labels, group.length] as const
  })
}
