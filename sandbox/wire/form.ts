import type { NormalizedSchema } from '@smithy/core/schema'
import type { AwsError } from '../cloud/errors.ts'
import { requiredCount } from './model.ts'
import { readText } from './text.ts'

/** The keys of a form, split at their dots: `Tags.member.1.Key=a` is a leaf four levels down. */
export interface FormNode {
  text: string | undefined
  readonly members: Map<string, FormNode>
}

/** In what awsQuery and ec2Query write a form differently. Paths are form keys: `Tags.member.1.Key`. */
export interface FormDialect {
  memberKey(name: string, member: NormalizedSchema): string
  listIsFlat(list: NormalizedSchema): boolean
  malformed(path: string, text: string, expected: string): AwsError
  missing(paths: readonly string[]): AwsError
}

export function parseForm(pairs: Iterable<[string, string]>): FormNode {
  const root: FormNode = { text: undefined, members: new Map() }
  for (const [key, value] of pairs) {
    let node = root
    for (const part of key.split('.')) {
      let next = node.members.get(part)
      if (next === undefined) {
        next = { text: undefined, members: new Map() }
        node.members.set(part, next)
      }
      node = next
    }
    node.text = value
  }
  return root
}

/** The form as the input that `schema` describes. */
export function readForm(schema: NormalizedSchema, form: FormNode, dialect: FormDialect): unknown {
  if (schema.isUnitSchema()) return {}
  const reader = new FormReader(dialect)
  const input = reader.structure(schema, form, '')
  if (reader.missing.length > 0) throw dialect.missing(reader.missing)
  return input
}

class FormReader {
  readonly missing: string[] = []
  readonly #dialect: FormDialect

  constructor(dialect: FormDialect) {
    this.#dialect = dialect
  }

  structure(schema: NormalizedSchema, node: FormNode, path: string): Record<string, unknown> {
    const value: Record<string, unknown> = {}
    let required = requiredCount(schema)
    for (const [name, member] of schema.structIterator()) {
      const key = this.#dialect.memberKey(name, member)
      const child = node.members.get(key)
      if (child !== undefined) value[name] = this.#read(member, child, join(path, key))
      else if (required > 0) this.missing.push(join(path, key))
      required -= 1
    }
    return value
  }

  #read(schema: NormalizedSchema, node: FormNode, path: string): unknown {
    if (schema.isListSchema()) return this.#list(schema, node, path)
    if (schema.isMapSchema()) return this.#map(schema, node, path)
    if (schema.isStructSchema()) {
      this.#refuseText(node, path, 'a structure')
      return this.structure(schema, node, path)
    }
    if (node.text === undefined) throw this.#dialect.malformed(path, '', 'a single value')
    const { text } = node
    return readText(schema, text, (expected) => this.#dialect.malformed(path, text, expected))
  }

  #list(schema: NormalizedSchema, node: FormNode, path: string): unknown[] {
    this.#refuseText(node, path, 'a list')
    const member = schema.getValueSchema()
    const infix = this.#dialect.listIsFlat(schema) ? undefined : (member.getMergedTraits().xmlName ?? 'member')
    return this.#numbered(node, infix, path).map(([item, itemPath]) => this.#read(member, item, itemPath))
  }

  #map(schema: NormalizedSchema, node: FormNode, path: string): Record<string, unknown> {
    this.#refuseText(node, path, 'a map')
    const valueSchema = schema.getValueSchema()
    const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? 'key'
    const valueName = valueSchema.getMergedTraits().xmlName ?? 'value'
    const infix = schema.getMergedTraits().xmlFlattened ? undefined : 'entry'
    const entries = this.#numbered(node, infix, path).map(([entry, entryPath]): [string, unknown] => {
      const key = entry.members.get(keyName)?.text
      const value = entry.members.get(valueName)
      if (key === undefined || value === undefined) throw this.#dialect.malformed(entryPath, '', 'a key and a value')
      return [key, this.#read(valueSchema, value, join(entryPath, valueName))]
    })
    return Object.fromEntries(entries)
  }

  /** The elements below `<path>.<infix>.1`, `.2`, …, in the order of their numbers; gaps are allowed. */
  #numbered(node: FormNode, infix: string | undefined, path: string): [FormNode, string][] {
    const parent = infix === undefined ? node : node.members.get(infix)
    const parentPath = infix === undefined ? path : join(path, infix)
    return [...(parent?.members ?? [])]
      .map(([key, item]): [number, FormNode] => {
        if (!/^[1-9]\d{0,8}$/.test(key)) throw this.#dialect.malformed(parentPath, key, 'a position in a list')
        return [Number(key), item]
      })
      .sort(([a], [b]) => a - b)
      .map(([position, item]) => [item, join(parentPath, String(position))])
  }

  /** `Tags=` is how an empty list, map or structure is written; any other text in its place is a mistake. */
  #refuseText(node: FormNode, path: string, expected: string): void {
    if (node.text) throw this.#dialect.malformed(path, node.text, expected)
  }
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)
