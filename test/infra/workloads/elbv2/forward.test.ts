import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sdkActions, sharesFor } from '../../../../infra/workloads/elbv2/forward.ts'
import { countTargets, weightsOf } from '../../../../infra/workloads/elbv2/observe.ts'
import { splitOfWeights } from '../../../../infra/traffic.ts'
import { anySplit, anyStage } from '../../arbitraries.ts'
import { anyForward, arns } from '../alb/fixture.ts'

const groups = { blue: arns.blue, green: arns.green }
const bothThere = { green: 'present', blue: 'attached' } as const

describe('sharesFor and sdkActions', () => {
  it('agree: a split that is written reads back as the same split', () => {
    fc.assert(
      fc.property(anyForward, anySplit, (forward, split) => {
        const weights = weightsOf(sdkActions(forward, sharesFor(forward, split, bothThere), groups))
        const read = { blue: weights?.get(arns.blue) ?? 0, green: weights?.get(arns.green) ?? 0 }
        expect(splitOfWeights(read)).toEqual(split)
      }),
    )
  })

  it('write one forward action with stickiness off, whatever the stage', () => {
    fc.assert(
      fc.property(anyForward, anyStage, (forward, stage) => {
        const actions = sdkActions(forward, sharesFor(forward, stage.split, stage), groups)
        expect(actions).toHaveLength(1)
        expect(actions[0]?.Type).toBe('forward')
        expect(actions[0]?.ForwardConfig?.TargetGroupStickinessConfig?.Enabled).toBe(false)
      }),
    )
  })

  it('leave a lone group with the weight that was found', () => {
    fc.assert(
      fc.property(anyForward, anySplit, (forward, split) => {
        const { weight } = forward
        expect(sharesFor(forward, split, { ...bothThere, green: 'absent' })).toEqual([{ colour: 'blue', weight }])
        expect(sharesFor(forward, split, { ...bothThere, blue: 'retired' })).toEqual([{ colour: 'green', weight }])
      }),
    )
  })
})

describe('weightsOf', () => {
  it('takes the short form of a forward as its only group', () => {
    expect(weightsOf([{ Type: 'forward', TargetGroupArn: arns.blue }])).toEqual(new Map([[arns.blue, 1]]))
  })

  it('is null for anything but one forward', () => {
    expect(weightsOf([])).toBeNull()
    expect(weightsOf([{ Type: 'redirect' }])).toBeNull()
    expect(weightsOf([{ Type: 'authenticate-oidc' }, { Type: 'forward', TargetGroupArn: arns.blue }])).toBeNull()
  })
})

describe('countTargets', () => {
  const target = (State: string, AvailabilityZone?: string) => ({
    Target: { Id: '10.0.0.1', ...(AvailabilityZone ? { AvailabilityZone } : {}) },
    TargetHealth: { State: State as 'healthy' },
  })

  it('counts each target once, and only healthy ones by zone', () => {
    const health = countTargets([
      target('healthy', 'a'),
      target('healthy', 'a'),
      target('healthy', 'b'),
      target('initial', 'c'),
      target('draining'),
      target('unused'),
      target('unhealthy', 'b'),
    ])
    expect(health).toEqual({
      healthy: 3,
      unhealthy: 1,
      initial: 1,
      draining: 1,
      unused: 1,
      zones: { a: 2, b: 1 },
    })
  })

  it('counts on nothing that it does not know', () => {
    const strange = fc.constantFrom('unhealthy.draining', 'unavailable', 'brand-new', 'toString')
    fc.assert(
      fc.property(strange, (state) => void expect(countTargets([target(state)])).toMatchObject({ unhealthy: 1 })),
    )
    expect(countTargets([{}])).toMatchObject({ healthy: 0, unhealthy: 1 })
  })
})
