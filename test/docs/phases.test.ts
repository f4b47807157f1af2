import { expect, test } from 'vitest'
import type { PhaseName, State, Workload } from '../../automation/migration.ts'
import { phaseOf, phases } from '../../automation/phases/phases.ts'
import * as stages from '../../automation/phases/stages.ts'
import { stageNames } from '../../infra/workloads/outputs.ts'
import { codesIn, column, namesIn, tableOf } from './pages.ts'

const page = 'docs/phases.md'
const names = Object.keys(phases) as PhaseName[]

/** Every state that a workload with the steps 10, 50, 100 passes through. */
const states: readonly State[] = [
  { phase: 'registered' },
  { phase: 'adopted' },
  { phase: 'prepared', confirmation: null },
  { phase: 'shifting', step: 10, since: 0, blueAtHome: 3, confirmation: null },
  { phase: 'shifting', step: 50, since: 0, blueAtHome: 3, confirmation: null },
  { phase: 'soaking', since: 0, blueAtHome: 3, confirmation: null },
  { phase: 'retired', since: 0 },
  { phase: 'released' },
  { phase: 'abandoned' },
]

const workloadIn = (state: State): Workload => ({
  migration: 'small',
  name: 'search',
  kind: 'alb',
  entry: { kind: 'alb', probe: 'none', steps: [10, 50, 100] },
  state,
  revision: 1,
  found: null,
  stage: stages.adopted,
  outputs: null,
  onRecord: null,
  unsettled: false,
})

test('each phase, what is true in it, its gates and who watches', () => {
  const table = tableOf(page, 'Phases')
  expect(namesIn(table, 'phase')).toEqual(names)
  expect(column(table, 'what is true')).toEqual(names.map((name) => phases[name].truth))
  const written = column(table, 'gates that must be open to leave it forward').map(codesIn)
  expect(written).toEqual(names.map((name) => phases[name].gates))
  expect(column(table, 'watched')).toEqual(names.map((name) => phases[name].watched))
})

const ways = {
  advance: 'forward',
  rollback: 'rollback',
  'rollback while it advances': 'undo',
  abandon: 'abandon',
  release: 'release',
} as const

test.each(Object.entries(ways))('what is legal and what is refused: %s', (heading, way) => {
  const table = tableOf(page, 'What is legal')
  expect(namesIn(table, 'phase')).toEqual(names)
  for (const [row, cell] of column(table, heading).entries()) {
    const name = names[row]
    const actual = states.filter(({ phase }) => phase === name).map((state) => outcome(state, way))
    const written = cell.startsWith('→') ? [...cell.matchAll(/→ (\w+)/g)].map(([, to]) => to) : codesIn(cell)
    expect(written, `${name} ${heading}`).toEqual(actual.length > 0 ? [...new Set(actual)] : [])
  }
})

function outcome(state: State, way: (typeof ways)[keyof typeof ways]): string {
  const found = phaseOf(state)[way]
  if (typeof found !== 'function') return found.code
  return found(state, workloadIn(state), { now: 0, blueHealthy: 3 }).to.phase
}

test('the stages of each transition are stages', () => {
  const written = namesIn(tableOf(page, 'What each transition does'), 'stages')
  expect(new Set(written)).toEqual(new Set(stageNames))
})
