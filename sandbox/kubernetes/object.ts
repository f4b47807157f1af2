/** A JSON object whose members are not known yet. */
export type Fields = Record<string, unknown>

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

export interface ManagedFieldsEntry {
  manager: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  time?: string
  fieldsType: 'FieldsV1'
  fieldsV1: Fields
  subresource?: string
}

export interface ObjectMeta {
  name: string
  namespace?: string
  generateName?: string
  uid: string
  resourceVersion: string
  generation?: number
  creationTimestamp: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  ownerReferences?: OwnerReference[]
  managedFields?: ManagedFieldsEntry[]
}

/** Any Kubernetes object. `Body` says what stands beside metadata, for the kinds that the controllers read. */
export type KubernetesObject<Body = Fields> = { apiVersion: string; kind: string; metadata: ObjectMeta } & Body

/** An object as a client sends it: nothing of it has been checked. */
export interface Draft extends Fields {
  apiVersion: string
  kind: string
  metadata: Partial<ObjectMeta>
}

export interface ObjectName {
  namespace?: string | undefined
  name: string
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {}
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : []
}

/** The value below a path of member names, undefined where the path breaks off. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isFields(inner) ? inner[name] : undefined), value)
}

/** A scalar as people write it; nothing for what is absent. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** Objects in the store are shared by every reader, so nobody may change one in place. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}

/** Equality of JSON values; the order of members does not matter, `undefined` counts as absent. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equal(item, b[index]))
  }
  if (!isFields(a) || !isFields(b)) return false
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every((name) => equal(a[name], b[name]))
}

/** `namespace/name`, or the name alone for what lives in no namespace. */
export function nameOf({ namespace, name }: ObjectName): string {
  return namespace ? `${namespace}/${name}` : name
}

/** Kubernetes' clock has seconds. */
export function timestamp(date = new Date()): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}

export function controllerOf(object: KubernetesObject<unknown>): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller)
}
