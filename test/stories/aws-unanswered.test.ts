import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { JournalEvent } from '../../automation/events.ts'
import type { Unanswered } from '../../automation/migration.ts'
import type { OperationAnswer } from '../../demo/client.ts'
import type { Fault } from '../../sandbox/faults.ts'
import { startLoad, type Load } from '../../sandbox/load.ts'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'
import { doorOf } from '../support/door.ts'
import { advance, advanceTo, applyInventory } from '../support/journey.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { until } from '../support/wait.ts'

/**
 * AWS does not answer: an advance waits, says so and until when, and goes on; a way home tries without an end, and is home as soon as
 * AWS answers. 600 s of the product's time are 10 s here.
 */
const awsWaitSeconds = 600

type Answer = OperationAnswer & { readonly unanswered: Unanswered | null }

let sandbox: Sandbox
let service: TestService
let load: Load
let dataDir: string
const events: JournalEvent[] = []

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'eks-cutover-unanswered-'))
  sandbox = await startSandbox({ scenario: 'small', timeScale: 60 })
  await start()
  await applyInventory(service, { steps: [50, 100] })
  await advanceTo(service, 'search', 'prepared')
  load = startLoad({ ...doorOf(sandbox.ready, 'search'), ratePerSecond: 20, newConnectionShare: 0.5 })
}, 240_000)
afterAll(async () => {
  const { failed, failures } = await load.stop()
  await service.stop()
  await sandbox.stop()
  await rm(dataDir, { recursive: true, force: true })
  expect({ failed, failures }).toEqual({ failed: 0, failures: [] })
})
afterEach(() => {
  sandbox.faults.clear()
})

async function start(): Promise<void> {
  service = await startTestService({ sandbox, dataDir, awsWaitSeconds })
  service.automation.cutover.events.on('event', (event) => events.push(event))
}

/** The connection is cut before any effect. Without an operation: of every call. */
const silence = (operation?: string): void => {
  const effect: Fault['effect'] = { drop: true }
  sandbox.faults.add({ match: { service: 'elbv2', ...(operation ? { operation } : {}) }, effect })
}

const operationOf = (id: string): Promise<Answer> => service.client.get<Answer>(`/v1/operations/${id}`)

async function ask(action: 'advance' | 'rollback'): Promise<string> {
  await service.client.removeHolds('search')
  if (action === 'advance') await service.client.open('search')
  return (await service.client.post('search', action, { reason: 'as AWS falls silent' })).id
}

const waits = (id: string): Promise<void> =>
  until('it waits for AWS', async () => (await operationOf(id)).unanswered !== null, 60)

const told = (id: string, words: string): string[] =>
  events
    .filter(({ operation, type }) => operation === id && type === 'message')
    .map(({ data }) => String(data['text']))
    .filter((text) => text.includes(words))

describe('AWS does not answer', { timeout: 180_000 }, () => {
  it('an advance waits, says for what and until when, and goes on when AWS answers', async () => {
    const id = await ask('advance')
    silence()
    await waits(id)
    const { unanswered } = await operationOf(id)
    expect(unanswered?.call).toMatch(/DescribeRules|DescribeTags|ModifyRule|Elastic/)
    const since = Date.parse(String(unanswered?.since))
    expect(Date.parse(String(unanswered?.until)) - since).toBe((awsWaitSeconds * 1000) / 60)
    const { status, sentence } = await service.client.workload('search')
    expect({ status, sentence }).toEqual({
      status: 'waiting',
      sentence: expect.stringMatching(
        /^advance from prepared to shifting; AWS has not answered .+ since 2.+ \(.+\); it is tried again until 2/,
      ) as string,
    })
    sandbox.faults.clear()
    expect(await service.client.ended(id)).toMatchObject({ state: 'succeeded', to: 'shifting', unanswered: null })
    expect([told(id, 'AWS has not answered').length, told(id, 'AWS answers again').length]).toEqual([1, 1])
  })

  it('gives up when its time is over, with the phase and the traffic as they were', async () => {
    const id = await ask('advance')
    silence('ModifyRule')
    const failed = await service.client.ended(id)
    expect(failed).toMatchObject({ state: 'failed', unanswered: null, error: { code: 'aws-failed' } })
    expect(failed.error?.detail).toMatch(
      /AWS has not answered .*ModifyRule for 10 min, since 2.+; ask again when it does/,
    )
    expect(await service.client.workload('search')).toMatchObject({ phase: 'shifting', step: 50 })
    sandbox.faults.clear()
  })

  it('has the same end after a restart of the service, and goes on after that', async () => {
    // the last step takes the test route away before it writes; green cannot be asked there again
    await service.client.open('search', ['green-answers'])
    await service.client.post('search', 'confirm', { reason: 'it answered before' })
    const id = await ask('advance')
    silence()
    await waits(id)
    const { unanswered } = await operationOf(id)
    await service.stop()
    await start()
    const again = await operationOf(id)
    expect(again.state).toBe('running')
    expect(again.unanswered).toMatchObject({ since: unanswered?.since, until: unanswered?.until })
    sandbox.faults.clear()
    expect(await service.client.ended(id)).toMatchObject({ state: 'succeeded', to: 'soaking' })
  })

  it('a way home is tried without an end, says so once, and is home as soon as AWS answers', async () => {
    const id = await ask('rollback')
    silence()
    await waits(id)
    const { unanswered } = await operationOf(id)
    expect(unanswered?.until).toBeNull()
    const { status, sentence } = await service.client.workload('search')
    expect({ status, sentence }).toEqual({
      status: 'waiting',
      sentence: expect.stringMatching(
        /^going home to prepared; AWS has not answered .+; it is tried again until it does$/,
      ) as string,
    })
    const overdue = Date.parse(String(unanswered?.since)) + (awsWaitSeconds * 1000) / 60 + 2_000
    await until('an advance had given up long ago', () => Date.now() > overdue)
    expect(await operationOf(id)).toMatchObject({ state: 'running', homeMs: null })
    expect(told(id, 'AWS has not answered')).toHaveLength(1)
    const answered = Date.now()
    sandbox.faults.clear()
    await until('home', async () => (await operationOf(id)).homeMs !== null)
    // between two attempts 3 s pass at most, and the SDK's own five before that
    expect(Date.now() - answered).toBeLessThan(10_000)
    expect(await service.client.ended(id)).toMatchObject({ state: 'succeeded', to: 'prepared' })
    expect((await service.client.workload('search')).split.wanted).toEqual({ blue: 100, green: 0 })
  })

  it('what is left to do after home waits as well, and without an end', async () => {
    await advance(service, 'search')
    const id = await ask('rollback')
    await until('home', async () => (await operationOf(id)).homeMs !== null)
    silence()
    await waits(id)
    expect((await operationOf(id)).unanswered?.until).toBeNull()
    expect((await service.client.workload('search')).sentence).toMatch(/^home since .+; AWS has not answered/)
    sandbox.faults.clear()
    expect(await service.client.ended(id)).toMatchObject({ state: 'succeeded', to: 'prepared' })
  })
})
