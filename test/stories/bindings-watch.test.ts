import { KubeConfig, KubernetesObjectApi, type KubernetesObject } from '@kubernetes/client-node'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { strangerHold } from '../../automation/cluster/bindings-watch.ts'
import type { JournalEvent } from '../../automation/events.ts'
import { bindingOf } from '../../sandbox/scenarios/manifests.ts'
import { applyInventory } from '../support/journey.ts'
import { inventoryText, startTestService, type TestService } from '../support/service.ts'
import { until } from '../support/wait.ts'

/** Somebody binds a group of blue's in green while nobody asks the service for anything: it sees that by itself. */
let service: TestService
let green: KubernetesObjectApi
const held: JournalEvent[] = []

beforeAll(async () => {
  service = await startTestService()
  await applyInventory(service)
  const config = new KubeConfig()
  config.loadFromString((await service.sandbox.whenGreen()).kubeconfig)
  green = KubernetesObjectApi.makeApiClient(config)
  service.automation.cutover.events.on('event', (event) => {
    if (event.type === 'hold-placed') held.push(event)
  })
})
afterAll(async () => {
  await service.stop()
})

async function binding(): Promise<KubernetesObject> {
  const { workloads } = parse(await inventoryText(service.sandbox)) as {
    workloads: Record<string, { blueTargetGroup: string }>
  }
  const group = workloads['search']?.blueTargetGroup ?? ''
  return { ...bindingOf('shop', 'search', group), metadata: { namespace: 'shop', name: 'by-mistake' } }
}

it('holds every workload of the migration, and says which binding names which group', async () => {
  const one = await binding()
  const { targetGroupARN } = (one as unknown as { spec: { targetGroupARN: string } }).spec
  await green.create(one)
  await until('both are held', () => held.length === 2, 60)
  expect(held.map(({ workload }) => workload).sort()).toEqual(['search', 'tagging'])
  for (const { data, operation } of held) {
    expect(operation).toBeNull()
    expect(data).toMatchObject({ name: strangerHold, by: 'eks-cutover' })
    expect(data['reason']).toContain('shop/by-mistake')
    expect(data['reason']).toContain(targetGroupARN)
  }
  const { status, sentence } = await service.client.workload('search')
  expect({ status, sentence }).toEqual({
    status: 'stuck',
    sentence: expect.stringContaining(`held by eks-cutover (${strangerHold})`) as string,
  })
})

it('holds each once, and again when the hold is removed while the binding is there', async () => {
  await service.client.removeHolds('search')
  await until('it is held again', () => held.length > 2, 60)
  expect(held.slice(2).map(({ workload }) => workload)).toEqual(['search'])
  await green.delete(await binding())
})
