import { describe, expect, it } from 'vitest'
import type { EngineStep } from '../../../automation/engine/engine.ts'
import { diffOf, nounOf } from '../../../automation/plan/diff.ts'
import { untouchable, violations, writesOf } from '../../../automation/plan/invariants.ts'
import * as stages from '../../../automation/phases/stages.ts'
import { home, splitFor } from '../../../infra/traffic.ts'
import { arns, site } from '../../infra/workloads/alb/fixture.ts'

const ruleType = 'aws:lb/listenerRule:ListenerRule'
const groupType = 'aws:lb/targetGroup:TargetGroup'
const switches = [{ type: ruleType, name: 'switch-point', id: arns.rule }]

const step = (op: string, type: string, name: string, change: Partial<EngineStep> = {}): EngineStep => ({
  urn: `urn:pulumi:s::p::${type}::${name}`,
  type,
  name,
  id: null,
  op,
  changes: [],
  retained: false,
  ...change,
})

const onSwitch = (op: string, change: Partial<EngineStep> = {}): EngineStep =>
  step(op, ruleType, 'switch-point', { id: arns.rule, ...change })

const tail = 'shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee'

describe('the diff of a stage', () => {
  it('puts the switch first and counts what would be done', () => {
    const steps = [
      step('same', 'pulumi:pulumi:Stack', 's'),
      step('create', groupType, 'green-targets'),
      step('create', ruleType, 'test-route'),
      onSwitch('update'),
      step('same', groupType, 'other'),
    ]
    const diff = diffOf(stages.prepared, home, steps, switches)
    expect(diff.lines).toEqual([
      `listener rule ${tail}: blue and green side by side, blue 100 % / green 0 %`,
      'make target group green-targets',
      'make listener rule test-route',
    ])
    expect(diff).toMatchObject({ stage: 'prepared', split: home, counts: { create: 2, update: 1 } })
  })

  it.each([
    ['a shift', stages.shifting(10), home, `listener rule ${tail}: green 0 → 10 %, blue 100 → 90 %`],
    ['the end of a shift', stages.soaking, splitFor(50), `listener rule ${tail}: green 50 → 100 %, blue 50 → 0 %`],
    ['a retirement', stages.retired, splitFor(100), `listener rule ${tail}: green alone, blue taken out`],
    ['the way back', stages.restored, splitFor(10), `listener rule ${tail}: as found, blue alone`],
  ])('tells %s in one line', (_what, stage, from, line) => {
    expect(diffOf(stage, from, [onSwitch('update')], switches).lines).toEqual([line])
  })

  it('tells a step on the way in the words of its kind, where it has any', () => {
    const converting = { ...stages.prepared, part: { name: 'convert', data: null } }
    const told = (words: Record<string, string>) => diffOf(converting, home, [onSwitch('update')], switches, words)
    expect(told({ convert: 'reads the variable' })).toMatchObject({
      part: 'convert',
      lines: [`listener rule ${tail}: reads the variable`],
    })
    expect(told({}).lines).toEqual([`listener rule ${tail}: blue and green side by side, blue 100 % / green 0 %`])
  })

  it('tells an adoption as no change, and what leaves our state as what stays in AWS', () => {
    // a preview of an import has no id yet
    expect(diffOf(stages.adopted, home, [onSwitch('import', { id: null })], switches).lines).toEqual([
      `listener rule ${tail}: adopted as it is, nothing written`,
    ])
    const leaving = [
      onSwitch('delete', { retained: true }),
      step('delete', groupType, 'green-targets', { retained: true }),
    ]
    expect(diffOf(stages.leftOut(home), home, leaving, switches).lines).toEqual([
      `listener rule ${tail}: leaves our state, stays in AWS as it is`,
      'target group green-targets: leaves our state, stays as it is',
    ])
  })

  it('shows each value that an update changes', () => {
    const changes = [
      { path: 'port', before: 80, after: 81 },
      { path: 'tags.team', before: undefined, after: 'shop' },
    ]
    expect(
      diffOf(stages.prepared, home, [step('update', groupType, 'green-targets', { changes })], switches).lines,
    ).toEqual(['change target group green-targets', '  port: 80 → 81', '  tags.team: nothing → "shop"'])
  })

  it('hides nothing that would be deleted or replaced', () => {
    const steps = [onSwitch('replace'), onSwitch('delete'), step('delete', groupType, 'green-targets')]
    expect(diffOf(stages.restored, home, steps, switches).lines).toEqual([
      'replace listener rule switch-point',
      'delete listener rule switch-point',
      'delete target group green-targets',
    ])
  })

  it('speaks of things by their nouns', () => {
    expect(nounOf('aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule')).toBe('security group ingress rule')
    expect(nounOf('kubernetes:elbv2.k8s.aws/v1beta1:TargetGroupBinding')).toBe('target group binding')
  })
})

describe('invariant 3', () => {
  const switches = [{ type: ruleType, name: 'switch-point' }]
  const ids = untouchable(site, [arns.rule])

  it('guards the switch point, every group of blue, and whatever else the entry names by ARN', () => {
    expect(ids).toEqual(new Set([arns.rule, arns.blue]))
  })

  it.each(['delete', 'replace', 'create-replacement', 'delete-replaced', 'import-replacement', 'discard-replaced'])(
    'is violated by a step that would %s the switch point or a group of blue',
    (op) => {
      for (const id of [arns.rule, arns.blue]) {
        const [sentence, ...more] = violations([step(op, ruleType, 'x', { id })], ids, switches)
        expect(sentence).toContain(id)
        expect(more).toEqual([])
      }
    },
  )

  it.each(['same', 'update', 'import', 'read', 'refresh'])('is not violated by %s', (op) => {
    expect(violations([onSwitch(op)], ids, switches)).toEqual([])
  })

  it('lets go of what stays in AWS, and lets green be deleted', () => {
    expect(violations([onSwitch('delete', { retained: true })], ids, switches)).toEqual([])
    expect(violations([step('delete', groupType, 'green-targets', { id: arns.green })], ids, switches)).toEqual([])
  })

  it('guards the resource of the switch also where its id says nothing', () => {
    expect(violations([step('replace', ruleType, 'switch-point', { id: null })], new Set(), switches)).toHaveLength(1)
    expect(violations([step('replace', ruleType, 'test-route', { id: null })], new Set(), switches)).toEqual([])
  })

  it('is violated by a replacement even of what would stay in AWS', () => {
    expect(violations([onSwitch('replace', { retained: true })], ids, switches)).toHaveLength(1)
  })
})

describe('an adoption', () => {
  it('writes when it does more than import', () => {
    const steps = [
      step('create', 'pulumi:providers:aws', 'aws'),
      onSwitch('import'),
      onSwitch('update'),
      step('create', groupType, 'green-targets'),
      step('same', groupType, 'x'),
    ]
    expect(writesOf(steps).map(({ op, name }) => `${op} ${name}`)).toEqual([
      'update switch-point',
      'create green-targets',
    ])
  })
})
