import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { invokes } from '../../../sandbox/pulumi/aws/invokes.ts'
import { resourceTypes } from '../../../sandbox/pulumi/aws/resource-types.ts'

interface Types {
  readonly version: string
  readonly resources: Readonly<Record<string, string>>
  readonly functions: Readonly<Record<string, string>>
}

const root = new URL('../../../', import.meta.url)
const read = <Content>(file: string) => JSON.parse(readFileSync(new URL(file, root), 'utf8')) as Content
const types = read<Types>('tools/real/aws/types.json')

const tokens = (of: Readonly<Record<string, string>>) => Object.values(of).map((token) => `aws:${token}`)

test('the real plugin that is built knows what the stand-in knows, and nothing else', () => {
  expect(tokens(types.resources).sort()).toEqual([...resourceTypes.keys()].sort())
  expect(tokens(types.functions).sort()).toEqual(Object.keys(invokes).sort())
})

test('its names are those of the SDK that programs use', () => {
  const { dependencies } = read<{ dependencies: Record<string, string> }>('package.json')
  expect(types.version).toBe(dependencies['@pulumi/aws'])
})
