import {
  DescribeRulesCommand,
  ModifyRuleCommand,
  SetRulePrioritiesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { JournalEvent } from '../../automation/events.ts'
import type { OperationAnswer } from '../../demo/client.ts'
import type { Fault } from '../../sandbox/faults.ts'
import { startLoad, type Load } from '../../sandbox/load.ts'
import { doorOf } from '../support/door.ts'
import { advance, applyInventory } from '../support/journey.ts'
import { startTestService, type TestService } from '../support/service.ts'
import { processesBelow } from '../support/tree.ts'
import { until } from '../support/wait.ts'

/** AWS throttles and fails in every phase, processes die, somebody else writes: a clear end, traffic on a healthy side, and on it goes. */
let service: TestService
let load: Load
const events: JournalEvent[] = []

beforeAll(async () => {
  service = await startTestService({ awsWaitSeconds: 60 })
  await applyInventory(service, { steps: [50, 100] })
  service.automation.cutover.events.on('event', (event) => events.push(event))
  load = startLoad({ ...doorOf(service.sandbox.ready, 'search'), ratePerSecond: 20, newConnectionShare: 0.5 })
})
afterAll(async () => {
  const { failed, failures } = await load.stop()
  await service.stop()
  expect({ failed, failures }).toEqual({ failed: 0, failures: [] })
})
afterEach(() => {
  service.sandbox.faults.clear()
})

const fault = (operation: string | undefined, effect: Fault['effect'], times?: number): void => {
  const match = { service: 'elbv2' as const, ...(operation ? { operation } : {}) }
  service.sandbox.faults.add({ match, effect, ...(times === undefined ? {} : { times }) })
}

/** Accepts an advance whose operation is expected to fail, and says how it ended. */
async function failingAdvance(): Promise<OperationAnswer> {
  await service.client.removeHolds('search')
  await service.client.open('search')
  const { id } = await service.client.post('search', 'advance')
  return service.client.ended(id)
}

const view = () => service.client.workload('search')

it('registered: the first advance is refused while AWS fails, in AWS’s words', async () => {
  fault('DescribeRules', { error: 503 })
  await expect(service.client.post('search', 'advance')).rejects.toMatchObject({
    problem: { code: 'aws-failed', status: 503 },
  })
  expect((await view()).phase).toBe('registered')
})

describe.each([
  ['registered', 'DescribeTags', 'adopted'],
  ['adopted', 'CreateTargetGroup', 'prepared'],
  ['prepared', 'ModifyRule', 'shifting'],
  ['shifting', 'ModifyRule', 'soaking'],
])('%s', (phase, operation, next) => {
  it(`${operation} fails: the operation ends failed, the phase stays, traffic stays; then it goes on to ${next}`, async () => {
    const before = await view()
    expect(before.phase).toBe(phase)
    if (phase === 'registered') fault(operation, { error: 500 }, 2)
    else {
      fault(operation, { error: 500 })
      const failed = await failingAdvance()
      expect(failed).toMatchObject({ state: 'failed', error: { code: 'aws-failed' } })
      expect(failed.error?.detail).not.toBe('')
      const { phase: still, split } = await view()
      expect({ still, wanted: split.wanted }).toEqual({ still: phase, wanted: before.split.wanted })
      service.sandbox.faults.clear()
      // a few throttled calls are no failure: they are tried again
      fault(operation, { throttle: true }, 2)
      // the last step takes the test route away before it writes; green cannot be asked there again
      if (next === 'soaking') await service.client.post('search', 'confirm', { reason: 'it answered before' })
    }
    await advance(service, 'search')
    expect((await view()).phase).toBe(next)
  })
})

describe('soaking', () => {
  it('the way home keeps trying while AWS throttles, says so, and arrives', async () => {
    fault('ModifyRule', { throttle: true })
    const { id } = await service.client.post('search', 'rollback', { reason: 'throttled' })
    const trying = (): boolean =>
      events.some(
        ({ operation, type, data }) =>
          operation === id && type === 'message' && String(data['text']).includes('it is tried again until it does'),
      )
    await until('it says that it is trying again', trying, 60)
    service.sandbox.faults.clear()
    const rollback = await service.client.ended(id)
    expect(rollback).toMatchObject({ state: 'succeeded', to: 'prepared' })
    expect((await view()).split.wanted).toEqual({ blue: 100, green: 0 })
  })

  it('a call that fails after its effect is found done', async () => {
    fault('ModifyRule', { failAfterEffect: 'error' }, 1)
    await advance(service, 'search')
    expect((await view()).phase).toBe('shifting')
    fault('ModifyRule', { failAfterEffect: 'drop' }, 1)
    await service.client.act('search', 'rollback', { reason: 'dropped' })
    expect((await view()).phase).toBe('prepared')
  })
})

it('a worker killed with -9 in the middle of an up: interrupted, unlocked, and on it goes', async () => {
  await service.client.removeHolds('search')
  await service.client.open('search')
  const { id } = await service.client.post('search', 'advance')
  await until(
    'the up is under way',
    () => events.some((e) => e.operation === id && e.type === 'resource-step' && isUpOf(id)),
    60,
  )
  for (const { pid, command } of processesBelow(process.pid)) {
    if (command.includes('engine/worker.ts')) kill(pid)
  }
  expect(await service.client.ended(id)).toMatchObject({ state: 'interrupted', error: { code: 'interrupted' } })
  await advance(service, 'search')
  expect((await view()).phase).toBe('shifting')
  await service.client.act('search', 'rollback', { reason: 'and back' })
  expect((await view()).phase).toBe('prepared')
})

/** After the preview's steps come those of the up: the second on the switch point. */
const isUpOf = (id: string): boolean =>
  events.filter((e) => e.operation === id && e.type === 'resource-step' && e.data['name'] === 'switch-point').length > 1

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it had just ended
  }
}

it('a change elsewhere, outside the split, is kept, holds the advance, and never the rollback', async () => {
  const { found } = await service.automation.cutover.workload('small', 'search')
  const { switchPoint } = found as unknown as { switchPoint: { arn: string } }
  const elbv2 = service.sandbox.aws.elbv2
  await elbv2.send(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn: switchPoint.arn, Priority: 11 }] }))
  const failed = await failingAdvance()
  expect(failed).toMatchObject({ state: 'failed', error: { code: 'switch-point-changed' } })
  expect(await view()).toMatchObject({ phase: 'prepared', holds: [{ name: 'switch-point-changed' }] })
  await advance(service, 'search')
  await service.client.act('search', 'rollback', { reason: 'drift is no reason to stay' })
  const site = await service.automation.cutover.workload('small', 'search')
  expect((site.onRecord?.rest as { described: { Priority: string } }).described.Priority).toBe('11')
})

it('a split that somebody else moved closes the gate; a rollback mends it', async () => {
  await advance(service, 'search')
  const { found } = await service.automation.cutover.workload('small', 'search')
  const { switchPoint, asFound } = found as unknown as { switchPoint: { arn: string }; asFound: { traffic: never } }
  await service.sandbox.aws.elbv2.send(new ModifyRuleCommand({ RuleArn: switchPoint.arn, Actions: asFound.traffic }))
  await service.client.removeHolds('search')
  await until('the gate is closed', async () =>
    (await view()).gates.some(({ name, state }) => name === 'split-in-effect' && state === 'closed'),
  )
  await expect(service.client.post('search', 'advance')).rejects.toMatchObject({ problem: { code: 'gate-closed' } })
  await service.client.act('search', 'rollback', { reason: 'mend it' })
  await advance(service, 'search')
  expect((await view()).phase).toBe('shifting')
})

it('green does not answer: nothing goes forward, a rollback goes home without it', async () => {
  await (await service.sandbox.whenGreen()).setReachable(false, 'refuse')
  await expect(service.client.post('search', 'advance')).rejects.toMatchObject({ problem: { code: 'gate-closed' } })
  const { id } = await service.client.post('search', 'rollback', { reason: 'green is gone' })
  await until('home', async () => (await service.client.operation(id)).homeMs !== null, 60)
  await service.client.ended(id)
  await (await service.sandbox.whenGreen()).setReachable(true)
  await advance(service, 'search')
  expect((await view()).phase).toBe('shifting')
})

it('a plan that has become stale is refused', async () => {
  const plan = await service.client.act('search', 'plan')
  const hash = plan.result?.['hash'] as string
  await service.client.act('search', 'rollback', { reason: 'meanwhile' })
  await service.client.removeHolds('search')
  await service.client.open('search')
  await expect(service.client.post('search', 'advance', { plan: hash })).rejects.toMatchObject({
    problem: { code: 'plan-stale' },
  })
  await expect(service.client.post('search', 'advance', { plan: 'plan-nobody-made' })).rejects.toMatchObject({
    problem: { code: 'plan-stale' },
  })
  const fresh = await service.client.act('search', 'plan')
  await service.client.act('search', 'advance', { plan: fresh.result?.['hash'] })
  expect((await view()).phase).toBe('shifting')
})

it('what AWS made and did not own up to is neither in the way nor left behind', async () => {
  await service.client.act('search', 'rollback', { reason: 'to the beginning' })
  await service.client.removeHolds('search')
  await service.client.act('search', 'rollback', { reason: 'of all of it' })
  expect((await view()).phase).toBe('adopted')
  const { found } = await service.automation.cutover.workload('small', 'search')
  const { listener } = found as unknown as { listener: { arn: string } }
  const rules = async (): Promise<number> =>
    (await service.sandbox.aws.elbv2.send(new DescribeRulesCommand({ ListenerArn: listener.arn }))).Rules?.length ?? 0
  const before = await rules()

  // the SDK tries again, and is told that the priority is in use: by the rule that it has just made
  fault('CreateRule', { failAfterEffect: 'error' }, 1)
  expect(await failingAdvance()).toMatchObject({ state: 'failed', error: { code: 'aws-failed' } })
  expect(await rules()).toBe(before + 1)
  await advance(service, 'search')
  expect((await view()).phase).toBe('prepared')
  expect(await rules()).toBe(before + 1)

  await service.client.act('search', 'rollback', { reason: 'and once more' })
  fault('CreateRule', { failAfterEffect: 'error' }, 1)
  expect((await failingAdvance()).state).toBe('failed')
  await service.client.act('search', 'abandon', { reason: 'enough' })
  expect(await rules()).toBe(before)
})
