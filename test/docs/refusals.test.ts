import { describe, expect, it } from 'vitest'
import { stageNames } from '../../infra/workloads/outputs.ts'
import { namesIn, tableOf, textOf } from './pages.ts'

const refused = 'What is refused'

describe.each([
  { kind: 'alb', sources: ['elbv2/survey.ts', 'elbv2/sources.ts'] },
  { kind: 'nlb-api-gateway', sources: ['nlb-api-gateway/survey.ts', 'nlb-api-gateway/find.ts'] },
  { kind: 'node-port', sources: ['node-port/find.ts'] },
  { kind: 'ingress-dns', sources: ['ingress-dns/survey.ts'] },
])('the page of the $kind kind has', ({ kind, sources }) => {
  const page = `infra/workloads/${kind}/README.md`

  it('every check of refusals.ts, in the order in which they are asked', () => {
    const [, list = ''] =
      /const checks: readonly Check\[\] = \[([^]*?)\]/.exec(textOf(`infra/workloads/${kind}/refusals.ts`)) ?? []
    const checks = list
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean)
    expect(checks.length).toBeGreaterThan(10)
    expect(namesIn(tableOf(page, refused, 'check'), 'check')).toEqual(checks)
  })

  it('every refusal of what is read, in its own words', () => {
    const source = sources.map((file) => textOf(`infra/workloads/${file}`)).join('\n')
    const written = namesIn(tableOf(page, refused, 'reason'), 'reason')
    expect(written).toHaveLength([...source.matchAll(/new Refused\(/g)].length)
    expect(written.filter((reason) => !source.includes(reason))).toEqual([])
  })
})

it.each([
  { kind: 'node-port', file: 'shared/refusals.ts', section: 'What `shared` refuses besides' },
  { kind: 'nlb-api-gateway', file: 'weights/refusals.ts', section: 'What `listener-weights` refuses' },
])('every check of $file is on the page of the $kind kind, in the order in which they are asked', (one) => {
  const text = textOf(`infra/workloads/${one.kind}/${one.file}`)
  const [, list = ''] = /const checks: readonly Check\[\] = \[([^]*?)\]/.exec(text) ?? []
  const checks = list.match(/\w+/g) ?? []
  expect(checks.length).toBeGreaterThan(3)
  expect(namesIn(tableOf(`infra/workloads/${one.kind}/README.md`, one.section, 'check'), 'check')).toEqual(checks)
})

it('every stage of the program is on the page of the alb kind', () => {
  expect(namesIn(tableOf('infra/workloads/alb/README.md', 'Stages'), 'stage')).toEqual(stageNames)
})
