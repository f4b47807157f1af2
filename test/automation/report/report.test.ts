import { describe, expect, it } from 'vitest'
import {
  actOf,
  chained,
  decisionOf,
  genesis,
  refusalOf,
  type AuditEntry,
  type AuditFact,
} from '../../../automation/audit.ts'
import { itself } from '../../../automation/asker.ts'
import type { State } from '../../../automation/migration.ts'
import { markdownOf } from '../../../automation/report/markdown.ts'
import { reportOf, type Sources } from '../../../automation/report/report.ts'
import { waitsOf } from '../../../automation/report/waits.ts'
import type { OperationRecord } from '../../../automation/store/operations.ts'
import { gate, operationOf, states, workloadIn } from '../fixture.ts'

const second = 1000
const record = (change: Partial<OperationRecord>): OperationRecord => ({
  ...operationOf(change),
  seq: 0,
  writes: true,
  credential: null,
  address: null,
  trace: null,
  idempotencyKey: null,
  request: {},
  owner: null,
  fence: 1,
  decision: null,
  ...change,
})

const bake = (neededSeconds: number) => ({ ...gate('bake-elapsed', 'open'), numbers: { seconds: 90, neededSeconds } })

/** From adopted to 10 %, 60 s of bake and 30 s of people later to 50 %, and home when a guard fires after 20 s. */
const prepared = record({ id: 'op-1', requestedAt: 0, finishedAt: 10 * second })
const toTen = record({ id: 'op-2', requestedAt: 12 * second, finishedAt: 15 * second })
const toFifty = record({ id: 'op-3', requestedAt: 105 * second, finishedAt: 108 * second, reason: 'all | well' })
const home = record({
  id: 'op-4',
  action: 'rollback',
  requestedAt: 128 * second,
  finishedAt: 134 * second,
  homeMs: 400,
  requestedBy: 'guard green-targets',
})
const shifting = (step: number): State => ({ ...states.shifting, step })

const ended = (operation: OperationRecord, from: State, to: State): [AuditFact, number] => [
  actOf(operation, 'end', 'succeeded', { details: { state: { from, to } } }),
  operation.finishedAt ?? 0,
]

function entriesOf(facts: readonly (readonly [AuditFact, number])[]): AuditEntry[] {
  const entries: AuditEntry[] = []
  for (const [fact, at] of facts) entries.push(chained(fact, entries.at(-1) ?? genesis, at))
  return entries
}

const search = { migration: 'prod-2026', name: 'search' }
const refused = refusalOf(itself('anna', null, 0), { migration: 'prod-2026', workload: 'search' }, 'advance', {
  code: 'gate-closed',
  detail: 'the bake has 30 s to go',
})

const sources: Sources = {
  workload: workloadIn(states.prepared),
  operations: [prepared, toTen, toFifty, home],
  entries: entriesOf([
    ended(prepared, states.adopted, states.prepared),
    ended(toTen, states.prepared, shifting(10)),
    [refused, 60 * second],
    [
      decisionOf(itself('anna', null, 0), search, 'advance', { operation: 'op-3', details: { gates: [bake(600)] } }),
      105 * second,
    ],
    ended(toFifty, shifting(10), shifting(50)),
    [
      actOf(home, 'flip', 'succeeded', {
        details: { homeMs: 400, state: { from: shifting(50), to: states.prepared } },
      }),
      128.4 * second,
    ],
  ]),
  gates: [],
  now: 200 * second,
  rate: 10,
}

describe('a run report', () => {
  const report = reportOf(sources)

  it('has each phase and step in order of time, with what led out of it', () => {
    expect(report.visits.map(({ phase, step, left }) => [phase, step, left?.operation ?? null])).toEqual([
      ['adopted', null, 'op-1'],
      ['prepared', null, 'op-2'],
      ['shifting', 10, 'op-3'],
      ['shifting', 50, 'op-4'],
      ['prepared', null, null],
    ])
    expect(report.visits[2]).toMatchObject({ split: { blue: 90, green: 10 }, left: { gates: [bake(600)], seconds: 3 } })
  })

  it('keeps the machine, the clock and people apart, and leaves no second out', () => {
    expect(report.visits.map(({ waited }) => waited)).toEqual([
      { time: 0, people: 0 },
      { time: 0, people: 2 },
      { time: 60, people: 30 },
      { time: 20, people: 0 },
      { time: 0, people: 66 },
    ])
    expect(report.seconds).toEqual({ total: 200, machine: 22, time: 80, people: 98 })
    const { total, machine, time, people } = report.seconds
    expect(machine + time + people).toBe(total)
  })

  it('has the way home and what was not let through', () => {
    expect(report.rollbacks).toEqual([
      expect.objectContaining({ by: 'guard green-targets', homeMs: 400, reconciledMs: 6000, settledMs: null }),
    ])
    expect(report.refusals).toEqual([
      expect.objectContaining({ by: 'anna', code: 'gate-closed', sentence: 'the bake has 30 s to go' }),
    ])
  })

  it('is empty of a workload that nobody has asked for anything', () => {
    const nothing = reportOf({ ...sources, operations: [], entries: [], workload: workloadIn(states.registered) })
    expect(nothing).toMatchObject({ from: null, seconds: { total: 0, machine: 0, time: 0, people: 0 }, visits: [] })
    expect(markdownOf(nothing)).toContain('Nobody has asked for anything yet.')
  })

  it('is over with the last operation of a move that is', () => {
    const over = reportOf({ ...sources, workload: workloadIn(states.released) })
    expect(over.to).toBe(new Date(134 * second).toISOString())
  })

  it('is a page in which what people wrote stays text', () => {
    const page = markdownOf(report)
    expect(page).toContain('all \\| well')
    const tables = page.split('\n\n').filter((part) => part.startsWith('|'))
    for (const table of tables) {
      const columns = table.split('\n').map((line) => line.replaceAll('\\|', '').split('|').length)
      expect(new Set(columns).size, table).toBe(1)
    }
  })
})

describe('a rest between two operations', () => {
  it.each([
    [90_000, 600, 10, { time: 60_000, people: 30_000 }],
    [30_000, 600, 10, { time: 30_000, people: 0 }],
    [30_000, 0, 1, { time: 0, people: 30_000 }],
    [-5, 600, 1, { time: 0, people: 0 }],
  ])('of %i ms with a wait of %i s at rate %i', (restMs, needed, rate, waits) => {
    expect(waitsOf(restMs, [bake(needed)], rate)).toEqual(waits)
  })
})
