import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Operation, OperationState } from '../../../automation/migration.ts'
import { statusOf, type StatusName } from '../../../automation/phases/status.ts'
import { anyWorkload, gate, hold, operationOf, phaseNames, states, workloadIn } from '../fixture.ts'

const gateNames = ['bake-elapsed', 'soak-elapsed', 'blue-settled', 'green-enough', 'person-confirms', 'split-in-effect']
const names: readonly StatusName[] = ['running', 'waiting', 'ready', 'stuck', 'ended']

const anyGates = fc.array(
  fc
    .tuple(fc.constantFrom(...gateNames), fc.constantFrom('open' as const, 'closed' as const, 'unknown' as const))
    .map(([name, state]) => gate(name, state)),
  { maxLength: 4 },
)

const anyOperation: fc.Arbitrary<Operation | null> = fc.option(
  fc
    .record({
      action: fc.constantFrom<Operation['action']>('plan', 'advance', 'rollback', 'abandon', 'release'),
      state: fc.constantFrom<OperationState>('queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted'),
      from: fc.constantFrom(...phaseNames),
      homeMs: fc.option(fc.nat()),
      startedAt: fc.option(fc.nat()),
      error: fc.option(fc.constant({ code: 'aws-failed', message: 'Throttling' })),
    })
    .map(operationOf),
)

describe('the status', () => {
  it('is exactly one, with a sentence, whatever the facts', () => {
    fc.assert(
      fc.property(anyWorkload, anyOperation, fc.boolean(), anyGates, (workload, operation, held, gates) => {
        const { status, sentence } = statusOf(workload, operation, held ? [hold] : [], gates)
        expect(names).toContain(status)
        expect(sentence).not.toMatch(/^\s*$|undefined|null|NaN/)
      }),
    )
  })

  it('is running exactly while an operation is under way', () => {
    fc.assert(
      fc.property(anyWorkload, anyOperation, anyGates, (workload, operation, gates) => {
        const active = operation?.state === 'queued' || operation?.state === 'running'
        expect(statusOf(workload, operation, [], gates).status === 'running').toBe(active)
      }),
    )
  })

  it('names a reason when it is stuck: the hold, or the gate that no time opens', () => {
    fc.assert(
      fc.property(anyWorkload, fc.boolean(), anyGates, (workload, held, gates) => {
        const { status, sentence } = statusOf(workload, null, held ? [hold] : [], gates)
        if (status !== 'stuck') return
        if (held) return void expect(sentence).toContain(hold.reason)
        const reasons = gates.filter(({ name, state }) => state !== 'open' && !/elapsed|settled/.test(name))
        expect(reasons.some((reason) => sentence.includes(reason.sentence))).toBe(true)
      }),
    )
  })

  it('is ready only when nothing is in the way of an advance', () => {
    fc.assert(
      fc.property(anyWorkload, anyOperation, fc.boolean(), anyGates, (workload, operation, held, gates) => {
        const { status } = statusOf(workload, operation, held ? [hold] : [], gates)
        if (status === 'ready') expect([held, gates.every(({ state }) => state === 'open')]).toEqual([false, true])
      }),
    )
  })

  it.each([
    ['waits for time alone', ['bake-elapsed'], 'waiting'],
    ['is stuck on what a person has to do, although time is missing too', ['bake-elapsed', 'green-enough'], 'stuck'],
    ['is stuck until a person confirms', ['person-confirms'], 'stuck'],
    ['is ready when every gate is open', [], 'ready'],
  ] as const)('%s', (_what, closed, expected) => {
    const gates = closed.map((name) => gate(name, 'closed'))
    expect(statusOf(workloadIn(states.shifting), null, [], gates).status).toBe(expected)
  })

  it("waits for green's targets to register, and not for those that fall ill", () => {
    const answers = gate('green-answers', 'closed')
    const enough = (initial: number) => ({ ...gate('green-enough', 'closed'), numbers: { initial } })
    const status = (...gates: (typeof answers)[]) => statusOf(workloadIn(states.prepared), null, [], gates).status
    expect(status(enough(2), answers)).toBe('waiting')
    expect(status(enough(0), answers)).toBe('stuck')
    expect(status(enough(2), gate('split-in-effect', 'closed'))).toBe('stuck')
  })

  it('waits for the first look at a phase, unless somebody holds it', () => {
    const workload = workloadIn(states.shifting)
    expect(statusOf(workload, null, [], 'not read yet')).toMatchObject({
      status: 'waiting',
      sentence: expect.stringContaining('the next look') as string,
    })
    expect(statusOf(workload, null, [hold], 'not read yet').status).toBe('stuck')
  })

  it.each(['released', 'abandoned'] as const)('of %s is ended, whatever its last operation came to', (phase) => {
    const failed = operationOf({ state: 'failed', error: { code: 'aws-failed', message: 'x' } })
    expect(statusOf(workloadIn(states[phase]), failed, [hold], []).status).toBe('ended')
  })

  it('tells what came of the last operation, unless it succeeded', () => {
    const after = (state: OperationState): string =>
      statusOf(
        workloadIn(states.shifting),
        operationOf({ state, error: { code: 'aws-failed', message: 'Throttling' } }),
        [],
        [],
      ).sentence
    expect(after('failed')).toMatch(/^the last advance failed \(Throttling\); /)
    expect(after('interrupted')).toMatch(/^the last advance was interrupted \(Throttling\); /)
    expect(after('succeeded')).not.toMatch(/Throttling/)
  })

  it('tells how long the way home took while it still reconciles', () => {
    const operation = operationOf({ action: 'rollback', state: 'running', to: 'prepared', homeMs: 412 })
    expect(statusOf(workloadIn(states.prepared), operation, [], []).sentence).toBe(
      'home since 0.4 s after it was asked for; reconciling to prepared',
    )
  })
})
