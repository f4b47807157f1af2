import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { statusNames } from '../../automation/phases/status.ts'
import { buildApp } from '../../api/app.ts'
import type { App } from '../../api/fastify.ts'
import { createAutomation, type Automation } from '../../automation/automation.ts'
import { poolDefaults } from '../../automation/engine/pulumi-engine.ts'
import { pgliteDialect } from '../../automation/store/pglite.ts'
import { codesIn, namesIn, tableOf } from './pages.ts'
import { openDoor } from '../support/open-door.ts'

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly Schema[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
}
interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>
}
interface Route {
  readonly requestBody?: Content
  readonly responses: Readonly<Record<string, Content>>
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Route>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

let folder: string
let automation: Automation
let app: App
let document: Document

/** The application as the service builds it, not started: it describes itself without journal or engine. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eks-cutover-docs-'))
  automation = createAutomation({
    journal: { dialect: pgliteDialect(join(folder, 'journal')), alone: true },
    aws: {},
    probeProxy: null,
    clockRate: 1,
    awsWaitSeconds: 900,
    engine: { ...poolDefaults, backendUrl: '', passphraseFile: '', home: folder },
    stacks: { folder, plugins: {}, passphrase: 'docs' },
  })
  app = await buildApp({ cutover: automation.cutover, logLevel: 'silent', ...openDoor })
  await app.ready()
  document = app.swagger() as unknown as Document
})

afterAll(async () => {
  await app.close()
  await automation.stop()
  await rm(folder, { recursive: true, force: true })
})

const routes = (): [string, Route][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]): [string, Route] => [`${method.toUpperCase()} ${path}`, route]),
  )

const written = () => {
  const table = tableOf('docs/api.md', 'Routes')
  const paths = namesIn(table, 'path')
  return new Map(table.rows.map((row, at) => [`${row[0]} ${paths[at]}`, { body: row[2] ?? '', answers: row[3] ?? '' }]))
}

test('every route', () => {
  const known = routes().map(([name]) => name)
  expect(known.length).toBeGreaterThan(15)
  expect([...written().keys()].sort()).toEqual(known.sort())
})

test('what each body takes', () => {
  for (const [name, { requestBody }] of routes()) {
    if (name.startsWith('PUT')) continue // the inventory has a page of its own
    const schema = requestBody?.content?.['application/json']?.schema
    const object = schema?.properties ? schema : schema?.anyOf?.find(({ properties }) => properties)
    const members = Object.keys(object?.properties ?? {}).map((member) =>
      object?.required?.includes(member) ? member : `${member}?`,
    )
    const [, list = ''] = /`\{ ?(.*?) ?\}`/.exec(written().get(name)?.body ?? '') ?? []
    expect(list.split(', ').filter(Boolean).sort(), name).toEqual(members.sort())
  }
})

test('how each answers when all is well', () => {
  for (const [name, { responses }] of routes()) {
    const good = Object.keys(responses).filter((status) => status.startsWith('2'))
    const said =
      written()
        .get(name)
        ?.answers.match(/\b2\d\d\b/g) ?? []
    // an event stream has no schema of its own
    expect([...said].sort(), name).toEqual(good.length > 0 ? good.sort() : ['200'])
  }
})

/** What only one route answers has no name in the document. */
const answerOf = (method: string, action: string): Schema | undefined =>
  document.paths[`/v1/migrations/{migration}/workloads/{workload}/${action}`]?.[method]?.responses['200']?.content?.[
    'application/json'
  ]?.schema

const shapes = ['RunReport', 'Migration', 'Workload', 'Operation', 'Hold', 'Confirmation', 'Token', 'ByHand', 'Problem']

test.each(shapes)('the shape of a %s', (name) => {
  const unnamed = { Confirmation: answerOf('post', 'confirm'), ByHand: answerOf('get', 'by-hand') }
  const schema = name in unnamed ? unnamed[name as keyof typeof unnamed] : document.components.schemas[name]
  expect(namesIn(tableOf('docs/api.md', name), 'member').sort()).toEqual(Object.keys(schema?.properties ?? {}).sort())
})

test.each([
  ['Operation', 'action'],
  ['Operation', 'state'],
  ['Workload', 'status'],
])('the words of a %s’s %s', (name, member) => {
  const schema = document.components.schemas[name]?.properties?.[member]
  const words = schema?.enum ?? schema?.anyOf?.map((one) => one.const ?? one.enum?.[0])
  const table = tableOf('docs/api.md', name)
  const row = table.rows.find((cells) => codesIn(cells[0] ?? '')[0] === member)
  expect(codesIn(row?.[1] ?? '')).toEqual(words)
})

test('every status a workload may have', () => {
  expect(namesIn(tableOf('docs/phases.md', 'Status'), 'status')).toEqual(statusNames)
})
