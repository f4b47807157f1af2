import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { defaults, inventorySchema, parseInventoryYaml } from '../../automation/inventory.ts'
import { codesIn, column, namesIn, tableOf, textOf } from './pages.ts'

const page = 'docs/inventory.md'

const published = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'cutover.yaml',
  ...(JSON.parse(JSON.stringify(inventorySchema)) as object),
}

const sketch = (): string => /```yaml\n([^]*?)```/.exec(textOf(page))?.[1] ?? ''

test('the published schema is the one that is checked with', async () => {
  expect(textOf('docs/cutover.schema.json')).not.toBe('')
  await expect(`${JSON.stringify(published, null, 2)}\n`).toMatchFileSnapshot('../../docs/cutover.schema.json')
})

test('the sketch is an inventory, for the service and for the published schema', () => {
  const inventory = parseInventoryYaml(sketch())
  expect(Object.keys(inventory.workloads)).toEqual(['search'])
  const validate = new Ajv2020({ strict: false }).compile(published)
  expect(validate(parse(sketch())), JSON.stringify(validate.errors)).toBe(true)
  expect(validate(parse(sketch().replace('steps:', 'stepz:')))).toBe(false)
})

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly anyOf?: readonly Schema[]
  readonly required?: readonly string[]
}

/** Every key with whether it is required, `workloads.*.probe.url` and so on. What is free to be named ends a path. */
function keysOf(schema: Schema, prefix = ''): [string, boolean][] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, inner]): [string, boolean][] => [
    [`${prefix}${name}`, schema.required?.includes(name) ?? false],
    ...keysOf(inner, `${prefix}${name}.`),
  ])
  const named = Object.values(schema.patternProperties ?? {}).flatMap((inner) => keysOf(inner, `${prefix}*.`))
  const branches = (schema.anyOf ?? []).flatMap((branch) => keysOf(branch, prefix))
  return [...own, ...named, ...branches]
}

test('every key, and whether it is required', () => {
  const table = tableOf(page, 'Keys')
  const written = column(table, 'required').map((required, row) => [namesIn(table, 'key')[row], required === 'yes'])
  // several kinds may have the same key; it is required where all of them require it
  const known = new Map<string, boolean>()
  for (const [key, required] of keysOf(inventorySchema as Schema)) known.set(key, required && known.get(key) !== false)
  expect(known.size).toBeGreaterThan(30)
  expect(new Map(written as [string, boolean][])).toEqual(known)
  expect(written).toHaveLength(known.size)
})

test('every default', () => {
  const table = tableOf(page, 'Keys')
  const keys = namesIn(table, 'key')
  for (const [name, value] of Object.entries(defaults)) {
    const row = keys.findIndex((key) => key.endsWith(`.${name}`))
    const [said] = codesIn(column(table, 'default')[row] ?? '')
    expect(said, name).toBe(typeof value === 'string' ? value : JSON.stringify(value))
  }
})
