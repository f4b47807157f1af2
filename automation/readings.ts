import type { Split } from '../infra/traffic.ts'
import type { GateResult } from './gates/gate.ts'
import { askGates } from './gates/gates.ts'
import { covers } from './holds/scope.ts'
import type { Hold, Operation, PhaseName } from './migration.ts'
import { keyOf } from './migration.ts'
import { phaseOf, phases } from './phases/phases.ts'
import { statusOf, type StatusName } from './phases/status.ts'
import { ownFacts } from './reader.ts'
import type { ViewDependencies } from './views.ts'

const phaseNames = Object.keys(phases) as PhaseName[]

/** How one workload is, in what can be counted. */
export interface Reading {
  readonly migration: string
  readonly workload: string
  readonly kind: string
  readonly phase: PhaseName
  readonly wanted: Split
  /** As this service last read it; null: it does not look at the workload, or could not tell. */
  readonly observed: Split | null
  /** As this service last read them; none where it does not look. */
  readonly gates: readonly GateResult[]
  readonly status: StatusName
}

export interface Readings {
  readonly workloads: readonly Reading[]
  readonly active: readonly Operation[]
  readonly holds: readonly Hold[]
}

/** All workloads at once, in a handful of queries however many there are. */
export async function readingsOf({ store, observer, clock }: ViewDependencies): Promise<Readings> {
  const [workloads, active, holds] = await Promise.all([
    store.read.workloads.in(phaseNames),
    store.read.operations.active(),
    store.read.holds.all(),
  ])
  const names = [...new Set(workloads.map(({ migration }) => migration))]
  const migrations = new Map(
    await Promise.all(names.map(async (name) => [name, await store.read.migrations.get(name)] as const)),
  )
  const operationsOf = Map.groupBy(active, ({ migration, workload }) => `${migration}/${workload}`)
  const readings = workloads.flatMap((workload): Reading[] => {
    const migration = migrations.get(workload.migration)
    if (!migration) return []
    const phase = phaseOf(workload.state)
    const latest = observer.own(workload)?.facts
    const gates = latest ? askGates(phase.gates, { ...latest, ...ownFacts(workload, migration, clock) }) : []
    const operation = operationsOf.get(keyOf(workload))?.[0] ?? null
    return [
      {
        migration: workload.migration,
        workload: workload.name,
        kind: workload.kind,
        phase: phase.name,
        wanted: phase.split(workload.state),
        observed: latest && 'value' in latest.split ? latest.split.value : null,
        gates,
        status: statusOf(
          workload,
          operation,
          holds.filter((hold) => covers(hold, workload)),
          gates,
        ).status,
      },
    ]
  })
  return { workloads: readings, active, holds }
}
