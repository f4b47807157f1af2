import { isCustom, kindOf, kindOfToken } from './kinds.ts'
import { metadataOf, nameOf, normalized, parseId, pruned, withMetadata, type KubernetesObject } from './objects.ts'

/** The object that an import names: what its id and its type token say. */
export function identityOf(id: string, token: string): KubernetesObject {
  const { namespace, name } = parseId(id)
  return { ...kindOfToken(token), metadata: { name, ...(namespace && { namespace }) } }
}

/**
 * After an import: everything of a live object that could be an input. The official provider knows the inputs of
 * Kubernetes' own kinds only, and of a custom resource takes just the identity.
 */
export function importedInputs(live: KubernetesObject, identity: KubernetesObject): KubernetesObject {
  return isCustom(kindOf(live)) ? refreshedInputs(live, identity) : normalized(withoutStatus(live))
}

/** After a refresh: what the inputs mentioned, as it is now. */
export function refreshedInputs(live: KubernetesObject, inputs: KubernetesObject): KubernetesObject {
  return pruned(live, normalized(inputs)) as KubernetesObject
}

/** The live object to compare wanted inputs with: what the old inputs mentioned, under the name that the cluster knows. */
export function comparable(live: KubernetesObject, olds: KubernetesObject, wanted: KubernetesObject): KubernetesObject {
  const before = { ...kindOf(wanted), ...refreshedInputs(live, olds) }
  return nameOf(wanted) === '' ? before : withMetadata(before, { name: nameOf(live) })
}

/** With the namespace that it is in when it names none. */
export function located(object: KubernetesObject, namespaced: boolean): KubernetesObject {
  if (namespaced) return withMetadata(object, { namespace: metadataOf(object).namespace ?? 'default' })
  const { namespace: _, ...metadata } = metadataOf(object)
  return { ...object, metadata }
}

export function withoutStatus({ status: _, ...object }: KubernetesObject): KubernetesObject {
  return object
}
