import { execFileSync } from 'node:child_process'
import { cpus, loadavg, platform, release, totalmem } from 'node:os'
import { ratio } from './measure.ts'
import { holds, table, type Bound, type Section } from './part.ts'

/** What it was measured on. */
export interface Circumstances {
  readonly date: string
  readonly machine: string
  /** Processes that wanted a core when the bench began, on average over a minute. */
  readonly loadBefore: number
  readonly rounds: number
}

export const circumstances = (rounds: number): Circumstances => {
  const model = cpus()[0]?.model.trim() ?? 'unknown CPU'
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  const pulumi = execFileSync('pulumi', ['version'], { encoding: 'utf8' }).trim()
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${model}, ${memory}, ${platform()} ${release()}, Node ${process.version}, Pulumi ${pulumi}`,
    loadBefore: loadavg()[0] ?? NaN,
    rounds,
  }
}

/** docs/benchmarks.md. `missing`: parts that this run has not measured, or not yet. */
export const page = (
  { date, machine, loadBefore, rounds }: Circumstances,
  sections: readonly Section[],
  missing: readonly string[],
): string => `# Benchmarks

Written by \`npm run bench\` on ${date}. Every ratio is taken between two things that were measured one after the other, round by
round, so that a slow or busy machine slows both: only the ratios count, the times beside them are of this machine and that
day. A p95 of fewer than twenty rounds is the worst of them.

Machine: ${machine}. Its cores are shared with other work; load before the first measurement: ${loadBefore.toFixed(1)}. Rounds: ${rounds}.

## Bounds

${boundsTable(sections.flatMap(({ bounds }) => bounds))}

${sections.map(sectionText).join('\n\n')}
${missing.length > 0 ? `\nNot measured in this run: ${missing.join(', ')}.\n` : ''}`

export const sectionText = ({ title, text }: Section): string => `## ${title}\n\n${text.trim()}`

export const boundsTable = (bounds: readonly Bound[]): string =>
  table(
    ['bound', 'at most', 'measured', 'holds'],
    bounds.map((bound) => [bound.what, String(bound.atMost), figureOf(bound), holds(bound) ? 'yes' : '**no**']),
  )

const figureOf = ({ figure }: Bound): string => (Number.isInteger(figure) ? String(figure) : ratio(figure))
