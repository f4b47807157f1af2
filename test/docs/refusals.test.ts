import { expect, test } from 'vitest'
import { namesIn, tableOf, textOf, wordsOf } from './pages.ts'

const folder = 'infra/workloads/alb'

test('every check of refusals.ts, in the order in which they are asked', () => {
  const [, list = ''] = /const checks: readonly Check\[\] = \[([^]*?)\]/.exec(textOf(`${folder}/refusals.ts`)) ?? []
  const checks = list
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  expect(checks.length).toBeGreaterThan(10)
  expect(namesIn(tableOf(`${folder}/README.md`, 'What is refused', 'check'), 'check')).toEqual(checks)
})

test('every refusal of what is read, in its own words', () => {
  const source = ['elbv2/survey.ts', 'elbv2/sources.ts'].map((file) => textOf(`infra/workloads/${file}`)).join('\n')
  const written = namesIn(tableOf(`${folder}/README.md`, 'What is refused', 'reason'), 'reason')
  expect(written).toHaveLength([...source.matchAll(/new Refused\(/g)].length)
  expect(written.filter((reason) => !source.includes(reason))).toEqual([])
})

test('every stage of the program', () => {
  const stages = wordsOf('infra/workloads/kind.ts', 'StageName')
  expect(namesIn(tableOf(`${folder}/README.md`, 'Stages'), 'stage')).toEqual(stages)
})
