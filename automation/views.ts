import type { Split } from '../infra/traffic.ts'
import type { GateResult } from './gates/gate.ts'
import { askGates, needsOf } from './gates/gates.ts'
import { covers } from './holds/scope.ts'
import { isActive, type Hold, type MigrationHead, type Operation, type PhaseName, type Workload } from './migration.ts'
import type { Observer } from './observer.ts'
import { phaseOf } from './phases/phases.ts'
import { statusOf, type StatusName } from './phases/status.ts'
import { ownFacts, unread, wasRead } from './reader.ts'
import type { Clock } from './clock.ts'
import type { Reading } from './store/readings.ts'
import type { Store } from './store/store.ts'

/** A workload as callers see it. */
export interface WorkloadView {
  readonly migration: string
  readonly name: string
  readonly kind: string
  readonly phase: PhaseName
  /** green's share in percent while shifting, else null */
  readonly step: number | null
  readonly split: { readonly wanted: Split; readonly observed: Split | null }
  readonly gates: readonly GateResult[]
  readonly holds: readonly Hold[]
  readonly operation: Operation | null
  readonly status: StatusName
  readonly sentence: string
}

export interface ViewDependencies {
  readonly store: Store
  readonly observer: Observer
  readonly clock: Clock
}

export async function viewOf(workload: Workload, head: MigrationHead, deps: ViewDependencies): Promise<WorkloadView> {
  const { store, observer, clock } = deps
  const [holds, operation, latest] = await Promise.all([
    store.read.holds.on(workload),
    store.read.operations.last(workload.migration, workload.name),
    observer.latest(workload),
  ])
  return shown(workload, head, { holds, operation, latest }, clock)
}

/** Views of workloads of one migration, in as many queries however many they are. */
export async function viewsOf(
  workloads: readonly Workload[],
  head: MigrationHead,
  { store: { read }, observer, clock }: ViewDependencies,
): Promise<WorkloadView[]> {
  const names = workloads.map(({ name }) => name)
  const [holds, operations, latest] = await Promise.all([
    read.holds.reaching(head.name),
    read.operations.lastOf(head.name, names),
    observer.latestOf(head.name, names),
  ])
  return workloads.map((workload) => {
    const around = {
      holds: holds.filter((hold) => covers(hold, workload)),
      operation: operations.get(workload.name) ?? null,
      latest: latest.get(workload.name) ?? null,
    }
    return shown(workload, head, around, clock)
  })
}

interface Around {
  readonly holds: readonly Hold[]
  readonly operation: Operation | null
  readonly latest: Reading | null
}

function shown(
  workload: Workload,
  head: MigrationHead,
  { holds, operation, latest }: Around,
  clock: Clock,
): WorkloadView {
  const phase = phaseOf(workload.state)
  const read = latest?.facts ?? unread
  const gates = askGates(phase.gates, { ...read, ...ownFacts(workload, head, clock) })
  return {
    migration: workload.migration,
    name: workload.name,
    kind: workload.kind,
    phase: phase.name,
    step: workload.state.phase === 'shifting' ? workload.state.step : null,
    split: { wanted: wantedSplit(workload, operation), observed: 'value' in read.split ? read.split.value : null },
    gates,
    holds,
    operation,
    ...statusOf(workload, operation, holds, wasRead(read, needsOf(phase.gates)) ? gates : 'not read yet'),
  }
}

/** While an operation writes, what it is writing; else what the phase stands for. */
function wantedSplit({ state, stage }: Workload, operation: Operation | null): Split {
  if (operation && isActive(operation) && operation.action !== 'plan' && stage) return stage.split
  return phaseOf(state).split(state)
}
