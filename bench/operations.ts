import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, OperationAnswer } from '../demo/client.ts'

/** From the request to the end of an operation. */
export const lasted = ({ requestedAt, finishedAt }: OperationAnswer): number =>
  Date.parse(finishedAt ?? '') - Date.parse(requestedAt)

/** The service and this process share a clock: from the request sent, to the request received, to home. Milliseconds. */
export async function timeHome(client: Client, name: string): Promise<number> {
  const sent = Date.now()
  const { id } = await client.post(name, 'rollback', { reason: 'bench' })
  for (;;) {
    const { homeMs, requestedAt, state, error } = await client.operation(id)
    if (homeMs !== null) return Date.parse(requestedAt) - sent + homeMs
    if (state === 'failed') throw new Error(`the rollback of ${name} failed: ${error?.detail ?? 'no reason given'}`)
    await sleep(50)
  }
}

/** Whatever was asked for last has ended, and nothing holds the workload. */
export async function settled(client: Client, name: string): Promise<void> {
  const { operation } = await client.workload(name)
  if (operation) await client.ended(operation.id)
  await client.removeHolds(name)
}
