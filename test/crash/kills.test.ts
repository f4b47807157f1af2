import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Refusal, type OperationAnswer } from '../../demo/client.ts'
import { startStage, type Stage } from '../../demo/stage.ts'
import { startLoad, type Load } from '../../sandbox/load.ts'
import { doorOf } from '../support/door.ts'
import { kill, victims, type Victim } from '../support/kill.ts'
import { randomFrom } from '../support/random.ts'
import { clisOf } from '../support/tree.ts'
import { until } from '../support/wait.ts'

/**
 * kill -9 of worker, CLI or service, or a stop of the service, at random moments of an operation, under load: no request fails, and
 * afterwards the workload can go forward and back. CUTOVER_KILLS=20 for the whole of it; the moments come from a seed, CUTOVER_SEED, so that a run that
 * fails can be run again.
 */
const kills = Number(process.env['CUTOVER_KILLS'] ?? 4)
const seed = Number(process.env['CUTOVER_SEED'] ?? 20_231_202)

let stage: Stage
let load: Load
let client: Client

beforeAll(async () => {
  stage = await startStage({ scenario: 'small', port: 0, logLevel: 'silent' })
  client = new Client(stage.service, 'small')
  const document = parse(await readFile(stage.ready.inventory, 'utf8')) as { workloads: Record<string, object> }
  for (const [name, entry] of Object.entries(document.workloads)) {
    document.workloads[name] = { ...entry, steps: [10, 50, 100], bake: '0', soak: '0' }
  }
  await client.apply(stringify(document))
  load = startLoad({ ...doorOf(stage.ready, 'search'), ratePerSecond: 30, newConnectionShare: 0.5 })
})

afterAll(async () => {
  await load.stop()
  await stage.stop()
})

it('takes over what a killed run makes after its end', async () => {
  await client.act('search', 'advance')
  const delay = { match: { service: 'elbv2', operation: 'CreateRule' }, effect: { delayMs: 800 }, times: 1 }
  await control('POST', '/faults', delay)
  const { id } = await client.post('search', 'advance')
  await until('CreateRule is on its way', async () => (await delayed()) === 1, 60)
  await killOne('worker')
  expect((await client.ended(id)).state).toBe('interrupted')
  await client.act('search', 'advance')
  const back = await client.act('search', 'rollback', { reason: 'the next test' })
  expect(back.state).toBe('succeeded')
})

it.each(['service', 'stop'] as const)('goes on by itself with what a %s had cut off', async (victim) => {
  await client.removeHolds('search')
  const before = await delayed()
  const delay = { match: { service: 'elbv2', operation: 'CreateRule' }, effect: { delayMs: 800 }, times: 1 }
  await control('POST', '/faults', delay)
  const { id } = await client.post('search', 'advance')
  await until('CreateRule is on its way', async () => (await delayed()) === before + 1, 60)
  await killOne(victim)
  expect(await client.ended(id)).toMatchObject({ state: 'succeeded', to: 'prepared', error: null })
  expect((await client.workload('search')).phase).toBe('prepared')
  const back = await client.act('search', 'rollback', { reason: 'the next test' })
  expect(back.state).toBe('succeeded')
})

it('lets go of what soaking had protected, though the way home had no time to', async () => {
  for (const phase of ['prepared', 'shifting', 'shifting', 'soaking']) {
    await client.removeHolds('search')
    await client.open('search')
    expect((await client.act('search', 'advance')).to).toBe(phase)
  }
  const { id } = await client.post('search', 'rollback', { reason: 'the next test' })
  await until('the traffic is home', async () => (await client.operation(id)).homeMs !== null, 60)
  await until('the engine is at work', () => clisOf(stage.pids.service).length > 0, 60)
  await killOne('worker')
  expect((await client.ended(id)).state).toBe('interrupted')
  expect(await client.act('search', 'rollback', { reason: 'the next test' })).toMatchObject({
    to: 'adopted',
    error: null,
  })
})

it(
  `survives ${kills} kills, goes forward and back after each, and fails no request`,
  async () => {
    const random = randomFrom(seed)
    for (let round = 0; round < kills; round += 1) {
      const victim = victims[round % victims.length] ?? 'worker'
      const afterMs = Math.floor(random() * 2500)
      const note = `kill ${round + 1}: ${victim} after ${afterMs} ms`
      const operation = await begin(round)
      await sleep(afterMs)
      await killOne(victim)
      await until(`${note}: the operation ended`, async () => isFinal(await safely(operation.id)), 60)
      const outcome = await client.operation(operation.id)
      // the blow may come after the end; before it, the operation knows that it was cut off
      expect(['interrupted', 'succeeded', 'failed', 'cancelled'], note).toContain(outcome.state)
      await forwardAndBack(note)
    }
    const { requests, failed, failures } = await load.stop()
    expect(requests).toBeGreaterThan(kills * 20)
    expect({ failed, failures }).toEqual({ failed: 0, failures: [] })
  },
  60_000 + kills * 60_000,
)

/** Something that writes: an advance, or every third time a rollback where one is legal. */
async function begin(round: number): Promise<OperationAnswer> {
  await client.removeHolds('search')
  const { phase } = await client.workload('search')
  if (round % 3 === 2 && phase === 'shifting') return client.post('search', 'rollback', { reason: 'a kill' })
  await client.open('search')
  return client.post('search', 'advance')
}

const killOne = (victim: Victim): Promise<void> =>
  kill(victim, {
    pid: stage.pids.service,
    end: (signal) => stage.endService(signal),
    start: () => stage.startService(),
  })

/** One step forward and, from where that is legal, one back; always to an end that succeeded. */
async function forwardAndBack(note: string): Promise<void> {
  await client.removeHolds('search')
  await client.open('search', ['person-confirms'], 60)
  const { phase } = await client.workload('search')
  if (phase !== 'soaking') await client.act('search', 'advance')
  await client.removeHolds('search')
  await client.open('search', ['person-confirms'], 60)
  const there = (await client.workload('search')).phase
  if (there === 'adopted') return
  const back = await client.act('search', 'rollback', { reason: note })
  expect(back.homeMs, note).toBeGreaterThan(0)
  expect((await client.workload('search')).split.wanted).toEqual({ blue: 100, green: 0 })
  await until(`${note}: home is read back`, async () => (await client.workload('search')).split.observed?.green === 0)
}

const control = async (method: string, path: string, body?: object): Promise<unknown> => {
  const headers = body ? { 'content-type': 'application/json' } : {}
  const answer = await fetch(stage.ready.controlUrl + path, {
    method,
    headers,
    body: body ? JSON.stringify(body) : null,
  })
  expect(answer.ok).toBe(true)
  return answer.json()
}

/** How many calls the faults have acted on. */
const delayed = async (): Promise<number> =>
  ((await control('GET', '/faults')) as { applied: number }[]).reduce((sum, { applied }) => sum + applied, 0)

async function safely(id: string): Promise<OperationAnswer | null> {
  try {
    return await client.operation(id)
  } catch (error) {
    if (error instanceof Refusal) throw error
    return null
  }
}

const isFinal = (operation: OperationAnswer | null): boolean =>
  operation !== null && !['queued', 'running'].includes(operation.state)
