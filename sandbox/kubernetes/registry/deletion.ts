import { fieldsOf, timestamp, type KubernetesObject } from '../object.ts'
import type { Resource } from '../resource.ts'

export interface DeleteOptions {
  gracePeriodSeconds?: number | undefined
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan' | undefined
  preconditions?: { uid?: string; resourceVersion?: string } | undefined
  dryRun?: boolean | undefined
}

export const foreground = 'foregroundDeletion'
export const orphan = 'orphan'
export const definitionCleanup = 'customresourcecleanup.apiextensions.k8s.io'

/** Namespaces that the API server never lets go. */
export const immortalNamespaces = ['default', 'kube-system', 'kube-public']

function finalizersFor(
  resource: Resource,
  { metadata }: KubernetesObject,
  { propagationPolicy }: DeleteOptions,
): string[] {
  const kept = (metadata.finalizers ?? []).filter((one) => !propagationPolicy || (one !== foreground && one !== orphan))
  if (propagationPolicy === 'Foreground') kept.push(foreground)
  if (propagationPolicy === 'Orphan') kept.push(orphan)
  if (resource.kind === 'CustomResourceDefinition' && !kept.includes(definitionCleanup)) kept.push(definitionCleanup)
  return kept
}

/** Only pods that run somewhere have time to end. */
function graceOf(resource: Resource, live: KubernetesObject, { gracePeriodSeconds }: DeleteOptions): number {
  const { nodeName, terminationGracePeriodSeconds } = fieldsOf(live.spec)
  if (resource.key !== '/pods' || !nodeName) return 0
  const wanted = gracePeriodSeconds ?? Number(terminationGracePeriodSeconds)
  const left = live.metadata.deletionTimestamp ? live.metadata.deletionGracePeriodSeconds : undefined
  return left === undefined ? wanted : Math.min(left, wanted)
}

/** The object as it waits for its end, or undefined when nothing holds it: neither finalizers, nor content, nor grace. */
export function waiting(
  resource: Resource,
  live: KubernetesObject,
  options: DeleteOptions,
): KubernetesObject | undefined {
  const finalizers = finalizersFor(resource, live, options)
  const grace = graceOf(resource, live, options)
  if (mayGo({ ...live, metadata: { ...live.metadata, finalizers } }) && grace === 0) return undefined
  const { deletionTimestamp, generation, finalizers: _, ...metadata } = live.metadata
  // Namespaces and definitions have a deletion of their own, without grace or a new generation.
  const plain = !['/namespaces', 'apiextensions.k8s.io/customresourcedefinitions'].includes(resource.key)
  const next = generation === undefined || deletionTimestamp || !plain ? generation : generation + 1
  return {
    ...live,
    metadata: {
      ...metadata,
      ...(finalizers.length > 0 && { finalizers }),
      ...(next !== undefined && { generation: next }),
      deletionTimestamp: deletionTimestamp ?? timestamp(new Date(Date.now() + grace * 1000)),
      ...(plain && { deletionGracePeriodSeconds: grace }),
    },
    ...(resource.key === '/namespaces' && { status: { ...fieldsOf(live.status), phase: 'Terminating' } }),
  }
}

/** No finalizer holds the object, its own or, for a namespace, that of its content. */
export function mayGo({ metadata, spec }: KubernetesObject): boolean {
  const content = fieldsOf(spec).finalizers
  return !metadata.finalizers?.length && !(Array.isArray(content) && content.length > 0)
}
