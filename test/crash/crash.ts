import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OperationAnswer } from '../../demo/client.ts'
import { stopPoints, type StopPoint } from '../../automation/stop-points.ts'
import type { Member } from '../contract/members.ts'
import { kill } from '../support/kill.ts'
import { randomFrom } from '../support/random.ts'
import { clisOf, pluginsOf } from '../support/tree.ts'
import { until } from '../support/wait.ts'
import { endedClearly } from '../trouble/clear-end.ts'
import { legsOf, type Leg } from '../trouble/legs.ts'
import { Rehearsal } from '../trouble/rehearsal.ts'
import { seed } from '../trouble/sample.ts'
import { Stop } from './stop.ts'

/** Who is killed with -9 at a stop point. A CLI runs between two of them, and plugins with it: the next ones that begin. */
type Victim = 'service' | 'worker' | 'cli' | 'plugin'

/** The points that a way home alone passes; all others are passed by every advance, and most by a way home as well. */
const ofRollbacks: readonly StopPoint[] = [
  'rollback-saved',
  'before-flip',
  'after-flip',
  'home-saved',
  'before-reconcile',
]

/**
 * A member under load; at every stop point the victim dies. The operation is gone on with or says that it broke off, traffic is where
 * gates had allowed it, the workload goes on and back, and no request fails. In `npm test` a sample, by CUTOVER_SEED; with
 * CUTOVER_CRASH=all every point.
 */
export function crashesOf(member: Member, killed: readonly Victim[] = ['service']): void {
  const all = process.env['CUTOVER_CRASH'] === 'all'
  describe(`${member.name}${all ? '' : `, seed ${seed}`}`, { timeout: 300_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'eks-cutover-crash-'))
    const stop = new Stop(join(folder, 'stop'))
    const holder: { rehearsal?: Rehearsal } = {}
    const rehearsal = (): Rehearsal => holder.rehearsal as Rehearsal

    beforeAll(async () => {
      const env = { CUTOVER_STOP_FILE: stop.file }
      holder.rehearsal = await Rehearsal.start(member, { script: 'test/crash/stopping-service.ts', env })
    })
    afterAll(async () => {
      stop.release()
      await holder.rehearsal?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    it('is adopted', async () => {
      const adopted = await rehearsal().client.act(rehearsal().name, 'advance')
      expect(adopted).toMatchObject({ state: 'succeeded', to: 'adopted' })
    })

    for (const [point, victim] of all ? crashes(killed) : sampleOf(crashes(killed), member)) {
      const leg = legOf(member, point)
      it(`${leg.name}: the ${victim} is killed at ${point}`, async () => {
        await rehearsal().goTo(leg.from)
        const ended = await killAt(rehearsal(), stop, leg, point, victim)
        await endedClearly(rehearsal(), leg, ended, `${victim} killed at ${point}: ${JSON.stringify(ended)}`)
        // whoever starts again finishes what the dead one had begun; of a worker's death the operation itself learns
        if (victim === 'service') expect(ended, point).toMatchObject({ state: 'succeeded' })
        if ((await rehearsal().view()).phase === leg.from) await rehearsal().go(leg)
      })
    }

    it('has ended every operation, and goes back to where it began', async () => {
      await rehearsal().goTo('adopted')
      const open = (await rehearsal().client.history(rehearsal().name)).filter(
        ({ state }) => state === 'queued' || state === 'running',
      )
      expect(open).toEqual([])
    })
  })
}

async function killAt(
  rehearsal: Rehearsal,
  stop: Stop,
  leg: Leg,
  point: StopPoint,
  victim: Victim,
): Promise<OperationAnswer> {
  stop.at(point)
  try {
    // whoever asked may never be answered: then it looks what became of it, as a person would
    const answer = rehearsal.begin(leg).catch(() => null)
    await stop.reached(point)
    if (victim === 'cli' || victim === 'plugin') {
      stop.release()
      await next(victim, rehearsal, await answer)
    }
    if (victim === 'plugin') await killPlugins(rehearsal)
    else await kill(victim, rehearsal.service, () => stop.release())
    stop.release()
    return await rehearsal.ended((await answer) ?? (await newest(rehearsal)))
  } finally {
    stop.release()
  }
}

/** Until one runs; or until the operation has ended without one. */
const next = (victim: 'cli' | 'plugin', rehearsal: Rehearsal, asked: OperationAnswer | null): Promise<void> =>
  until(
    `a ${victim} runs`,
    async () =>
      (victim === 'cli' ? clisOf : pluginsOf)(rehearsal.service.pid).length > 0 ||
      (asked !== null && (await isOver(rehearsal, asked))),
    60,
  )

/** Started again once no engine is left that had known them, because an engine starts its own. */
async function killPlugins({ sandbox, service }: Rehearsal): Promise<void> {
  await sandbox.plugins?.kill()
  await until('the engine has ended without its plugins', () => pluginsOf(service.pid).length === 0, 60)
  await sandbox.plugins?.restart()
}

const isOver = async ({ client }: Rehearsal, { id }: OperationAnswer): Promise<boolean> =>
  !['queued', 'running'].includes((await client.operation(id)).state)

async function newest({ client, name }: Rehearsal): Promise<OperationAnswer> {
  const [operation] = await client.history(name)
  if (!operation) throw new Error('nothing was ever asked for')
  return operation
}

/** The last step forward, and the way home from there: traffic is at stake in both. */
function legOf(member: Member, point: StopPoint): Leg {
  const name = ofRollbacks.includes(point) ? 'home' : 'move'
  return legsOf(member.grain).find((leg) => leg.name === name) as Leg
}

type Crash = readonly [StopPoint, Victim]

const crashes = (killed: readonly Victim[]): readonly Crash[] =>
  stopPoints.flatMap((point) => killed.map((victim) => [point, victim] as const))

/** One on the way forward and one on the way home. */
function sampleOf(all: readonly Crash[], { name }: Member): readonly Crash[] {
  const random = randomFrom(seed + name.length)
  const [back, forth] = [true, false].map((home) => all.filter(([point]) => ofRollbacks.includes(point) === home))
  return [forth, back].map((some = []) => some[Math.floor(random() * some.length)] as Crash)
}
