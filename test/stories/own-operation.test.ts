import { afterAll, beforeAll, expect, it } from 'vitest'
import { advanceTo, applyInventory } from '../support/journey.ts'
import { startTestService, type TestService } from '../support/service.ts'

/** What a replica has accepted and is about to begin is not found by itself as something that nobody is at work on. */
let service: TestService
let stays = Promise.resolve()

beforeAll(async () => {
  service = await startTestService({ pass: (point) => (point === 'rollback-saved' ? stays : Promise.resolve()) })
  await applyInventory(service, { steps: [50, 100] })
  await advanceTo(service, 'search', 'shifting')
})
afterAll(() => service.stop())

it('carries a way home out once, however long it takes from its being saved to its begin', async () => {
  const told: string[] = []
  service.automation.cutover.events.on('event', ({ type }) => told.push(type))
  let goOn = (): void => undefined
  stays = new Promise((resolve) => (goOn = resolve))
  const asked = service.client.act('search', 'rollback', { reason: 'a slow machine' })
  // the dispatcher looks once a second
  await expect.poll(() => told.includes('operation-started')).toBe(true)
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  goOn()
  expect(await asked).toMatchObject({ state: 'succeeded', to: 'prepared' })
  expect(told.filter((type) => type === 'operation-taken-over')).toEqual([])
  expect(told.filter((type) => type === 'operation-finished')).toHaveLength(1)
})
