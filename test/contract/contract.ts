import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as stages from '../../automation/phases/stages.ts'
import { urnOf } from '../../infra/names.ts'
import { startLoad } from '../../sandbox/load.ts'
import type { Member } from './members.ts'
import { Subject } from './subject.ts'

/** Operations of AWS that change nothing. */
const reads = /^(Describe|List|Get)/

/**
 * What every kind owes, run on the real engine against the sandbox, one state after the other. `plugins`: other plugins than the
 * stand-ins. A member that cannot fulfil a case says why where it is skipped; there is none.
 */
export function contractOf(member: Member, plugins?: Readonly<Record<string, string>>): void {
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
      subject.service.sandbox.calls
        .recent()
        .map(({ operation }) => operation)
        .filter((operation) => !reads.test(operation))

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
      expect(plan.result).toMatchObject({ from: 'registered', to: 'adopted', stages: [{ counts: { import: 1 } }] })
      await subject.advance()
      found = (await subject.workload()).found?.asFound
      expect(await subject.switchPoint()).toEqual(found)
      expect(writesSince()).toEqual([])
      expect(await subject.refused('rollback')).toBe('wrong-phase')
      expect(await subject.refused('release')).toBe('wrong-phase')
    })

    it('cannot be written while it is only adopted, even when AWS differs', async () => {
      const { engine, task } = await subject.engine(stages.adopted)
      const { outputs } = await subject.workload()
      const kind = await subject.kind
      const elsewhere = { ...outputs, targetGroups: { blue: '', green: null } }
      const site = await subject.site()
      const odd = { ...site, found: { ...site.found, forward: { order: 1, weight: 7, stickinessSeconds: null } } }
      await kind.flip(odd, elsewhere as never, { blue: 100, green: 0 }, subject.aws)
      const changed = await subject.switchPoint()
      expect(changed).not.toEqual(found)
      await engine.up(task, () => undefined).result
      expect(await subject.switchPoint()).toEqual(changed)
      await kind.flip(site, elsewhere as never, { blue: 100, green: 0 }, subject.aws)
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
      await subject.service.client.open(subject.name)
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

    it('reads back every split that is set, and 2,000 requests see it', async () => {
      await subject.advanceTo('shifting')
      expect((await subject.view()).split).toMatchObject({ wanted: { blue: 99, green: 1 } })
      expect(await subject.split()).toEqual({ blue: 99, green: 1 })
      await subject.advance()
      expect(await subject.split()).toEqual({ blue: 50, green: 50 })
      const { green } = await subject.sample(2000)
      // four standard deviations of a fair coin in 2,000 throws
      expect(Math.abs(green - 1000)).toBeLessThan(4 * Math.sqrt(2000 * 0.25))
      await subject.advance()
      expect(await subject.split()).toEqual({ blue: 1, green: 99 })
      expect(await subject.refused('abandon')).toBe('roll-back-first')
      expect(await subject.refused('release')).toBe('wrong-phase')
    })

    it('comes home from a shift, and what the killed run still sends late does not keep it away', async () => {
      subject.at.set('home-saved', () => subject.flip(99))
      subject.at.set('before-up', async () => {
        // a rollback in the middle of the next advance, while its up is about to write
        await subject.service.client.post(subject.name, 'rollback', { reason: 'late call' })
      })
      const { id } = await subject.service.client.post(subject.name, 'advance')
      expect((await subject.service.client.ended(id)).state).toBe('cancelled')
      const { operation } = await subject.view()
      const rollback = await subject.service.client.ended(operation?.id ?? '')
      expect(rollback).toMatchObject({ action: 'rollback', state: 'succeeded' })
      expect(rollback.homeMs).toBeGreaterThan(0)
      expect((await subject.view()).phase).toBe('prepared')
      expect(await subject.split()).toEqual({ blue: 100, green: 0 })
      expect(await subject.sample(50)).toEqual({ blue: 50, green: 0 })
    })

    it('agrees, flip and up, on every split', async () => {
      const { stack } = (await subject.engine(stages.prepared)).task
      const [resource] = (await subject.kind).switchResources(await subject.site())
      const target = resource ? urnOf(stack, resource) : ''
      for (const green of [1, 37, 0]) {
        await subject.flip(green)
        expect(await subject.split()).toEqual({ blue: 100 - green, green })
        const stage = green === 0 ? stages.prepared : stages.shifting(green)
        const { engine, task } = await subject.engine(stage)
        await engine.refresh(task, [target]).result
        await engine.up(task, () => undefined).result
        expect(await subject.split()).toEqual({ blue: 100 - green, green })
        const { steps } = await engine.preview(task, () => undefined).result
        expect(steps.filter(({ op }) => op !== 'same')).toEqual([])
      }
    })

    it('comes home from everything under load, and no request fails', async () => {
      const { probe } = (await subject.workload()).entry
      if (probe === 'none') throw new Error('the member has no front door')
      const load = startLoad({
        url: probe.url,
        headers: probe.headers ?? {},
        ratePerSecond: 50,
        newConnectionShare: 0.5,
      })
      await subject.advanceTo('soaking')
      expect(await subject.split()).toEqual({ blue: 0, green: 100 })
      expect((await subject.workload()).outputs?.testRoute).toBeNull()
      await subject.act('rollback')
      expect((await subject.view()).phase).toBe('prepared')
      expect(await subject.split()).toEqual({ blue: 100, green: 0 })
      await subject.advanceTo('soaking')
      const { requests, failed, failures } = await load.stop()
      expect(requests).toBeGreaterThan(100)
      expect({ failed, failures }).toEqual({ failed: 0, failures: [] })
    })

    it('is retired with nothing of blue deleted, and past the point of no return', async () => {
      const blue = (await subject.workload()).found?.blueGroups[0]?.arn ?? ''
      const before = await targetsOf(subject, blue)
      const bindings = await bindingsOf(subject)
      await subject.advanceTo('retired')
      expect(await subject.split()).toEqual({ blue: 0, green: 100 })
      expect(await targetsOf(subject, blue)).toEqual(before)
      expect(await bindingsOf(subject)).toEqual(bindings)
      expect(await subject.refused('rollback')).toBe('past-point-of-no-return')
      expect(await subject.refused('abandon')).toBe('past-point-of-no-return')
      expect(await subject.refused('advance')).toBe('wrong-phase')
    })

    it('is released with AWS as it was', async () => {
      const before = await subject.switchPoint()
      const { outputs } = await subject.workload()
      const green = outputs?.targetGroups.green ?? ''
      const targets = await targetsOf(subject, green)
      subject.service.sandbox.calls.clear()
      await subject.act('release')
      expect((await subject.view()).phase).toBe('released')
      expect(await subject.switchPoint()).toEqual(before)
      expect(await targetsOf(subject, green)).toEqual(targets)
      expect(writesSince()).toEqual([])
      expect(await subject.refused('advance')).toBe('wrong-phase')
    })
  })
}

async function targetsOf(subject: Subject, TargetGroupArn: string): Promise<string[]> {
  const { TargetHealthDescriptions = [] } = await subject.aws.elbv2.send(
    new DescribeTargetHealthCommand({ TargetGroupArn }),
  )
  return TargetHealthDescriptions.map(({ Target }) => `${Target?.Id}:${Target?.Port}`).sort()
}

/** Blue's. */
const bindingsOf = (subject: Subject) =>
  subject.connections.cluster(subject.service.sandbox.ready.clusters.blue.kubeconfig).bindings()
