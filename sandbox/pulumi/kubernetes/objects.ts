import { containsUnknown, isObject, type Properties, type Value } from '../properties.ts'

/** A Kubernetes object as plain JSON. */
export type KubernetesObject = Properties

export function metadataOf(object: KubernetesObject): Properties {
  return isObject(object.metadata) ? object.metadata : {}
}

export function nameOf(object: KubernetesObject): string {
  return textOf(metadataOf(object).name)
}

export function namespaceOf(object: KubernetesObject): string {
  return textOf(metadataOf(object).namespace)
}

export function annotation(object: KubernetesObject, name: string): string {
  const { annotations } = metadataOf(object)
  return isObject(annotations) ? textOf(annotations[name]) : ''
}

export function isAnnotated(object: KubernetesObject, name: string): boolean {
  return annotation(object, name) === 'true'
}

export function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** The object with `change` laid over its metadata. */
export function withMetadata(object: KubernetesObject, change: Properties): KubernetesObject {
  return { ...object, metadata: { ...metadataOf(object), ...change } }
}

export function withAnnotation(object: KubernetesObject, name: string, value: string): KubernetesObject {
  const { annotations } = metadataOf(object)
  return withMetadata(object, { annotations: { ...(isObject(annotations) ? annotations : {}), [name]: value } })
}

/** `namespace/name`, or the name alone for what has no namespace: the id of a resource, also for an import. */
export function idOf(object: KubernetesObject): string {
  const namespace = namespaceOf(object)
  return namespace === '' ? nameOf(object) : `${namespace}/${nameOf(object)}`
}

export function parseId(id: string): { namespace: string; name: string } {
  const [first = '', second] = id.split('/')
  return second === undefined ? { namespace: '', name: first } : { namespace: first, name: second }
}

const readOnly = [
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'uid',
]

/** The one form of inputs that say the same: without what only the API server sets or drops, a Secret's texts encoded. */
export function normalized(object: KubernetesObject): KubernetesObject {
  if (!isObject(object.metadata)) return object
  const kept = Object.entries(object.metadata).filter(
    ([name, value]) => !readOnly.includes(name) && !(isObject(value) && Object.keys(value).length === 0),
  )
  return withEncodedTexts({ ...object, metadata: Object.fromEntries(kept) })
}

function withEncodedTexts(object: KubernetesObject): KubernetesObject {
  const { stringData, data, ...rest } = object
  if (object.kind !== 'Secret' || !isObject(stringData) || containsUnknown(object)) return object
  const encoded: Properties = {}
  for (const [key, text] of Object.entries(stringData)) encoded[key] = Buffer.from(textOf(text)).toString('base64')
  return { ...rest, data: { ...(isObject(data) ? data : {}), ...encoded } }
}

/** A live value cut down to what `shape` mentions, so that what the cluster filled in is no difference. */
export function pruned(live: Value, shape: Value): Value {
  if (isObject(live) && isObject(shape))
    return Object.fromEntries(
      Object.entries(live).flatMap(([name, value]) =>
        name in shape ? [[name, pruned(value, shape[name] ?? null)]] : [],
      ),
    )
  if (Array.isArray(live) && Array.isArray(shape))
    return live.slice(0, shape.length).map((element, index) => pruned(element, shape[index] ?? null))
  return live
}
