import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EngineStep } from '../../../automation/engine/engine.ts'
import { basisDigest, hashOf, wayBackFrom, type Basis } from '../../../automation/plan/plan.ts'
import { canonical, sameJson } from '../../../automation/same-json.ts'
import * as stages from '../../../automation/phases/stages.ts'
import type { Json } from '../../../infra/workloads/kind.ts'
import { home } from '../../../infra/traffic.ts'
import { site } from '../../infra/workloads/alb/fixture.ts'
import { states, workloadIn } from '../fixture.ts'

/** The same value with the keys of every object in another order. */
function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value as Record<string, Json>)
      .reverse()
      .map(([key, of]) => [key, shuffled(of)]),
  )
}

const anyJson = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>

const step: EngineStep = {
  urn: 'urn:pulumi:s::p::aws:lb/listenerRule:ListenerRule::switch-point',
  type: 'aws:lb/listenerRule:ListenerRule',
  name: 'switch-point',
  id: 'arn:rule',
  op: 'update',
  changes: [{ path: 'actions[0].forward.targetGroups[1].weight', before: 0, after: 10 }],
  retained: true,
}

const basis: Basis = { revision: 3, stages: [stages.shifting(10)], switchPoint: { traffic: [{ weight: 1 }], rest: {} } }

describe('canonical JSON', () => {
  it('does not depend on the order of keys', () => {
    fc.assert(fc.property(anyJson, (value) => void expect(canonical(shuffled(value))).toBe(canonical(value))))
  })

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('differs when the values do, the order of items included', () => {
    fc.assert(
      fc.property(anyJson, anyJson, (a, b) => {
        expect(sameJson(a, b)).toBe(canonical(a) === canonical(b))
        expect(sameJson(a, structuredClone(a))).toBe(true)
      }),
    )
    expect(sameJson([1, 2], [2, 1])).toBe(false)
    expect(sameJson({ a: 1 }, { a: 1, b: undefined })).toBe(true)
    expect(sameJson({ a: 1 }, { a: 1, b: null })).toBe(false)
  })
})

describe('the hash of a plan', () => {
  it('is the same for the same basis and steps, whatever the order of keys', () => {
    const other = shuffled(basis as unknown as Json) as unknown as Basis
    const steps = [[shuffled(step as unknown as Json) as unknown as EngineStep]]
    expect(hashOf(other, steps)).toBe(hashOf(basis, [[step]]))
    expect(basisDigest(other)).toBe(basisDigest(basis))
    expect(hashOf(basis, [[step]])).toMatch(/^plan-[0-9a-f]{24}$/)
  })

  const otherBases: Readonly<Record<string, Basis>> = {
    'the workload was changed': { ...basis, revision: 4 },
    'another stage is meant': { ...basis, stages: [stages.shifting(50)] },
    'a stage more is meant': { ...basis, stages: [...basis.stages, stages.soaking] },
    'traffic was moved': { ...basis, switchPoint: { traffic: [{ weight: 2 }], rest: {} } },
    'the rest of the switch point was changed': {
      ...basis,
      switchPoint: { ...basis.switchPoint, rest: { tags: { a: 'b' } } },
    },
  }

  it.each(Object.entries(otherBases))('is another when %s', (_what, other) => {
    expect(hashOf(other, [[step]])).not.toBe(hashOf(basis, [[step]]))
    expect(basisDigest(other)).not.toBe(basisDigest(basis))
  })

  const otherSteps: Readonly<Record<string, readonly (readonly EngineStep[])[]>> = {
    'a step does something else': [[{ ...step, op: 'replace' }]],
    'a step is about something else': [[{ ...step, urn: `${step.urn}-2` }]],
    'a value would be another': [[{ ...step, changes: [{ path: 'a', before: 0, after: 11 }] }]],
    'there is a step more': [[step, step]],
    'a step is in another stage': [[], [step]],
    'nothing would be done': [[]],
  }

  it.each(Object.entries(otherSteps))('is another when %s', (_what, steps) => {
    expect(hashOf(basis, steps)).not.toBe(hashOf(basis, [[step]]))
  })
})

describe('the way back beside a plan', () => {
  const moment = { now: 0, blueHealthy: 4 }
  const back = (to: keyof typeof states) =>
    wayBackFrom({ stages: [], to: states[to] }, workloadIn(states.adopted), site, moment)

  it.each([
    ['adopted', 'abandon', 'abandoned'],
    ['prepared', 'rollback', 'adopted'],
    ['shifting', 'rollback', 'prepared'],
    ['soaking', 'rollback', 'prepared'],
  ] as const)('from %s is %s to %s', (from, action, to) => {
    expect(back(from)).toMatchObject({ action, to, split: home })
  })

  it('from retired does not exist, and says why', () => {
    expect(back('retired')).toMatchObject({ action: 'none', to: null, split: null })
    expect(back('retired').sentence).toMatch(/no way back: blue is out of the switch/)
  })
})
