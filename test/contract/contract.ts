import { setTimeout as sleep } from 'node:timers/promises'
import { DescribeTargetHealthCommand, type TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as stages from '../../automation/phases/stages.ts'
import { urnOf } from '../../infra/names.ts'
import { home, inEffect, moved, splitFor } from '../../infra/traffic.ts'
import type { Stage } from '../../infra/workloads/kind.ts'
import type { OperationAnswer } from '../../demo/client.ts'
import { startLoad, type Load } from '../../sandbox/load.ts'
import { ownCalls } from '../support/own-calls.ts'
import { until } from '../support/wait.ts'
import type { Member } from './members.ts'
import { policyFaults } from './policy-faults.ts'
import { isRead, Subject } from './subject.ts'

/**
 * What every kind owes, run on the real engine against the sandbox, one state after the other. `plugins`: other plugins than the
 * stand-ins. A member that cannot fulfil a case says why where it is skipped; there is none.
 */
export function contractOf(member: Member, plugins?: Readonly<Record<string, string>>): void {
  // DNS takes its time in each step. The official aws plugin takes a second of a processor for each start, each run starts
  // it anew, and it takes 15 s for each record: a case took up to 8 min on a machine with much else to do
  const long = plugins ? 3_600_000 : 240_000
  describe(member.name, () => {
    let subject: Subject
    let found: unknown

    beforeAll(async () => {
      subject = await Subject.start(member, plugins)
    })
    afterAll(async () => {
      await subject.stop()
    })

    const writesSince = (): string[] =>
      ownCalls(subject.service.sandbox)
        .map(({ operation }) => operation)
        .filter((operation) => !isRead(operation))

    it('may be abandoned before anything was touched', async () => {
      subject.service.sandbox.calls.clear()
      expect(await subject.refused('rollback')).toBe('wrong-phase')
      await subject.act('abandon')
      expect((await subject.view()).phase).toBe('abandoned')
      expect(writesSince()).toEqual([])
      await subject.startOver()
    })

    it('is adopted without any change', async () => {
      subject.service.sandbox.calls.clear()
      const plan = await subject.act('plan', {})
      expect(plan.result).toMatchObject({ from: 'registered', to: 'adopted' })
      await subject.advance()
      const imports = (await subject.kind).switchResources(await subject.site()).length
      expect(plan.result).toMatchObject({ stages: [{ counts: { import: imports } }] })
      found = (await subject.workload()).found?.asFound
      expect(await subject.switchPoint()).toEqual(found)
      expect(writesSince()).toEqual([])
      expect(await subject.refused('rollback')).toBe('wrong-phase')
      expect(await subject.refused('release')).toBe('wrong-phase')
    })

    it('cannot be written while it is only adopted, even when AWS differs', async () => {
      const { engine, task } = await subject.engine(stages.adopted)
      await subject.meddle()
      const changed = await subject.switchPoint()
      expect(changed).not.toEqual(found)
      await engine.up(task, () => undefined).result
      expect(await subject.switchPoint()).toEqual(changed)
      await (await subject.kind).flip(await subject.site(), null, home, subject.aws)
      expect(await subject.switchPoint()).toEqual(found)
    })

    it('is abandoned as found once adopted', async () => {
      await subject.act('abandon')
      expect((await subject.view()).phase).toBe('abandoned')
      expect(await subject.switchPoint()).toEqual(found)
      await subject.startOver()
    })

    it('is prepared beside blue, answers on its test route, and goes back to adopted', async () => {
      await subject.advanceTo('prepared')
      expect(await subject.split()).toEqual({ blue: 100, green: 0 })
      expect(await subject.sample(50)).toEqual({ blue: 50, green: 0 })
      await subject.open()
      await subject.act('rollback')
      expect((await subject.view()).phase).toBe('adopted')
      expect(await subject.switchPoint()).toEqual(found)
      expect((await subject.workload()).outputs?.targetGroups.green).toBeNull()
    })

    it('is abandoned as found once prepared', async () => {
      await subject.advanceTo('prepared')
      await subject.act('abandon')
      expect((await subject.view()).phase).toBe('abandoned')
      expect(await subject.switchPoint()).toEqual(found)
      await subject.startOver()
    })

    it(
      'reads back every split that is set, and requests see it',
      async () => {
        await subject.advanceTo('prepared')
        for (const step of subject.steps.slice(0, -1)) {
          await subject.advance()
          expect((await subject.view()).split.wanted).toEqual(splitFor(step))
          expect(inEffect(member.grain, splitFor(step), await subject.split())).toBe(true)
          expect(await subject.refused('abandon')).toBe('roll-back-first')
          expect(await subject.refused('release')).toBe('wrong-phase')
          if (step !== 50) continue
          const { blue, green } = await subject.sample(2000)
          if (member.grain === 'percent') {
            // four standard deviations of a fair coin in 2,000 throws
            expect(Math.abs(green - 1000)).toBeLessThan(4 * Math.sqrt(2000 * 0.25))
          } else expect(Math.min(blue, green)).toBeGreaterThan(0)
        }
      },
      long,
    )

    it('comes home from the middle of an advance, and what the killed run still sends late does not keep it away', async () => {
      subject.at.set('home-saved', () => subject.flip(subject.steps.at(-2) ?? 100))
      subject.at.set('before-up', async () => {
        // a rollback in the middle of the next advance, while its up is about to write
        await subject.client.post(subject.name, 'rollback', { reason: 'late call' })
      })
      await subject.open()
      const { id } = await subject.client.post(subject.name, 'advance')
      expect((await subject.client.ended(id)).state).toBe('cancelled')
      const { operation } = await subject.view()
      const rollback = await subject.client.ended(operation?.id ?? '')
      expect(rollback).toMatchObject({ action: 'rollback', state: 'succeeded', error: null })
      expect(rollback.homeMs).toBeGreaterThan(0)
      expect((await subject.view()).phase).toBe('prepared')
      expect(await subject.split()).toEqual({ blue: 100, green: 0 })
      // what the late call had let in is asked for as long as the rollback says
      if (member.grain === 'by-targets') await subject.settled()
      expect(await subject.sample(50)).toEqual({ blue: 50, green: 0 })
    })

    it('agrees, flip and up, on every split', async () => {
      const { stack } = (await subject.engine(stages.prepared)).task
      const targets = (await subject.kind).switchResources(await subject.site()).map((one) => urnOf(stack, one))
      for (const green of splitsOf[member.grain]) {
        await subject.flip(green)
        expect(inEffect(member.grain, splitFor(green), await subject.split())).toBe(true)
        const { engine, task } = await subject.engine(stageAt(green))
        await engine.refresh(task, targets).result
        await engine.up(task, () => undefined).result
        expect(inEffect(member.grain, splitFor(green), await subject.split())).toBe(true)
        const { steps } = await engine.preview(task, () => undefined).result
        expect(steps.filter(({ op }) => op !== 'same')).toEqual([])
      }
    })

    it(
      'comes home from everything under load, and no request fails',
      async () => {
        const load = startLoad({ ...subject.door, ratePerSecond: 50, newConnectionShare: 0.5 })
        const onNewConnections = startLoad({ ...subject.door, ratePerSecond: 10, newConnectionShare: 1 })
        await subject.advanceTo('soaking')
        expect(await subject.split()).toEqual(moved)
        expect((await subject.workload()).outputs?.testRoute).toBeNull()
        const rollback = await subject.act('rollback')
        expect((await subject.view()).phase).toBe('prepared')
        expect(await subject.split()).toEqual(home)
        const lingeredMs = await lingeringOf(subject, member.pinsConnections ? onNewConnections : load, rollback)
        await subject.advanceTo('soaking')
        // a fast machine is there and back before either has asked often enough
        const loads = [load, onNewConnections]
        await until('both loads have asked often', () => loads.every((one) => one.snapshot().requests > 100))
        for (const one of loads) {
          const { requests, failed, failures } = await one.stop()
          expect(requests).toBeGreaterThan(100)
          expect({ failed, failures }).toEqual({ failed: 0, failures: [] })
        }
        // what a loaded machine adds to it
        expect(lingeredMs.measured).toBeLessThan(lingeredMs.stated + 2_000)
      },
      long,
    )

    it('is retired with nothing of blue deleted, and past the point of no return', async () => {
      const groups = (await subject.workload()).found?.blueGroups ?? []
      const targets = () => Promise.all(groups.map(({ arn }) => targetsOf(subject, arn)))
      // nodes that have left a shared group are in it until they have drained
      await until(
        'nothing drains',
        async () => !(await Promise.all(groups.map(({ arn }) => drains(subject, arn)))).includes(true),
      )
      const before = await targets()
      const bindings = await bindingsOf(subject)
      await subject.advanceTo('retired')
      expect(await subject.split()).toEqual(moved)
      expect(await targets()).toEqual(before)
      expect(await bindingsOf(subject)).toEqual(bindings)
      expect(await subject.refused('rollback')).toBe('past-point-of-no-return')
      expect(await subject.refused('abandon')).toBe('past-point-of-no-return')
      expect(await subject.refused('advance')).toBe('wrong-phase')
    })

    it('is released with AWS as it was', async () => {
      const before = await subject.switchPoint()
      const { outputs } = await subject.workload()
      const green = outputs?.targetGroups.green ?? null
      const targets = green && (await targetsOf(subject, green))
      subject.service.sandbox.calls.clear()
      await subject.act('release')
      expect((await subject.view()).phase).toBe('released')
      expect(await subject.switchPoint()).toEqual(before)
      expect(green && (await targetsOf(subject, green))).toEqual(targets)
      expect(writesSince()).toEqual([])
      expect(await subject.refused('advance')).toBe('wrong-phase')
      const exported = ['adopted', 'prepared', 'soaking', 'retired', 'left-out']
      expect([...subject.stagesSeen]).toEqual(expect.arrayContaining(exported))
    })

    it('asks AWS and the clusters for nothing that its policies do not allow, and needs all that they do', async () => {
      expect(await policyFaults(subject, plugins !== undefined)).toEqual([])
    })

    it('spends few calls on AWS, so that it cannot creep into throttling', () => {
      const most = (to: string, of: (one: Subject['spent'][number]) => number) =>
        Math.max(0, ...subject.spent.filter((one) => one.to === to).map(of))
      // while a slow plugin starts the observer reads hundreds of times, so with one its own reads are counted, by its user agent
      const own = ({ reads, pluginReads, seconds }: Subject['spent'][number]) =>
        plugins ? pluginReads : reads - seconds * observersReadsPerSecond
      if (plugins) expect(Math.max(...subject.spent.map(({ pluginReads }) => pluginReads))).toBeGreaterThan(0)
      const spent = phaseNames.map((to) => ({ to, reads: most(to, own), writes: most(to, ({ writes }) => writes) }))
      for (const { to, reads, writes } of spent) {
        expect.soft(reads, `reads on the way to ${to}`).toBeLessThanOrEqual(member.reads?.atMost ?? budget.reads)
        expect.soft(writes, `writes on the way to ${to}`).toBeLessThanOrEqual(budget.writes)
      }
    })

    it(
      'goes the other way in a second migration: green is the next blue',
      async () => {
        await subject.turnAround()
        await subject.advanceTo('soaking')
        expect(await subject.sample(20)).toEqual({ blue: 20, green: 0 })
        await subject.act('rollback')
        await subject.settled()
        expect(await subject.sample(20)).toEqual({ blue: 0, green: 20 })
        await subject.advanceTo('retired')
        await subject.act('release')
        expect((await subject.view()).phase).toBe('released')
        expect(await subject.sample(20)).toEqual({ blue: 20, green: 0 })
      },
      long,
    )
  })
}

const phaseNames = ['adopted', 'prepared', 'shifting', 'soaking', 'retired']

/** Calls of one advance, the plugin's included. */
const budget = { reads: 150, writes: 20 }

/** It looks every 250 ms, because the clock runs 60 times as fast: at most five calls a look. A step of DNS lasts for many of them. */
const observersReadsPerSecond = 20

/** Green's shares that flip and up are compared at. */
const splitsOf = { percent: [1, 37, 0], 'all-or-nothing': [100, 0], 'by-targets': [50, 0] }

const stageAt = (green: number): Stage =>
  green === 0 ? stages.prepared : { ...stages.prepared, name: 'shifting', split: splitFor(green), attempt: 1 }

/** For how long green went on answering after the switch had read back home, and for how long we said that it might. */
async function lingeringOf(subject: Subject, load: Load, { requestedAt, homeMs }: OperationAnswer) {
  const { seconds } = (await subject.kind).lingers(await subject.site(), home)
  const rate = Number(subject.service.sandbox.ready.env['CUTOVER_CLOCK_RATE'])
  const homeAt = Date.parse(requestedAt) + (homeMs ?? 0)
  const stated = (seconds * 1000) / rate
  await sleep(Math.max(0, homeAt + stated + 500 - Date.now()))
  const last = load.snapshot().lastAt.green?.getTime() ?? 0
  return { measured: Math.max(0, last - homeAt), stated }
}

async function describeTargets(subject: Subject, TargetGroupArn: string): Promise<readonly TargetHealthDescription[]> {
  const { TargetHealthDescriptions = [] } = await subject.aws.elbv2.send(
    new DescribeTargetHealthCommand({ TargetGroupArn }),
  )
  return TargetHealthDescriptions
}

const targetsOf = async (subject: Subject, arn: string): Promise<string[]> =>
  (await describeTargets(subject, arn)).map(({ Target }) => `${Target?.Id}:${Target?.Port}`).sort()

const drains = async (subject: Subject, arn: string): Promise<boolean> =>
  (await describeTargets(subject, arn)).some(({ TargetHealth }) => TargetHealth?.State === 'draining')

/** Blue's. */
const bindingsOf = (subject: Subject) =>
  subject.rights.without(() =>
    subject.connections.cluster(subject.service.sandbox.ready.clusters.blue.kubeconfig).bindings(),
  )
