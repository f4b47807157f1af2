import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { engineEnvironment } from '../../automation/engine/pulumi-engine.ts'
import { column, namesIn, pages, root, tableOf, textOf } from './pages.ts'

const page = 'docs/configuration.md'

/** The names that the service's configuration is read by. */
const read = (): string[] => {
  const source = textOf('api/config.ts') + textOf('api/database.ts')
  const names = [...source.matchAll(/(?:environment\[|number\()'([A-Z_]+)'/g)].map(([, name = '']) => name)
  return [...new Set(names)].sort()
}

test('every variable that the service reads', () => {
  expect(read().length).toBeGreaterThan(8)
  expect(namesIn(tableOf(page, 'The service'), 'variable').sort()).toEqual(read())
})

test('the help of the service names them too', () => {
  const [, help = ''] = /const help = `([^]*?)`/.exec(textOf('api/service.ts')) ?? []
  expect(read().filter((name) => !help.includes(name))).toEqual([])
})

test('every variable that a Pulumi run gets, with its value where that is fixed', () => {
  const ours = {
    backendUrl: 'as above, without a password',
    backendPasswordFile: '`CUTOVER_DATA_DIR/backend-password`, where the backend is a database with one',
    passphraseFile: 'as above',
    home: '`CUTOVER_DATA_DIR/pulumi-home`',
  }
  const table = tableOf(page, 'What every Pulumi run gets beside that')
  const written = column(table, 'value').map((value, row) => [namesIn(table, 'variable')[row], value])
  const given = Object.entries(engineEnvironment(ours))
  const isFixed = (value: string) => !Object.values(ours).includes(value)
  expect(written).toEqual(given.map(([name, value]) => [name, isFixed(value) ? `\`${value}\`` : value]))
})

test('every variable that scripts, demo and tests read', () => {
  const files = globSync(['demo/*.ts', 'scripts/*.mjs', 'test/**/*.ts'], { cwd: root })
  const pattern = /process\.env(?:\['([A-Z_]+)'\]|\.([A-Z_]+))/g
  const names = files.flatMap((file) => [...textOf(file).matchAll(pattern)].map(([, a, b]) => a ?? b ?? ''))
  const known = new Set(namesIn(tableOf(page, 'Set-up, development, tests'), 'variable'))
  expect(names).toContain('CUTOVER_PORT')
  expect(names.filter((name) => !/^(PATH|HOME|AWS_.*)$/.test(name) && !known.has(name))).toEqual([])
})

test('no page names a variable of ours that does not exist', () => {
  const source = globSync(['{api,automation,demo,test}/**/*.ts', 'scripts/*.mjs'], { cwd: root }).map(textOf).join('\n')
  for (const path of pages) {
    const named = textOf(path).match(/\bCUTOVER_[A-Z_]+\b/g) ?? []
    expect(
      named.filter((name) => !source.includes(name)),
      path,
    ).toEqual([])
  }
})
