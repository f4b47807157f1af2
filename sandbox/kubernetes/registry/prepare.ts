import { fieldsOf, listOf, type Draft, type KubernetesObject } from '../object.ts'
import type { Resource } from '../resource.ts'
import type { Store } from '../store/store.ts'
import { fill, section } from './defaults.ts'
import { allocate } from './service-addresses.ts'

/**
 * What the API server sets of its own accord, after it has noted who wrote which fields: so no manager owns it.
 * Addresses, first statuses, and what its admission plugins add. Changes `draft`.
 */

type Prepare = (draft: Draft, live: KubernetesObject | undefined, around: { resource: Resource; store: Store }) => void

const notYetGone = ['not-ready', 'unreachable'].map((what) => ({
  key: `node.kubernetes.io/${what}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}))

const pod: Prepare = (draft, live) => {
  if (live) return
  fill(section(draft, 'spec'), {
    serviceAccountName: 'default',
    serviceAccount: 'default',
    priority: 0,
    preemptionPolicy: 'PreemptLowerPriority',
    tolerations: notYetGone,
  })
  fill(section(draft, 'status'), { phase: 'Pending', qosClass: 'BestEffort' })
}

const service: Prepare = (draft, live, { resource, store }) => {
  const spec = fieldsOf(draft.spec)
  if (spec.type !== 'ExternalName') fill(spec, { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' })
  allocate(resource, draft, live, store.list(resource.key))
  fill(section(draft, 'status'), { loadBalancer: {} })
}

const namespace: Prepare = (draft) => {
  // Held until the namespace controller has emptied it.
  fill(section(draft, 'spec'), { finalizers: ['kubernetes'] })
  fill(section(draft, 'status'), { phase: 'Active' })
}

const definition: Prepare = (draft) => {
  const versions = listOf(fieldsOf(draft.spec).versions).map(fieldsOf)
  const storedVersions = versions.filter(({ storage }) => storage === true).map(({ name }) => name)
  fill(section(draft, 'status'), { acceptedNames: { kind: '', plural: '' }, storedVersions })
}

const byKey: Record<string, Prepare> = {
  '/pods': pod,
  '/services': service,
  '/namespaces': namespace,
  'apps/deployments': (draft) => void section(draft, 'status'),
  'apiextensions.k8s.io/customresourcedefinitions': definition,
  'apps/replicasets': (draft) => fill(section(draft, 'status'), { replicas: 0 }),
}

export function prepare(
  draft: Draft,
  live: KubernetesObject | undefined,
  around: { resource: Resource; store: Store },
): void {
  byKey[around.resource.key]?.(draft, live, around)
}
