import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask, inventoryOf, send, startWithoutGreen } from '../support/green.ts'
import type { TestService } from '../support/service.ts'

let service: TestService

beforeAll(async () => {
  service = await startWithoutGreen()
}, 120_000)
afterAll(async () => {
  await service.stop()
})

it('x', async () => {
  const inv = await inventoryOf(service.sandbox, { loadBalancerController: false })
  console.log(JSON.stringify(inv.green), Object.keys(inv.workloads))
  console.log((await send(service, 'PUT', '', inv)).status)
  console.log(JSON.stringify((await send(service, 'GET', '/cluster')).body))
  let t = Date.now()
  console.log('PREVIEW', JSON.stringify(await ask(service, 'preview'), null, 1), Date.now() - t)
  t = Date.now()
  console.log('UP', JSON.stringify(await ask(service, 'up'), null, 1), Date.now() - t)
  console.log(JSON.stringify((await send(service, 'GET', '/cluster')).body, null, 1))
  t = Date.now()
  console.log('UP2', JSON.stringify(await ask(service, 'up'), null, 1), Date.now() - t)
  console.log('DESTROY', JSON.stringify(await ask(service, 'destroy', { confirm: 'omnious-green' }), null, 1))
  console.log(JSON.stringify((await send(service, 'GET', '/cluster')).body))
}, 200_000)
