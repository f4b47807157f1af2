import * as models from '@kubernetes/client-node/dist/gen/models/all.js'
import type { Resource } from '../resource.ts'
import { withMarks } from './merge-keys.ts'
import { retiredTypes } from './retired-types.ts'
import { refTo, type Schema } from './schema.ts'

interface Attribute {
  baseName: string
  type: string
  format: string
}

/** The official JavaScript client describes every API type at run time; that description is our schema. */
const described = models as unknown as Record<string, { attributeTypeMap?: Attribute[] } | undefined>

const scalars: Record<string, Schema> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  Date: { type: 'string', format: 'date-time' },
  V1MicroTime: { type: 'string', format: 'date-time' },
  IntOrString: { type: 'string', format: 'int-or-string', 'x-kubernetes-int-or-string': true },
  // A value of any shape: defaults and examples in a CustomResourceDefinition, the fields of a manager.
  any: { 'x-kubernetes-preserve-unknown-fields': true },
}

/** `Array<V1Container>`, `{ [key: string]: string; }`, `number` with its format: the client's way to write a type. */
function schemaOf(type: string, format: string): Schema {
  const list = /^Array<(.+)>$/.exec(type)?.[1]
  if (list) return { type: 'array', items: schemaOf(list, format) }
  const values = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1]
  if (values) return { type: 'object', additionalProperties: schemaOf(values, format) }
  if (type === 'number') return format === 'double' ? { type: 'number', format } : { type: 'integer', format }
  return scalars[type] ?? refTo(type)
}

function typesIn(schema: Schema): string[] {
  if (schema.$ref) return [schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)]
  const inner = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : [])]
  if (typeof schema.additionalProperties === 'object') inner.push(schema.additionalProperties)
  return inner.flatMap(typesIn)
}

function describe(type: string): Schema {
  const retired = retiredTypes[type]
  if (retired) return retired
  const attributes = described[type]?.attributeTypeMap
  if (!attributes) throw new Error(`@kubernetes/client-node describes no ${type}`)
  const properties = attributes.map(({ baseName, type: of, format }) => [baseName, schemaOf(of, format)] as const)
  return withMarks(type, { type: 'object', properties: Object.fromEntries(properties) })
}

/**
 * The types of the given resources and everything that they refer to. They are those of the client's own Kubernetes
 * version: a field that is newer than the cluster is accepted, too.
 */
export function builtInTypes(resources: Resource[]): Record<string, Schema> {
  const types: Record<string, Schema> = {}
  const queue = ['V1Status', ...resources.map(({ type }) => type)]
  for (let type = queue.pop(); type !== undefined; type = queue.pop()) {
    if (types[type]) continue
    const schema = describe(type)
    types[type] = schema
    queue.push(...typesIn(schema))
  }
  for (const { type, group, version, kind } of resources) {
    const known = types[type]?.['x-kubernetes-group-version-kind'] ?? []
    types[type] = { ...types[type], 'x-kubernetes-group-version-kind': [...known, { group, version, kind }] }
  }
  return types
}
