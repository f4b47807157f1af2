import { parse, stringify } from 'yaml'
import type { OperationAnswer } from '../../demo/client.ts'
import { inventoryText, type TestService } from './service.ts'

/** Applies the scenario's inventory with `change` in every entry; nothing waits for a bake or a soak unless a test says so. */
export async function applyInventory(
  service: TestService,
  change: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const document = parse(await inventoryText(service.sandbox)) as { workloads: Record<string, object> }
  const entries = Object.entries(document.workloads)
  const workloads = Object.fromEntries(
    entries.map(([name, entry]) => [name, { ...entry, bake: '0', soak: '0', ...change }]),
  )
  await service.client.apply(stringify({ ...document, workloads }))
}

/** One step forward as soon as its gates are open; holds are removed. */
export async function advance(service: TestService, name: string): Promise<OperationAnswer> {
  await service.client.removeHolds(name)
  await service.client.open(name)
  return service.client.act(name, 'advance')
}

export async function advanceTo(service: TestService, name: string, phase: string): Promise<void> {
  while ((await service.client.workload(name)).phase !== phase) await advance(service, name)
}

/** The next rollback that somebody else than the test asks for, once it has ended. */
export async function nextRollback(service: TestService, name: string, after: string | null): Promise<OperationAnswer> {
  for (;;) {
    const { operation } = await service.client.workload(name)
    if (operation?.action === 'rollback' && operation.id !== after) return service.client.ended(operation.id)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
