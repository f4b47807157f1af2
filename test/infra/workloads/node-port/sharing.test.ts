import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttachmentState } from '../../../../infra/aws/attachments.ts'
import { home, moved } from '../../../../infra/traffic.ts'
import { mayLeave } from '../../../../infra/workloads/node-port/shared/placement.ts'
import { divide, splitOf, type SharingNow } from '../../../../infra/workloads/node-port/shared/sharing.ts'

const node = (id: string, serves = true) => ({ id, zone: 'a', serves })

const target = (Id: string, State: string): TargetHealthDescription => ({
  Target: { Id },
  TargetHealth: { State: State as 'healthy' },
})

interface Given {
  readonly state?: AttachmentState
  readonly nodes?: readonly string[]
}

const side = (colour: string, { state = 'attached', nodes = ['1', '2'] }: Given) => ({
  attachments: { [`${colour}-group`]: state },
  nodes: nodes.map((id) => node(`${colour}-${id}`)),
})

const sharing = (targets: readonly TargetHealthDescription[], blue: Given, green: Given): SharingNow =>
  divide(targets, { blue: side('blue', blue), green: side('green', green) })

const out: Given = { state: 'detached' }
const leaving: Given = { state: 'leaving' }
const ofBlue = [target('blue-1', 'healthy'), target('blue-2', 'healthy')]
const ofGreen = [target('green-1', 'healthy'), target('green-2', 'healthy')]

describe('the split of a shared group', () => {
  it('is whole where one side is out, or is being taken out', () => {
    expect(splitOf(sharing(ofBlue, {}, out))).toEqual(home)
    expect(splitOf(sharing([...ofBlue, ...ofGreen], {}, leaving))).toEqual(home)
    expect(splitOf(sharing([...ofBlue, target('green-1', 'draining')], {}, out))).toEqual(home)
    expect(splitOf(sharing(ofGreen, out, {}))).toEqual(moved)
  })

  it('is mixed as soon as a group is attached, and as long as one of its nodes is a target', () => {
    expect(splitOf(sharing(ofBlue, {}, {}))).toEqual({ blue: 99, green: 1 })
    expect(splitOf(sharing([...ofBlue, target('green-1', 'initial')], {}, out))).toEqual({ blue: 99, green: 1 })
  })

  it('is the ratio of healthy targets, never whole while both are in', () => {
    expect(splitOf(sharing([...ofBlue, ...ofGreen], {}, {}))).toEqual({ blue: 50, green: 50 })
    expect(splitOf(sharing([...ofBlue, target('green-1', 'unhealthy')], {}, {}))).toEqual({ blue: 99, green: 1 })
    const states = fc.constantFrom('healthy', 'unhealthy', 'initial', 'unused')
    fc.assert(
      fc.property(states, states, states, states, (a, b, c, d) => {
        const targets = [target('blue-1', a), target('blue-2', b), target('green-1', c), target('green-2', d)]
        const split = splitOf(sharing(targets, {}, {}))
        expect(Math.min(split?.blue ?? 0, split?.green ?? 0)).toBeGreaterThan(0)
      }),
    )
  })

  it("is nobody's where somebody else has targets, or neither side has", () => {
    expect(splitOf(sharing([...ofBlue, target('i-9', 'healthy')], {}, out))).toBeNull()
    expect(splitOf(sharing([...ofBlue, target('i-9', 'unused')], {}, out))).toEqual(home)
    expect(splitOf(sharing([], out, out))).toBeNull()
  })
})

describe('who may leave', () => {
  it('green, once every serving node of blue has been checked and one is healthy', () => {
    expect(mayLeave(sharing([...ofBlue, ...ofGreen], {}, {}), home)).toBe(true)
    const registering = [target('blue-1', 'healthy'), target('blue-2', 'initial')]
    expect(mayLeave(sharing([...registering, ...ofGreen], {}, {}), home)).toBe(false)
    expect(mayLeave(sharing([target('blue-1', 'healthy'), ...ofGreen], {}, {}), home)).toBe(false)
    expect(mayLeave(sharing(ofGreen, {}, {}), home)).toBe(false)
    expect(mayLeave(sharing([...ofBlue, ...ofGreen], leaving, {}), home)).toBe(false)
    expect(mayLeave(sharing([...ofBlue, ...ofGreen], out, {}), home)).toBe(false)
  })

  it('green, when none of its own is healthy: it serves nobody as it is', () => {
    expect(mayLeave(sharing([target('green-1', 'unhealthy')], {}, {}), home)).toBe(true)
  })

  it('blue, only once green can take everything', () => {
    expect(mayLeave(sharing([...ofBlue, ...ofGreen], {}, {}), moved)).toBe(true)
    expect(mayLeave(sharing([target('green-1', 'unhealthy'), target('green-2', 'unhealthy')], {}, {}), moved)).toBe(
      false,
    )
    expect(mayLeave(sharing([...ofBlue, target('green-1', 'healthy')], {}, {}), moved)).toBe(false)
  })
})
