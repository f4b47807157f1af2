import type { Client, OperationAnswer } from '../demo/client.ts'
import { free } from './setting.ts'

/** `act` for each, so many at a time. The results in the order of the items. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const rest = [...items.entries()]
  const lane = async (): Promise<void> => {
    for (let next = rest.shift(); next; next = rest.shift()) results[next[0]] = await act(next[1])
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return results
}

/** So many clients look at a time: looks must not be what is measured. */
const lookers = 8

/** All of them one step on, asked for at once; resolves when each has succeeded. */
export async function advanceAll(client: Client, workloads: readonly string[]): Promise<OperationAnswer[]> {
  const accepted = await inParallel(workloads, lookers, async (name) => ({
    name,
    ...(await client.post(name, 'advance')),
  }))
  return Promise.all(accepted.map(({ name, id }) => succeeded(client, name, id)))
}

/** Nothing holds them and their gates are open. */
export async function freeAll(client: Client, workloads: readonly string[]): Promise<void> {
  await inParallel(workloads, lookers, (name) => free(client, name))
}

/** All of them, step by step, until each is in the phase. */
export async function bringAll(client: Client, workloads: readonly string[], phase: string): Promise<void> {
  for (;;) {
    const now = await inParallel(workloads, lookers, (name) => client.workload(name))
    const behind = now.filter((one) => one.phase !== phase).map(({ name }) => name)
    if (behind.length === 0) return
    await freeAll(client, behind)
    await advanceAll(client, behind)
  }
}

/** Whatever was asked for last of each has ended. */
export async function settleAll(client: Client, workloads: readonly string[]): Promise<void> {
  await Promise.all(workloads.map((name) => over(client, name)))
  await inParallel(workloads, lookers, (name) => client.removeHolds(name))
}

async function succeeded(client: Client, name: string, id: string): Promise<OperationAnswer> {
  await over(client, name)
  const operation = await client.operation(id)
  if (operation.state === 'succeeded') return operation
  throw new Error(`${operation.action} of ${name} ${operation.state}: ${operation.error?.detail ?? 'no reason given'}`)
}

/** The service says when: a hundred that look ten times a second would take a core. */
async function over(client: Client, name: string): Promise<void> {
  const path = `${client.pathOf(name)}?wait=operation:over&timeout=300`
  for (;;) {
    const { operation } = await client.get<{ readonly operation: OperationAnswer | null }>(path)
    if (!operation?.state || !['queued', 'running'].includes(operation.state)) return
  }
}
