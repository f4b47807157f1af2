import { copyFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { home, splitFor } from '../../infra/traffic.ts'
import { startLoad, type Load } from '../../sandbox/load.ts'
import { doorOf } from '../support/door.ts'
import { advance, advanceTo, applyInventory } from '../support/journey.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { until } from '../support/wait.ts'

/** Somebody damages or deletes Pulumi's record of a stack: found before anything is written, and never in the way of going home. */
let service: TestService
let load: Load
let state: string
let record: string

beforeAll(async () => {
  service = await startTestService()
  await applyInventory(service, { steps: [50, 100] })
  load = startLoad({ ...doorOf(service.sandbox.ready, 'search'), ratePerSecond: 20, newConnectionShare: 0.5 })
  state = join(service.dataDir, 'pulumi-state', '.pulumi')
  record = join(state, 'stacks', 'eks-cutover', 'small.search.json')
})
afterAll(async () => {
  const { failed, failures } = await load.stop()
  await service.stop()
  expect({ failed, failures }).toEqual({ failed: 0, failures: [] })
})

/** As docs/operating/backup.md says. */
async function putBack(): Promise<void> {
  const copies = join(state, 'backups', 'eks-cutover', 'small.search')
  const newest = (await readdir(copies))
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .at(-1)
  await copyFile(join(copies, newest ?? ''), record)
}

describe.each([
  ['stack-damaged', 'is emptied', () => writeFile(record, '')],
  ['stack-missing', 'is removed', () => rm(record)],
] as const)('%s: the record %s', (code, _how, damage) => {
  beforeEach(async () => {
    const { phase } = await service.client.workload('search')
    if (phase === 'soaking') await service.client.act('search', 'rollback', { reason: 'the next test' })
    await advanceTo(service, 'search', 'shifting')
  })

  it('stops the advance before it writes, in words; with the record put back it goes on', async () => {
    await damage()
    await service.client.removeHolds('search')
    await service.client.open('search')
    const { id } = await service.client.post('search', 'advance')
    const failed = await service.client.ended(id)
    expect(failed).toMatchObject({ state: 'failed', error: { code } })
    expect(failed.error?.detail).toContain('Restore the record from a backup')
    const { phase, split } = await service.client.workload('search')
    expect({ phase, wanted: split.wanted, observed: split.observed }).toMatchObject({
      phase: 'shifting',
      wanted: splitFor(50),
      observed: splitFor(50),
    })
    await putBack()
    await service.client.post('search', 'confirm', { reason: 'it answered before' })
    await advance(service, 'search')
    expect((await service.client.workload('search')).phase).toBe('soaking')
  })

  it('lets the traffic go home; with the record put back the rest follows', async () => {
    await service.client.open('search')
    expect(await service.client.act('search', 'advance')).toMatchObject({ to: 'soaking' })
    await damage()
    const { id } = await service.client.post('search', 'rollback', { reason: 'the record is gone' })
    const rollback = await service.client.ended(id)
    expect(rollback).toMatchObject({ state: 'failed', error: { code } })
    expect(rollback.homeMs).toBeGreaterThan(0)
    expect((await service.client.workload('search')).split.observed).toEqual(home)
    await putBack()
    await service.client.removeHolds('search')
    // the next advance reconciles what the way home could not; what of it cannot be asked a person says
    await until('the gate asks a person', async () => {
      const { gates } = await service.client.workload('search')
      return gates.some(({ sentence }) =>
        sentence.includes('the way home broke off before the test route was there again'),
      )
    })
    await service.client.post('search', 'confirm', { reason: 'it answered before' })
    expect(await advance(service, 'search')).toMatchObject({ state: 'succeeded', to: 'shifting' })
  })
})
