import { describeSeconds } from '../clock.ts'
import type { GateResult } from '../gates/gate.ts'
import type { RunReport } from './report.ts'

/** The report as a page for people: to be kept, or sent round. */
export function markdownOf(report: RunReport): string {
  const { total, machine, time, people } = report.seconds
  return [
    `# ${report.workload} in ${report.migration}`,
    `Kind \`${report.kind}\`, now ${report.phase}. ${report.from === null ? 'Nobody has asked for anything yet.' : `From ${report.from} to ${report.to}.`}`,
    table(
      ['in all', 'machine', 'waiting for time', 'waiting for people'],
      [[total, machine, time, people].map(describeSeconds)],
    ),
    '## Phases',
    table(
      ['phase', 'blue / green', 'entered', 'left by', 'which took', 'waited for time', 'for people'],
      report.visits.map(({ phase, step, split, enteredAt, left, waited }) => [
        step === null ? phase : `${phase} ${step}`,
        `${split.blue} / ${split.green} %`,
        enteredAt,
        left ? `${left.action} by ${left.by}${left.reason ? `: ${left.reason}` : ''}` : '–',
        left ? describeSeconds(left.seconds) : '–',
        describeSeconds(waited.time),
        describeSeconds(waited.people),
      ]),
    ),
    '## Gates, as they were asked',
    table(
      ['phase', 'gate', 'state', 'sentence', 'numbers'],
      report.visits.flatMap(({ phase, step, left }) =>
        (left?.gates ?? []).map((gate) => [step === null ? phase : `${phase} ${step}`, ...gateCells(gate)]),
      ),
    ),
    '## Rollbacks',
    table(
      ['asked for', 'by', 'reason', 'home after', 'reconciled after', 'settled after'],
      report.rollbacks.map(({ at, by, reason, homeMs, reconciledMs, settledMs }) => [
        at,
        by,
        reason ?? '',
        ...[homeMs, reconciledMs, settledMs].map((ms) => (ms === null ? '–' : `${Math.round(ms)} ms`)),
      ]),
    ),
    '## Refusals',
    table(
      ['at', 'action', 'by', 'code', 'why'],
      report.refusals.map(({ at, action, by, code, sentence }) => [at, action, by, code, sentence]),
    ),
  ].join('\n\n')
}

const gateCells = ({ name, state, sentence, numbers }: GateResult): string[] => [
  name,
  state,
  sentence,
  Object.entries(numbers)
    .map(([what, value]) => `${what} ${value}`)
    .join(', '),
]

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return 'None.'
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(columns), `|${columns.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}

/** What people write stays in its cell, and is text there. */
const cell = (text: string): string => text.replace(/[\\|<>`*_[\]]/g, '\\$&').replace(/\s+/g, ' ')
