import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { policyTexts } from '../../automation/policies.ts'
import { samples } from '../infra/policies/samples.ts'
import { codesIn, column, namesIn, root, tableOf, textOf } from './pages.ts'

const page = 'docs/policies.md'
const policies = samples.map(([, , policy]) => policy)
const service = policies.flatMap((policy) => policy.service)
const plugins = policies.flatMap((policy) => policy.plugins)

test('every statement, and whose it is', () => {
  const table = tableOf(page, 'What they allow')
  const written = new Map(
    table.rows.flatMap(([names = '', whose = '']) => codesIn(names).map((name) => [name, whose] as const)),
  )
  const of = (grants: typeof service) => new Set(grants.map(({ sid }) => sid))
  const [ofService, ofPlugins] = [of(service), of(plugins)]
  expect([...written.keys()].sort()).toEqual([...ofService.union(ofPlugins)].sort())
  for (const [name, whose] of written) {
    if (whose === 'service') expect(ofPlugins.has(name), name).toBe(false)
    if (whose === 'plugins') expect(ofService.has(name), name).toBe(false)
  }
})

test('every reason for a right that is seldom taken', () => {
  const reasons = new Set([...service, ...plugins].flatMap(({ seldom }) => seldom ?? []))
  const written = column(tableOf(page, 'Rights that an ordinary journey does not take'), 'reason')
  expect(written.sort()).toEqual([...reasons].sort())
})

test('every right in the clusters', () => {
  const table = tableOf(page, 'In the clusters')
  const written = table.rows.flatMap(([where = '', , rights = '']) =>
    codesIn(rights).map((verb) => `${where.split(',')[0]} ${verb} ${rights.split(' ').at(-1)}`),
  )
  const known = policies.flatMap(({ clusters }) =>
    Object.entries(clusters).flatMap(([colour, grants]) =>
      grants.flatMap(({ verbs, resource }) => verbs.map((verb) => `${colour} ${verb} ${resource}`)),
    ),
  )
  expect(new Set(written)).toEqual(new Set(known))
})

// four processes that load the SDKs
test('every file that the command writes, from the sketch of an inventory', { timeout: 240_000 }, () => {
  expect(namesIn(tableOf(page, 'Least privilege'), 'file')).toEqual(Object.keys(policyTexts))
  const folder = mkdtempSync(join(tmpdir(), 'eks-cutover-policies-'))
  try {
    const inventory = join(folder, 'cutover.yaml')
    writeFileSync(inventory, /```yaml\n([^]*?)```/.exec(textOf('docs/inventory.md'))?.[1] ?? '')
    const run = (...args: string[]) =>
      spawnSync(process.execPath, ['api/policies.ts', ...args], { cwd: root, encoding: 'utf8' })
    const to = join(folder, 'rights')
    expect(run(inventory, '--to', to)).toMatchObject({ status: 0, stderr: '' })
    expect(readdirSync(to).sort()).toEqual(Object.keys(policyTexts).sort())
    const { Statement } = JSON.parse(readFileSync(join(to, 'service.json'), 'utf8')) as { Statement: object[] }
    expect(Statement).toContainEqual(expect.objectContaining({ Sid: 'SwitchTraffic', Effect: 'Allow' }))
    const manifests = parseAllDocuments(run(inventory, 'green.yaml').stdout).map(
      (one) => one.toJS() as { kind: string },
    )
    expect(manifests.map(({ kind }) => kind)).toEqual(['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'])
    expect(run(inventory, 'other.json')).toMatchObject({ status: 2 })
    expect(run(join(folder, 'missing.yaml'), 'service.json')).toMatchObject({ status: 2, stdout: '' })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
