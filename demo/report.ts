import type { LoadSnapshot } from '../sandbox/load.ts'
import type { OperationAnswer, Shares, WorkloadAnswer } from './client.ts'
import type { ClusterReport } from './green.ts'

/** What `--report` writes. */
export interface Report {
  readonly schemaVersion: 1
  readonly scenario: string
  readonly versions: { readonly node: string; readonly pulumi: string }
  /** null: green was there already. */
  readonly cluster: ClusterReport | null
  readonly workloads: readonly WorkloadReport[]
  /** The trap's own traffic; in neither `workloads` nor `total`. null: it was not sprung. */
  readonly trap: { readonly requests: number; readonly failed: number } | null
  readonly total: { readonly requests: number; readonly failed: number; readonly seconds: number }
}

export interface WorkloadReport {
  readonly name: string
  readonly kind: string
  readonly phase: string
  /** From the first advance to the last. */
  readonly seconds: number
  /** In order of time: each phase or step that was entered, the split in it, how long it lasted, and the operation into it. */
  readonly phases: readonly PhaseReport[]
  readonly rollbacks: readonly { readonly reason: string; readonly homeMs: number; readonly reconciledMs: number }[]
  readonly traffic: Omit<LoadSnapshot, 'failures' | 'lastAt'>
}

export interface PhaseReport {
  readonly phase: string
  readonly split: Shares
  readonly seconds: number
  readonly upSeconds: number
}

/** One entry into a phase, as the demo saw it. */
export interface Entry {
  readonly phase: string
  readonly split: Shares
  readonly at: number
  readonly operation: OperationAnswer | null
}

export function workloadReport(
  workload: WorkloadAnswer,
  entries: readonly Entry[],
  history: readonly OperationAnswer[],
  traffic: LoadSnapshot,
): WorkloadReport {
  const { failures: _failures, lastAt: _lastAt, ...counted } = traffic
  return {
    name: workload.name,
    kind: workload.kind,
    phase: workload.phase,
    seconds: rounded(lastedSeconds(history)),
    phases: entries.map((entry, index) => ({
      phase: entry.phase,
      split: entry.split,
      seconds: rounded(((entries[index + 1]?.at ?? Date.now()) - entry.at) / 1000),
      upSeconds: entry.operation ? rounded(secondsOf(entry.operation)) : 0,
    })),
    rollbacks: history
      .filter(({ action }) => action === 'rollback')
      .reverse()
      .map((operation) => ({
        reason: operation.reason ?? '',
        homeMs: operation.homeMs ?? -1,
        reconciledMs: Math.round(secondsOf(operation) * 1000),
      })),
    traffic: counted,
  }
}

function lastedSeconds(history: readonly OperationAnswer[]): number {
  const begun = Math.min(...history.map(({ requestedAt }) => Date.parse(requestedAt)))
  const ended = Math.max(...history.map(({ finishedAt }) => Date.parse(finishedAt ?? '')))
  return history.length === 0 ? 0 : (ended - begun) / 1000
}

const secondsOf = ({ requestedAt, finishedAt }: OperationAnswer): number =>
  finishedAt === null ? 0 : (Date.parse(finishedAt) - Date.parse(requestedAt)) / 1000

const rounded = (seconds: number): number => Math.round(seconds * 100) / 100
