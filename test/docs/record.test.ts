import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { metrics } from '../../api/metrics/metrics.ts'
import { auditActions, auditOutcomes } from '../../automation/audit.ts'
import { auditEntrySchema } from '../../api/schemas/audit.ts'
import { codesIn, column, namesIn, tableOf, textOf } from './pages.ts'

const metricsTable = tableOf('docs/metrics.md', 'Metrics')

/** The series that a metric has: a histogram has three names and none of its own. */
const series = new Set(
  Object.entries(metrics).flatMap(([name, { type }]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
  ),
)

const labelsOf = new Map<string, readonly string[]>(
  Object.entries(metrics).map(([name, metric]) => [name, 'labels' in metric ? metric.labels : []]),
)

const seriesIn = (text: string): string[] => [...new Set(text.match(/\bcutover_[a-z_]+/g))]

test('every action of the audit, and its kind', () => {
  const table = tableOf('docs/audit.md', 'What is in it')
  expect(namesIn(table, 'action')).toEqual(Object.keys(auditActions))
  expect(column(table, 'kind')).toEqual(Object.values(auditActions).map(({ kind }) => kind))
})

test('every member of an entry, and every outcome', () => {
  const table = tableOf('docs/audit.md', 'AuditEntry')
  expect(namesIn(table, 'member').sort()).toEqual(Object.keys(auditEntrySchema.properties).sort())
  const meaning = table.rows.find(([cell = '']) => codesIn(cell).includes('outcome'))?.[1] ?? ''
  expect(codesIn(meaning)).toEqual([...auditOutcomes])
})

test('every metric with its type and labels', () => {
  expect(namesIn(metricsTable, 'metric')).toEqual(Object.keys(metrics))
  expect(column(metricsTable, 'type')).toEqual(Object.values(metrics).map(({ type }) => type))
  expect(column(metricsTable, 'labels').map(codesIn)).toEqual([...labelsOf.values()].map((labels) => [...labels]))
})

test('the dashboard shows nothing that does not exist, and everything that does', () => {
  const text = textOf('docs/operating/grafana-dashboard.json')
  const { panels } = JSON.parse(text) as { panels: { title: string; targets: { expr: string }[] }[] }
  const used = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => seriesIn(expr)))
  expect(used.filter((name) => !series.has(name))).toEqual([])
  const shown = Object.keys(metrics).filter((name) => used.some((one) => one === name || one.startsWith(`${name}_`)))
  expect(shown).toEqual(Object.keys(metrics))
})

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string
      readonly expr: string
      readonly for?: string
      readonly labels: { readonly severity: string }
      readonly annotations: { readonly summary: string }
    }[]
  }[]
}

const rules = (parse(textOf('docs/operating/alerts.yaml')) as Rules).groups.flatMap(({ rules: some }) => some)

test('every alert asks for series and labels that exist, and says what it is', () => {
  expect(rules.length).toBeGreaterThan(5)
  for (const { alert, expr, labels, annotations, for: lasting = '0m' } of rules) {
    expect(seriesIn(expr).length, alert).toBeGreaterThan(0)
    expect(
      seriesIn(expr).filter((name) => !series.has(name)),
      alert,
    ).toEqual([])
    for (const [, name = '', matchers = ''] of expr.matchAll(/(cutover_[a-z_]+)\{([^}]*)\}/g)) {
      const known = [...(labelsOf.get(name.replace(/_(bucket|count|sum)$/, '')) ?? labelsOf.get(name) ?? []), 'le']
      const asked = [...matchers.matchAll(/(\w+)(?:=~|=|!=)/g)].map(([, label = '']) => label)
      expect(
        asked.filter((label) => !known.includes(label)),
        alert,
      ).toEqual([])
    }
    expect(['page', 'ticket']).toContain(labels.severity)
    expect(lasting).toMatch(/^\d+[mh]$/)
    expect(annotations.summary).toMatch(/\.$/)
  }
})

test('what to do at every alert', () => {
  const table = tableOf('docs/operating/watching.md', 'When an alert fires')
  expect(namesIn(table, 'alert')).toEqual(rules.map(({ alert }) => alert))
})
