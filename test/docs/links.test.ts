import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { anchorOf, codesIn, headingsOf, linksOf, membersOf, namesIn, pages, root, tableOf, textOf } from './pages.ts'

/** Written by a script, so that it need not be there. */
const generated = ['docs/benchmarks.md']

test.each(pages)('the links of %s lead somewhere', (path) => {
  for (const link of linksOf(path)) {
    if (/^[a-z]+:/.test(link)) continue
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? path : normalize(join(dirname(path), file))
    expect(existsSync(join(root, target)), link).toBe(true)
    if (anchor === undefined) continue
    expect(
      headingsOf(target).map(({ title }) => anchorOf(title)),
      link,
    ).toContain(anchor)
  }
})

test.each(pages)('the files that %s names are there', (path) => {
  const named = codesIn(textOf(path)).filter((code) =>
    /^(infra|automation|api|sandbox|demo|scripts|test|docs|tools)\/[\w./-]+\.(ts|mjs|md|json)$/.test(code),
  )
  expect(named.filter((file) => !generated.includes(file) && !existsSync(join(root, file)))).toEqual([])
})

test('every page in docs can be reached from the README', () => {
  const reached = new Set<string>()
  const visit = (path: string): void => {
    if (reached.has(path) || !path.endsWith('.md')) return
    reached.add(path)
    for (const link of linksOf(path)) {
      const [file = ''] = link.split('#')
      if (!/^[a-z]+:/.test(link) && file !== '') visit(normalize(join(dirname(path), file)))
    }
  }
  visit('README.md')
  const own = pages.filter((path) => path.startsWith('docs/') && !generated.includes(path))
  expect(own.filter((path) => !reached.has(path))).toEqual([])
})

test('every decision is in their list', () => {
  const listed = linksOf('docs/decisions/README.md').map((link) => `docs/decisions/${link}`)
  const own = pages.filter((path) => /^docs\/decisions\/\d/.test(path))
  expect(own.length).toBeGreaterThan(8)
  expect(listed).toEqual(own)
})

interface Package {
  readonly scripts: Readonly<Record<string, string>>
}

const scripts = (): string[] => {
  const all = Object.keys((JSON.parse(textOf('package.json')) as Package).scripts)
  return all.filter((name) => !(name.startsWith('pre') && all.includes(name.slice(3))))
}

/** `npm run demo` → demo, `npm test` → test */
const scriptsIn = (text: string): string[] =>
  [...text.matchAll(/\bnpm (?:run ([a-z:]+)|(start|test))\b/g)].map(([, named, own]) => named ?? own ?? '')

test('every npm script is explained to contributors', () => {
  const explained = namesIn(tableOf('CONTRIBUTING.md', 'Set-up'), 'script').flatMap(scriptsIn)
  expect(explained.sort()).toEqual(scripts().sort())
})

test.each(pages)('the npm scripts that %s names exist', (path) => {
  expect(scriptsIn(textOf(path)).filter((name) => !scripts().includes(name))).toEqual([])
})

test('every route of the sandbox’s control endpoint, and every member of its ready file', () => {
  const source = textOf('sandbox/control.ts') + textOf('sandbox/controllers.ts')
  const routes = [...source.matchAll(/app\.(get|post|delete)(?:<[^(]*>)?\(\s*'([^']+)'/g)]
  const known = routes.map(([, method = '', path = '']) => `${method.toUpperCase()} ${path}`)
  const table = tableOf('sandbox/README.md', 'Trouble')
  expect(known.length).toBeGreaterThan(8)
  expect(table.rows.map(([method, path]) => `${method} ${codesIn(path ?? '')[0]}`).sort()).toEqual(known.sort())
  const members = membersOf('sandbox/sandbox.ts', 'ReadyFile')
  expect(namesIn(tableOf('sandbox/README.md', 'Run it alone'), 'in the ready file')).toEqual(members)
})
