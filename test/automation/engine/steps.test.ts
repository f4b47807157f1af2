import type { EngineEvent as PulumiEvent, StepEventMetadata } from '@pulumi/pulumi/automation/index.js'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { eventOf, stepOf, valueAt } from '../../../automation/engine/steps.ts'
import { arns } from '../../infra/workloads/alb/fixture.ts'

/** Events of CLI 3.259.0, as its runs of a workload's program gave them; members that nobody reads are left out. */
const recorded = JSON.parse(readFileSync(new URL('./recorded.json', import.meta.url), 'utf8')) as Record<
  | 'shift'
  | 'prepare'
  | 'create'
  | 'import'
  | 'delete'
  | 'leave'
  | 'same'
  | 'done'
  | 'failed'
  | 'error'
  | 'debug'
  | 'summary',
  PulumiEvent
>

const stepIn = (event: PulumiEvent) => stepOf(event.resourcePreEvent?.metadata as StepEventMetadata)

const urn = 'urn:pulumi:prod-2026.search::eks-cutover::aws:lb/listenerRule:ListenerRule::switch-point'

describe('a step of the engine', () => {
  it('has what changes, from what AWS has to what the program says', () => {
    const weight = (group: number) => `actions[0].forward.targetGroups[${group}].weight`
    const step = stepIn(recorded.shift)
    expect(step).toMatchObject({ urn, name: 'switch-point', id: arns.rule, op: 'update', retained: true })
    expect(step.changes).toContainEqual({ path: weight(1), before: 100, after: 10 })
    expect(step.changes.map(({ path }) => path)).toContain(weight(0))
  })

  it('has nothing before what is added and nothing after what goes', () => {
    const { changes } = stepIn(recorded.prepare)
    expect(changes.find(({ path }) => path === 'actions[0].forward.targetGroups[1]')).toMatchObject({
      before: undefined,
    })
    expect(changes.find(({ path }) => path === 'actions[0].targetGroupArn')).toMatchObject({ after: undefined })
  })

  it.each([
    ['a create', recorded.create, { op: 'create', name: 'test-route', id: null, retained: false, changes: [] }],
    [
      'a delete',
      recorded.delete,
      { op: 'delete', name: 'test-route', id: `${arns.rule.slice(0, -16)}1111111111111111` },
    ],
    ['what leaves the state and stays in AWS', recorded.leave, { op: 'delete', id: arns.rule, retained: true }],
    ['an import', recorded.import, { op: 'import', name: 'switch-point' }],
    ['no change', recorded.same, { op: 'same', name: 'green-targets' }],
  ])('is told for %s', (_what, event, expected) => expect(stepIn(event)).toMatchObject(expected))
})

describe('an event of the engine', () => {
  it('begins a step, ends it, or tells that it failed', () => {
    expect(eventOf(recorded.shift)).toMatchObject({ type: 'step', step: { op: 'update' } })
    expect(eventOf(recorded.done)).toEqual({ type: 'step-done', urn, op: 'update', ok: true })
    expect(eventOf(recorded.failed)).toEqual({ type: 'step-done', urn, op: 'update', ok: false })
  })

  it('is a message when a person should read it', () => {
    const told = eventOf(recorded.error)
    expect(told).toMatchObject({ type: 'message', severity: 'error' })
    expect(told?.type === 'message' && told.text).toMatch(/^updating ELBv2 Listener Rule .* not found$/)
  })

  it('is nothing when nobody wants to know', () => {
    expect(eventOf(recorded.debug)).toBeNull()
    expect(eventOf(recorded.summary)).toBeNull()
  })

  const diagnostic = (severity: string, message: string, ephemeral = false): PulumiEvent =>
    ({ sequence: 1, timestamp: 1, diagnosticEvent: { message, severity, color: 'never', ephemeral } }) as PulumiEvent

  it('loses the marks for colours and is nothing when it is empty or will be taken back', () => {
    expect(eventOf(diagnostic('warning', '<{%fg 3%}>old<{%reset%}>\n'))).toMatchObject({
      severity: 'warning',
      text: 'old',
    })
    expect(eventOf(diagnostic('info#err', 'said'))).toMatchObject({ severity: 'info', text: 'said' })
    expect(eventOf(diagnostic('info', ' \n'))).toBeNull()
    expect(eventOf(diagnostic('info', 'updating…', true))).toBeNull()
  })
})

describe('valueAt', () => {
  const value = { a: [{ b: 1 }, { 'c.d': 2, 'e"f': 3 }], tags: { 'eks-cutover:colour': 'green' } }

  it.each([
    ['a[0].b', 1],
    ['a[1]["c.d"]', 2],
    ['a[1]["e\\"f"]', 3],
    ['tags["eks-cutover:colour"]', 'green'],
    ['tags.eks-cutover:colour', 'green'],
    ['a[7].b', undefined],
    ['a[0].b.c.d', undefined],
    ['nothing', undefined],
  ])('finds %s', (path, expected) => expect(valueAt(value, path)).toBe(expected))

  it('finds every value by the path that leads to it', () => {
    const key = fc.string({ minLength: 1, maxLength: 6 }).filter((text) => !text.includes('\\'))
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), fc.integer(), (keys, leaf) => {
        const nested = keys.reduceRight<unknown>((inner, one) => Object.fromEntries([[one, inner]]), leaf)
        const path = keys.map((one) => `["${one.replaceAll('"', '\\"')}"]`).join('')
        expect(valueAt(nested, path)).toBe(leaf)
      }),
    )
  })

  it('of nothing is nothing', () => {
    expect(valueAt(undefined, 'a.b')).toBeUndefined()
    expect(valueAt(null, 'a[0]')).toBeUndefined()
  })

  it('masks what the engine marks as a secret', () => {
    const secret = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', ciphertext: 'v1:abc' }
    expect(valueAt({ conditions: secret }, 'conditions')).toBe('[secret]')
    expect(valueAt({ a: [secret] }, 'a[0]')).toBe('[secret]')
  })

  it('masks a secret inside of a value', () => {
    const secret = { '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', plaintext: '"hidden"' }
    expect(valueAt({ a: { b: [secret], c: 1 } }, 'a')).toEqual({ b: ['[secret]'], c: 1 })
  })

  it('shows no secret of a recorded step', () => {
    expect(JSON.stringify(recorded)).toContain('4dabf18193072939515e22adb298388d')
    for (const event of [recorded.create, recorded.delete]) {
      const metadata = event.resourcePreEvent?.metadata as StepEventMetadata
      const diff = { conditions: { diffKind: 'update', inputDiff: true } }
      const { changes } = stepOf({ ...metadata, detailedDiff: diff } as unknown as StepEventMetadata)
      for (const { before, after } of changes)
        expect([undefined, '[secret]']).toEqual(expect.arrayContaining([before, after]))
    }
  })
})
