import type { Cutover } from '../../automation/cutover.ts'
import type { JournalEvent } from '../../automation/events.ts'
import type { OperationRecord } from '../../automation/store/operations.ts'
import type { Metrics } from './metrics.ts'

/** Counts what this service does from now on; of what another one does on the same journal that one has its own count. */
export function countFrom(cutover: Cutover, metrics: Metrics, failed: (error: unknown) => void): void {
  cutover.events.on('aws-call', ({ service, operation, outcome, seconds }) => {
    metrics.add('cutover_aws_calls_total', { service, operation, outcome })
    metrics.observe('cutover_aws_call_seconds', seconds, { service })
  })
  cutover.events.on('lease-taken', () => metrics.add('cutover_lease_takeovers_total'))
  cutover.events.on('written', (events) => {
    for (const event of events) count(event).catch(failed)
  })

  async function count({ type, operation, data }: JournalEvent): Promise<void> {
    if (type === 'guard-fired') metrics.add('cutover_guards_fired_total', { guard: String(data['guard']) })
    if (type === 'home') metrics.observe('cutover_rollback_home_seconds', Number(data['homeMs']) / 1000)
    if (operation === null) return
    if (type === 'operation-queued' && data['action'] === 'advance') {
      const { time, people } = await cutover.waitedBefore(await cutover.operation(operation))
      metrics.add('cutover_waiting_seconds_total', { for: 'time' }, time / 1000)
      metrics.add('cutover_waiting_seconds_total', { for: 'people' }, people / 1000)
    }
    if (type === 'operation-finished') ended(await cutover.operation(operation))
  }

  function ended({ action, state, requestedAt, finishedAt, homeMs }: OperationRecord): void {
    const seconds = Math.max(0, (finishedAt ?? requestedAt) - requestedAt) / 1000
    metrics.add('cutover_operations_total', { action, state })
    metrics.add('cutover_working_seconds_total', { action }, seconds)
    if (state !== 'succeeded') return
    if (action === 'advance') metrics.observe('cutover_advance_seconds', seconds)
    if (action === 'rollback' && homeMs !== null) {
      metrics.observe('cutover_reconcile_seconds', Math.max(0, seconds - homeMs / 1000))
    }
  }
}
