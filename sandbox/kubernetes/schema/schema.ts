/** JSON Schema as OpenAPI and CustomResourceDefinitions write it, with Kubernetes' extensions: one form for documents, decoding and merging. */
export interface Schema {
  $ref?: string
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
  format?: string
  description?: string
  default?: unknown
  nullable?: boolean
  properties?: Record<string, Schema>
  additionalProperties?: Schema | boolean
  required?: string[]
  items?: Schema
  enum?: unknown[]
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  'x-kubernetes-preserve-unknown-fields'?: boolean
  'x-kubernetes-int-or-string'?: boolean
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  'x-kubernetes-list-map-keys'?: string[]
  'x-kubernetes-map-type'?: 'atomic' | 'granular'
  'x-kubernetes-patch-merge-key'?: string
  'x-kubernetes-patch-strategy'?: string
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[]
}

export const refTo = (type: string): Schema => ({ $ref: `#/components/schemas/${type}` })

const anything: Schema = { 'x-kubernetes-preserve-unknown-fields': true }

/** How a list merges: as one value, as a set of scalars, or item by item under its keys. */
export type ListForm = { form: 'atomic' } | { form: 'set' } | { form: 'map'; keys: string[] }

export class Schemas {
  readonly types: Record<string, Schema>

  constructor(types: Record<string, Schema>) {
    this.types = types
  }

  resolve(schema: Schema | undefined): Schema {
    if (schema?.$ref === undefined) return schema ?? anything
    const type = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
    const resolved = this.types[type]
    if (!resolved) throw new Error(`no type is called ${type}`)
    return resolved
  }

  /** Of a resource: a custom one brings its own. */
  of({ type, custom }: { readonly type: string; readonly custom?: { readonly schema: Schema } }): Schema {
    return custom?.schema ?? this.resolve(refTo(type))
  }

  /** The schema of a member, undefined for a member that the schema does not know. */
  member(schema: Schema, name: string): Schema | undefined {
    const property = schema.properties?.[name]
    if (property) return this.resolve(property)
    if (typeof schema.additionalProperties === 'object') return this.resolve(schema.additionalProperties)
    return isOpen(schema) ? anything : undefined
  }

  items(schema: Schema): Schema {
    return this.resolve(schema.items)
  }
}

/** True for an object that may have members which its schema does not name. */
export function isOpen(schema: Schema): boolean {
  if (schema['x-kubernetes-preserve-unknown-fields'] || schema.additionalProperties === true) return true
  return schema.type === undefined && !schema.properties && !schema['x-kubernetes-int-or-string']
}

/** Members are keys that a user chose (labels, data), not fields of a type. */
export function isMap(schema: Schema): boolean {
  return typeof schema.additionalProperties === 'object' && !schema.properties
}

export function listForm(schema: Schema): ListForm {
  const keys = schema['x-kubernetes-list-map-keys']
  switch (schema['x-kubernetes-list-type']) {
    case 'map':
      return keys ? { form: 'map', keys } : { form: 'atomic' }
    case 'set':
      return { form: 'set' }
    case 'atomic':
      return { form: 'atomic' }
    default: {
      // Without a list type, server-side apply takes over what strategic merge patches do.
      const merges = schema['x-kubernetes-patch-strategy']?.split(',').includes('merge')
      const key = schema['x-kubernetes-patch-merge-key']
      if (!merges) return { form: 'atomic' }
      return key ? { form: 'map', keys: [key] } : { form: 'set' }
    }
  }
}
