import type { PatchOperation } from '@aws-sdk/client-api-gateway'
import { badRequest } from './invalid.ts'

type Op = NonNullable<PatchOperation['op']>
type Value = string | number | boolean

/** What an Update call may do at a path. */
export interface Patchable {
  readonly ops: readonly Op[]
  /** From the text that every value of a patch is. Text by default. Throws BadRequestException. */
  readonly read?: (text: string, path: string) => Value
}

/** By path; a segment `*` is any name. Names are JSON pointers: `~1` is a slash, `~0` a tilde. */
export type Fields = Readonly<Record<string, Patchable>>

interface Tree {
  [name: string]: Value | Tree | unknown[] | Date | undefined
}

export const boolean = (text: string, path: string): boolean => {
  if (!/^(true|false)$/i.test(text))
    throw badRequest(`Invalid value '${text}' specified for boolean property '${path}'`)
  return text.toLowerCase() === 'true'
}

export const number = (text: string, path: string): number => {
  const value = Number(text)
  if (text === '' || Number.isNaN(value)) throw badRequest(`Invalid value '${text}' specified for property '${path}'`)
  return value
}

/** All or nothing: the patched copy, or the error of the first operation that cannot be. */
export function patched<Document extends object>(
  document: Document,
  operations: readonly PatchOperation[] | undefined,
  fields: Fields,
): Document {
  const copy = structuredClone(document) as Tree
  for (const operation of operations ?? []) apply(copy, operation, fields)
  return copy as Document
}

function apply(document: Tree, { op, path = '', value, from }: PatchOperation, fields: Fields): void {
  const field = fields[path] ?? Object.entries(fields).find(([pattern]) => fits(pattern, path))?.[1]
  if (!op || !field?.ops.includes(op)) {
    const possible = Object.entries(fields).filter(([, { ops }]) => op && ops.includes(op))
    throw badRequest(
      `Invalid patch path '${path}' specified for op '${op}'. Must be one of: [${possible.map(([name]) => name).join(', ')}]`,
    )
  }
  const names = namesOf(path)
  if (op === 'remove') return remove(document, names)
  if (op === 'copy') {
    const copied = valueAt(document, namesOf(from ?? ''))
    if (copied === undefined) throw badRequest(`Invalid patch path '${from}' specified for op 'copy'`)
    return set(document, names, structuredClone(copied))
  }
  if (value === undefined) throw badRequest(`Patch operation '${op}' at '${path}' needs a value`)
  set(document, names, field.read ? field.read(value, path) : value)
}

function fits(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')]
  return wanted.length === given.length && wanted.every((part, index) => part === '*' || part === given[index])
}

const namesOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function valueAt(document: Tree, names: readonly string[]): Tree[string] {
  return names.reduce<Tree[string]>((value, name) => (isTree(value) ? value[name] : undefined), document)
}

function set(document: Tree, names: readonly string[], value: Tree[string]): void {
  const last = names.at(-1) ?? ''
  let parent = document
  for (const name of names.slice(0, -1)) {
    const next = parent[name]
    parent = isTree(next) ? next : (parent[name] = {} as Tree)
  }
  parent[last] = value
}

function remove(document: Tree, names: readonly string[]): void {
  const parent = valueAt(document, names.slice(0, -1))
  if (isTree(parent)) delete parent[names.at(-1) ?? '']
}
