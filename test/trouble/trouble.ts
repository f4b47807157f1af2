import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '../../sandbox/faults.ts'
import type { Member } from '../contract/members.ts'
import { kill, type Victim } from '../support/kill.ts'
import { until } from '../support/wait.ts'
import { endedClearly } from './clear-end.ts'
import { failings, faultOn, timesOn, type FailingName, type Write } from './faults.ts'
import { footprintOf } from './footprint.ts'
import { legsOf, type Leg } from './legs.ts'
import { Rehearsal } from './rehearsal.ts'
import { sampleOf, seed, victims } from './sample.ts'

/**
 * Trouble on each leg of a member's journey, under load: a write of its own fails, or a process dies while the write is under way.
 * The operation ends and says why, traffic is where gates had allowed it, and it goes on from there, forward or home. A sample of
 * it by default; CUTOVER_TROUBLE=all for every write, fault and victim.
 */
export function troubleOf(member: Member): void {
  if (process.env['CUTOVER_TROUBLE'] === 'all') return allOf(member)
  describe(`${member.name}, seed ${seed}`, { timeout: 240_000 }, () => {
    const rehearsal = rehearsalOf(member)
    let before: readonly string[]
    let writes = knownWrites(member)

    it('is adopted', async () => {
      before = await footprintOf(rehearsal().sandbox)
      await rehearsal().client.act(rehearsal().name, 'advance')
      // a member whose writes are on no record yet makes the journey once without trouble
      writes ??= await rehearsal().writesOfEachLeg()
    })

    for (const { leg, chosen, failing, victim } of sampleOf(member)) {
      const call = writes?.[leg.name] ? chosen(writes[leg.name] ?? []) : 'a write'
      it(`${leg.name}: ${victim ? `${victim} dies during ${call}, then ` : ''}${call} is ${failing}`, async () => {
        const write = chosen(writes?.[leg.name] ?? [])
        await rehearsal().goTo(leg.from)
        if (victim) {
          await killed(rehearsal(), leg, write, victim)
          if ((await rehearsal().view()).phase === leg.from) await rehearsal().go(leg)
          // what a dead run had written would not be written once more
          await rehearsal().goTo(leg.from)
        }
        await failed(rehearsal(), leg, [write], failing)
        if ((await rehearsal().view()).phase === leg.from) await rehearsal().go(leg)
      })
    }

    it('leaves nothing behind', async () => {
      await rehearsal().goTo('adopted')
      await rehearsal().client.act(rehearsal().name, 'abandon', { reason: 'the end' })
      expect(await footprintOf(rehearsal().sandbox)).toEqual(before)
    })
  })
}

/** The whole of it: takes as long as it takes. */
function allOf(member: Member): void {
  const legs = legsOf(member.grain)
  describe(member.name, { timeout: 3_600_000 }, () => {
    const rehearsal = rehearsalOf(member)
    let before: readonly string[]

    it('writes what is on record on each leg', async () => {
      before = await footprintOf(rehearsal().sandbox)
      await rehearsal().client.act(rehearsal().name, 'advance')
      const written = await rehearsal().writesOfEachLeg()
      await expect(`${JSON.stringify(written, null, 2)}\n`).toMatchFileSnapshot(fileOf(member))
    })

    for (const leg of legs.filter(({ to }) => to !== 'retired')) {
      const known = knownWrites(member)?.[leg.name] ?? []
      for (const write of known) {
        for (const failing of Object.keys(failings) as FailingName[]) {
          it(`${leg.name}: ${write} is ${failing}`, async () => {
            await rehearsal().goTo(leg.from)
            await failed(rehearsal(), leg, [write], failing)
            await onward(rehearsal(), leg)
          })
        }
        for (const victim of victims) {
          it(`${leg.name}: ${victim} dies during ${write}`, async () => {
            await rehearsal().goTo(leg.from)
            await killed(rehearsal(), leg, write, victim)
            await onward(rehearsal(), leg)
          })
        }
      }
    }

    it('leaves nothing behind', async () => {
      await rehearsal().goTo('adopted')
      expect(await footprintOf(rehearsal().sandbox)).toEqual(before)
    })

    for (const leg of legs.filter(({ to }) => to === 'retired')) {
      // it can be asked for once, so its own writes are not known before
      const all = [...new Set(Object.values(knownWrites(member) ?? {}).flat())]
      for (const failing of Object.keys(failings) as FailingName[]) {
        it(`${leg.name}: every write is ${failing}`, async () => {
          if ((await rehearsal().view()).phase === leg.to) return
          await rehearsal().goTo(leg.from)
          await failed(rehearsal(), leg, all, failing)
        })
      }
      it('is retired and released', async () => {
        await rehearsal().goTo(leg.to)
        await rehearsal().client.act(rehearsal().name, 'release', { reason: 'the end' })
      })
    }
  })
}

/** Started before the tests, and stopped after them; the faults of a test end with it. */
function rehearsalOf(member: Member): () => Rehearsal {
  const holder: { rehearsal?: Rehearsal } = {}
  beforeAll(async () => {
    holder.rehearsal = await Rehearsal.start(member)
  })
  afterAll(async () => {
    await holder.rehearsal?.stop()
  })
  return () => holder.rehearsal as Rehearsal
}

/** One attempt at a leg in which these writes go wrong. */
async function failed(rehearsal: Rehearsal, leg: Leg, writes: readonly Write[], name: FailingName): Promise<void> {
  const failing = failings[name]
  const operation = await rehearsal.begin(leg)
  const rules = writes.map((write) => rehearsal.sandbox.faults.add(faultOn(write, leg.name, failing)))
  const ended = await rehearsal.ended(operation)
  const note = `${leg.name} with ${writes.join(', ')} ${name}: ${JSON.stringify(ended)}`
  const struck = rehearsal.sandbox.faults
    .list()
    .filter(({ id, applied }) => applied > 0 && rules.some((r) => r.id === id))
  rehearsal.sandbox.faults.clear()
  // where an earlier attempt died, what it was to write may be there already
  if (writes.length === 1 && struck.length === 0) expect(ended.state, note).toBe('succeeded')
  if (timesOn(leg.name, failing) === null && struck.length > 0) expect(ended.state, note).toBe('failed')
  await endedClearly(rehearsal, leg, ended, note)
  if (ended.state === 'failed') expect(ended.error?.detail, note).toMatch(failing.words)
}

/** One attempt at a leg in which somebody dies while AWS carries out a write. */
async function killed(rehearsal: Rehearsal, leg: Leg, write: Write, victim: Victim): Promise<void> {
  const { faults } = rehearsal.sandbox
  const [service, operation] = write.split(' ') as [NonNullable<Fault['match']['service']>, string]
  const asked = await rehearsal.begin(leg)
  const { id } = faults.add({ match: { service, operation }, effect: { delayMs: landingMs }, times: 1 })
  const struck = (): boolean => faults.list().some((rule) => rule.id === id && rule.applied > 0)
  await until(`${leg.name}: ${write} is under way`, struck, 90)
  await kill(victim, rehearsal.service)
  const ended = await rehearsal.ended(asked)
  faults.clear()
  await endedClearly(rehearsal, leg, ended, `${leg.name}: ${victim} dies during ${write}: ${JSON.stringify(ended)}`)
}

/** For how long a call of a dead run may be under way; the product waits 30 s of its clock, which are 500 ms here. */
const landingMs = 450

/** To the end of the leg, and then back from there where there is a way back; or home at once, in turns. */
let turns = 0
async function onward(rehearsal: Rehearsal, leg: Leg): Promise<void> {
  turns += 1
  const { phase } = await rehearsal.view()
  const back = phase === 'prepared' || phase === 'shifting' || phase === 'soaking'
  if (leg.action === 'advance' && back && turns % 2 === 0) {
    await rehearsal.goTo(phase === 'prepared' ? 'adopted' : 'prepared')
  } else if (phase !== leg.to) await rehearsal.go(leg)
}

const fileOf = ({ name }: Member): string =>
  fileURLToPath(new URL(`writes/${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.json`, import.meta.url))

/** By leg, as a journey without trouble has written them; null of a member that has none on record yet. */
function knownWrites(member: Member): Readonly<Record<string, readonly Write[]>> | null {
  const file = fileOf(member)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Write[]>) : null
}
