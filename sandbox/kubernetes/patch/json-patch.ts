import { equal, isFields, listOf, type Fields } from '../object.ts'
import { badRequest, unprocessable } from '../status-error.ts'

interface Operation {
  op: string
  path: string
  from?: string
  value?: unknown
}

type Container = Fields | unknown[]

function tokensOf(pointer: string): string[] {
  if (pointer === '') return []
  if (!pointer.startsWith('/')) throw badRequest(`json pointer ${JSON.stringify(pointer)} does not begin with a slash`)
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function child(container: unknown, token: string): unknown {
  if (Array.isArray(container)) return (container as unknown[])[Number(token)]
  return isFields(container) ? container[token] : undefined
}

/** The container that the last token points into. */
function parentOf(document: unknown, pointer: string): { parent: Container; token: string } {
  const tokens = tokensOf(pointer)
  const token = tokens.pop()
  const parent = tokens.reduce<unknown>(child, document)
  if (token === undefined || typeof parent !== 'object' || parent === null) {
    throw unprocessable()
  }
  return { parent: parent as Container, token }
}

function read(document: unknown, pointer: string): unknown {
  const value = tokensOf(pointer).reduce<unknown>(child, document)
  if (value === undefined) throw unprocessable()
  return value
}

function add(document: unknown, pointer: string, value: unknown): void {
  const { parent, token } = parentOf(document, pointer)
  if (!Array.isArray(parent)) parent[token] = value
  else {
    const index = token === '-' ? parent.length : Number(token)
    if (!Number.isInteger(index) || index < 0 || index > parent.length) throw unprocessable()
    parent.splice(index, 0, value)
  }
}

function remove(document: unknown, pointer: string): void {
  read(document, pointer)
  const { parent, token } = parentOf(document, pointer)
  if (Array.isArray(parent)) parent.splice(Number(token), 1)
  else Reflect.deleteProperty(parent, token)
}

function apply(document: Fields, { op, path, from = '', value }: Operation): void {
  switch (op) {
    case 'add':
      return add(document, path, value)
    case 'remove':
      return remove(document, path)
    case 'replace':
      remove(document, path)
      return add(document, path, value)
    case 'move': {
      const moved = read(document, from)
      remove(document, from)
      return add(document, path, moved)
    }
    case 'copy':
      return add(document, path, structuredClone(read(document, from)))
    case 'test':
      if (!equal(child(parentOf(document, path).parent, parentOf(document, path).token), value)) {
        throw unprocessable()
      }
      return
    default:
      throw badRequest(`json patch operation ${JSON.stringify(op)} is not known`)
  }
}

/** RFC 6902. The input is not changed. */
export function jsonPatch(object: Fields, operations: unknown): Fields {
  if (operations === undefined) throw badRequest('unexpected end of JSON input')
  // Pulumi's plugin sends null when it has nothing to change.
  if (operations !== null && !Array.isArray(operations)) {
    throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch')
  }
  const document = structuredClone(object)
  for (const operation of listOf(operations) as Operation[]) apply(document, operation)
  return document
}
