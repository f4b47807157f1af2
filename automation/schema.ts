import type { TSchema } from 'typebox'
import { Errors } from 'typebox/value'
import type { InventoryFault } from './errors.ts'

/** What a validator says of one place; the shape of ajv and TypeBox alike. */
export interface SchemaError {
  readonly keyword: string
  readonly instancePath: string
  readonly params: Readonly<Record<string, unknown>>
  readonly message?: string | undefined
}

/** Everything in `value` that the schema does not allow, in words for people. [] when it is valid. */
export function faultsOf(schema: TSchema, value: unknown, prefix = ''): InventoryFault[] {
  return faultsFrom(Errors(schema, value), prefix)
}

export function faultsFrom(errors: readonly SchemaError[], prefix = ''): InventoryFault[] {
  const faults = errors.flatMap(wordsFor)
  const unions = new Set(errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath))
  const pointers = new Set(faults.map(({ pointer }) => pointer))
  return [...pointers].flatMap((pointer) => {
    // of a union, what is wrong inside the branch that was meant says more than that no branch fits
    if (unions.has(pointer) && faults.some((fault) => fault.pointer.startsWith(`${pointer}/`))) return []
    const messages = new Set(faults.filter((fault) => fault.pointer === pointer).map(({ message }) => message))
    return [{ pointer: prefix + pointer, message: [...messages].join(unions.has(pointer) ? ' or ' : '; ') }]
  })
}

function wordsFor({ keyword, instancePath: pointer, params, message }: SchemaError): InventoryFault[] {
  const keys = (name: string) => [params[name] ?? []].flat() as string[]
  switch (keyword) {
    case 'additionalProperties':
      return [...keys('additionalProperties'), ...keys('additionalProperty')].map((key) => ({
        pointer: `${pointer}/${escaped(key)}`,
        message: 'this key is unknown here',
      }))
    case 'required':
      return [...keys('requiredProperties'), ...keys('missingProperty')].map((key) => ({
        pointer: `${pointer}/${escaped(key)}`,
        message: 'this key is missing',
      }))
    case 'boolean': // the same as additionalProperties, once more
    case 'anyOf':
      return []
    case 'const':
      return [{ pointer, message: `must be ${JSON.stringify(params['allowedValue'])}` }]
    default:
      return [{ pointer, message: message ?? keyword }]
  }
}

/** As RFC 6901 writes a key in a pointer. */
const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')
