import type { Fields } from './object.ts'
import type { Schema } from './schema/schema.ts'
import type { Subject } from './status-error.ts'

export type Subresource = 'status' | 'scale'

/** One resource in one API version, as discovery describes it and as the handlers need it. */
export interface Resource extends Subject {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly subresources: readonly Subresource[]
  /** The API server counts `metadata.generation` for it. */
  readonly generation: boolean
  /** The name of its type in the schemas. */
  readonly type: string
  /** Where its objects are stored: the same for every version of a resource. */
  readonly key: string
  /** Set where objects look otherwise than they are stored. */
  readonly conversion?: Conversion
  /** What the API server tells whoever uses this version. */
  readonly warning?: string
  /** Set for a resource that a CustomResourceDefinition made. */
  readonly custom?: CustomDefinition
}

/** Between the form of an old API version and the one that is stored. */
export interface Conversion {
  toStored<Given extends Fields>(object: Given): Given
  fromStored<Given extends Fields>(object: Given): Given
}

export interface PrinterColumn {
  name: string
  type: string
  jsonPath: string
  priority?: number
  description?: string
  format?: string
}

/** What one version of a CustomResourceDefinition says beside the resource's names. */
export interface CustomDefinition {
  /** The name of the CustomResourceDefinition. */
  readonly definition: string
  readonly schema: Schema
  readonly columns: readonly PrinterColumn[]
}
