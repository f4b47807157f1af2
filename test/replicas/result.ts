import type { Outcome } from './run.ts'

/** One line, with counts. */
export function resultOf(
  outcome: Outcome,
  { replicas, workloads, seed }: { readonly replicas: number; readonly workloads: number; readonly seed: number },
): string {
  const { faults, kills, takeoversMs, operations, requests, events, streamMoves, mostBytes, seconds } = outcome
  const hit = kills.reduce((sum, one) => sum + one.operations.length, 0)
  const slowest = Math.max(0, ...takeoversMs)
  const parts = [
    `${replicas} replicas, ${workloads} workloads, seed ${seed}`,
    `${kills.length} kills hit ${hit} operations, ${takeoversMs.length} taken over, the slowest after ${(slowest / 1000).toFixed(1)} s`,
    `${operations.length} operations ended`,
    `${requests} requests`,
    `${events} events over ${streamMoves + 1} streams`,
    `at most ${(mostBytes / 2 ** 30).toFixed(1)} GiB`,
    `${Math.round(seconds)} s`,
    faults.length === 0 ? 'nothing wrong' : `${faults.length} WRONG`,
  ]
  return parts.join('; ')
}
